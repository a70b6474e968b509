/* The program as a table of its commands: finds the command, reads its command line, runs it. */
#include "program.h"

#include "addresses.h"
#include "bench/bench.h"
#include "bench/merge.h"
#include "command_line/exit_codes.h"
#include "command_line/help.h"
#include "command_line/shell/completion.h"
#include "command_line/words.h"
#include "demo/demo.h"
#include "loopmsg/version.h"
#include "output/append.h"
#include "output/output.h"
#include "pal/loop.h"
#include "pal/system.h"
#include "probe/probe.h"
#include "serve/serve.h"
#include "talk/talk.h"

#include <stdlib.h>
#include <string.h>

typedef struct program_settings {
    bool has_version;
} program_settings;

static const option program_options[] = {
    {.name = "version",
     .kind = OPTION_FLAG,
     .offset = offsetof(program_settings, has_version),
     .help = "print the version, the platform and the poller in use"},
    OPTION_HELP_ROW,
};

static const char *const program_examples[] = {
    "loopmsg demo",
    "show a server and a client side by side, call by call",
    "loopmsg serve",
    "answer on 127.0.0.1 and ::1, port 9999",
    "loopmsg talk localhost 'hello,im client'",
    "send one message and print its answer",
    "loopmsg bench localhost",
    "measure that server for 10 seconds, and check every byte of its answers",
    "loopmsg help talk",
    "print everything about a command",
    NULL,
};

static const char *const help_examples[] = {"loopmsg help serve", "print everything about the command serve", NULL};

static int program_run(const command_line *line);
static int help_run(const command_line *line);

static const command_row program_command = {
    .name = "",
    .summary = "TCP conversations, the same on Windows and Unix",
    .arguments = "COMMAND [ARGUMENT...]",
    .description = "TCP conversations, the same on Windows and Unix: one side serves, the other talks, and bench measures them. "
                   "'loopmsg help COMMAND' prints everything about a command.",
    .examples = program_examples,
    .options = program_options,
    .option_count = sizeof program_options / sizeof program_options[0],
    .settings_size = sizeof(program_settings),
    .run = program_run,
};

static const option help_options[] = {OPTION_HELP_ROW};

static const command_row help_command = {
    .name = "help",
    .summary = "print help for the program or for one of its commands",
    .arguments = "[COMMAND]",
    .description = "Prints everything about COMMAND, or an overview of the program.",
    .examples = help_examples,
    .options = help_options,
    .option_count = 1,
    .positional_max = 1,
    .settings_size = 1,
    .run = help_run,
};

static const command_row *const commands[] = {
    &serve_command,     &talk_command, &probe_command,      &bench_command, &merge_command,
    &addresses_command, &demo_command, &completion_command, &help_command,  NULL};

const command_table program_table = {&program_command, commands};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0] - 1)

/* Reports an unknown command and returns NULL. */
static const command_row *command_find(const char *name) {
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
        if (strcmp(names[i], name) == 0)
            return commands[i];
    }
    word_unknown_report("command", name, names, COMMAND_COUNT, "'loopmsg --help' lists the commands");
    return NULL;
}

static int help_run(const command_line *line) {
    const command_row *command = line->positional_count == 0 ? &program_command : command_find(line->positionals[0]);
    return command != NULL ? help_print(&program_table, command) : EXIT_USAGE;
}

static int version_print(void) {
    pal_loop loop;
    pal_error error = pal_loop_open(&loop);
    if (error.status != PAL_OK) {
        loop_error_line(error);
        return EXIT_FAILED;
    }
    char system[256];
    lm_buffer text = {0};
    text_append(&text, "loopmsg ", lm_version(), "\nplatform: ", pal_system_description(system, sizeof system),
                "\npoller: ", pal_loop_poller(&loop), "\n");
    pal_loop_close(&loop);
    bool written = output_write(&text);
    lm_buffer_free(&text);
    return written ? EXIT_DONE : EXIT_FAILED;
}

/* The command line without a command. */
static int program_run(const command_line *line) {
    const program_settings *settings = line->settings;
    if (settings->has_version)
        return version_print();
    const char *parts[2 * COMMAND_COUNT + 2]; /* not a buffer, which may lack memory */
    size_t count = 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        parts[count++] = i == 0 ? "no command given; expected " : i + 1 < COMMAND_COUNT ? ", " : " or ";
        parts[count++] = commands[i]->name;
    }
    parts[count++] = " ('loopmsg --help' explains them)";
    parts[count] = NULL;
    error_line_write(parts);
    return EXIT_USAGE;
}

static int command_run(const command_row *command, int count, char **arguments) {
    void *settings = calloc(1, command->settings_size);
    if (settings == NULL) {
        error_line("out of memory");
        return EXIT_FAILED;
    }
    command_line line;
    int code = EXIT_USAGE;
    switch (command_line_parse(&line, command, settings, count, arguments)) {
    case PARSE_RUN:
        line.table = &program_table;
        code = command->run(&line);
        break;
    case PARSE_HELP:
        code = help_print(&program_table, command);
        break;
    case PARSE_USAGE:
        break;
    }
    free(settings);
    return code;
}

int program_main(int count, char **arguments) {
    if (count < 1 || arguments[0][0] == '-')
        return command_run(&program_command, count, arguments);
    const command_row *command = command_find(arguments[0]);
    return command != NULL ? command_run(command, count - 1, arguments + 1) : EXIT_USAGE;
}
