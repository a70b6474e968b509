/* loopmsg completion: prints the script by which a shell completes loopmsg's command line. A command and no file, so that it is there wherever
 * the program is, in particular on Windows, and always fits the program that prints it. */
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

static int completion_run(const command_line *line) {
    if (line->positional_count == 0) {
        error_line("for which shell? expected: loopmsg completion ", line->command->arguments);
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
    const char *nearest = word_nearest(wanted, names, SHELL_COUNT);
    error_line("'", wanted, "' is no shell that can be completed in; ", nearest != NULL ? "did you mean " : "expected ",
               nearest != NULL ? nearest : line->command->arguments, nearest != NULL ? "?" : "");
    return EXIT_USAGE;
}

static const option completion_options[] = {OPTION_HELP_ROW};

static const char *const completion_examples[] = {
    "source <(loopmsg completion bash)",
    "in this bash, or in every one from ~/.bashrc",
    "source <(loopmsg completion zsh)",
    "in zsh, from ~/.zshrc, after compinit",
    "loopmsg completion fish | source",
    "in fish, from ~/.config/fish/config.fish",
    "loopmsg completion powershell | Out-String | Invoke-Expression",
    "in PowerShell, from the file that $PROFILE names",
    NULL,
};

const command_row completion_command = {
    .name = "completion",
    .summary = "print what makes a shell complete these commands",
    .arguments = "bash|zsh|fish|powershell",
    .description =
        "Prints a script for the shell named. Once it has read that, the tab key completes commands, options, the words that an "
        "option chooses from, and names of files where an option or a command takes a file.",
    .examples = completion_examples,
    .options = completion_options,
    .option_count = sizeof completion_options / sizeof completion_options[0],
    .positional_max = 1,
    .settings_size = 1,
    .run = completion_run,
};
