/* loopmsg completion: prints the script with which a shell completes loopmsg's command line. The program prints it, so that the
 * script exists on every system, and always fits the program. */
#include "command_line/shell/completion.h"

#include "command_line/exit_codes.h"
#include "command_line/shell/bash.h"
#include "command_line/shell/fish.h"
#include "command_line/shell/powershell.h"
#include "command_line/shell/zsh.h"
#include "command_line/words.h"
#include "output/output.h"

#include <string.h>

const completion_shell completion_shells[] = {
    {"bash", "loopmsg", completion_bash_append},
    {"zsh", "_loopmsg", completion_zsh_append},
    {"fish", "loopmsg.fish", completion_fish_append},
    {"powershell", "loopmsg.ps1", completion_powershell_append},
    {NULL, NULL, NULL},
};

#define SHELL_COUNT (sizeof completion_shells / sizeof completion_shells[0] - 1)
#define SHELL_ARGUMENTS "bash|zsh|fish|powershell"

static int completion_run(const command_line *line) {
    if (line->positional_count == 0) {
        error_line("no shell given; expected: loopmsg completion ", line->command->arguments);
        return EXIT_USAGE;
    }
    const char *wanted = line->positionals[0];
    const char *names[SHELL_COUNT];
    for (size_t i = 0; i < SHELL_COUNT; i++) {
        names[i] = completion_shells[i].name;
        if (strcmp(names[i], wanted) != 0)
            continue;
        lm_buffer script = {0};
        completion_shells[i].append(&script, line->table);
        bool written = output_write(&script);
        lm_buffer_free(&script);
        return written ? EXIT_DONE : EXIT_FAILED;
    }
    word_unknown_report("shell", wanted, names, SHELL_COUNT, "expected " SHELL_ARGUMENTS);
    return EXIT_USAGE;
}

static const option completion_options[] = {OPTION_HELP_ROW};

static const char *const completion_examples[] = {
    "source <(loopmsg completion bash)",
    "for bash; put it into ~/.bashrc to keep it",
    "source <(loopmsg completion zsh)",
    "for zsh; put it into ~/.zshrc, after compinit",
    "loopmsg completion fish | source",
    "for fish; put it into ~/.config/fish/config.fish",
    "loopmsg completion powershell | Out-String | Invoke-Expression",
    "for PowerShell; put it into the file that $PROFILE names",
    NULL,
};

const command_row completion_command = {
    .name = "completion",
    .summary = "print a shell's completion script",
    .arguments = SHELL_ARGUMENTS,
    .description = "Prints the completion script for a shell. "
                   "When the shell has read it, the tab key completes commands, options, the words of an option, and file names.",
    .examples = completion_examples,
    .options = completion_options,
    .option_count = sizeof completion_options / sizeof completion_options[0],
    .positional_max = 1,
    .settings_size = 1,
    .run = completion_run,
};
