/* loopmsg: finds the command, reads its command line, runs it. */
#include "commands.h"
#include "exit_codes.h"
#include "help.h"
#include "loopmsg/version.h"
#include "output.h"
#include "pal/console.h"
#include "pal/loop.h"
#include "pal/system.h"

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
    "loopmsg serve",
    "answer on 127.0.0.1 and ::1, port 9999",
    "loopmsg talk localhost 'hello,im client'",
    "send one message and print its answer",
    "loopmsg bench localhost",
    "measure that server for 10 seconds, and check every byte of its answers",
    "loopmsg help talk",
    "everything about a command",
    NULL,
};

static const char *const help_examples[] = {"loopmsg help serve", "everything about serving", NULL};

static int program_run(const command_line *line);
static int help_run(const command_line *line);

static const command_row program_command = {
    .name = "",
    .summary = "TCP conversations, the same on Windows and Unix",
    .arguments = "COMMAND [ARGUMENT...]",
    .description = "TCP conversations, the same on Windows and Unix: serve answers, talk speaks, probe tells whether a server is "
                   "there, bench measures, merge adds up what was "
                   "measured, addresses tells where to connect, demo shows a server and a client at work.",
    .examples = program_examples,
    .options = program_options,
    .option_count = sizeof program_options / sizeof program_options[0],
    .settings_size = sizeof(program_settings),
    .run = program_run,
};

static const option help_options[] = {OPTION_HELP_ROW};

static const command_row help_command = {
    .name = "help",
    .summary = "tell about the program or one of its commands",
    .arguments = "[COMMAND]",
    .description = "Prints what the program can do, or everything about COMMAND.",
    .examples = help_examples,
    .options = help_options,
    .option_count = 1,
    .positional_max = 1,
    .settings_size = 1,
    .run = help_run,
};

static const command_row *const commands[] = {&serve_command, &talk_command,      &probe_command, &bench_command,
                                              &merge_command, &addresses_command, &demo_command,  &help_command};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

/* Tells of a command that there is not, and returns NULL. */
static const command_row *command_find(const char *name) {
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
        if (strcmp(names[i], name) == 0)
            return commands[i];
    }
    const char *nearest = word_nearest(name, names, COMMAND_COUNT);
    if (nearest != NULL)
        error_line("unknown command '", name, "'; did you mean ", nearest, "?");
    else
        error_line("unknown command '", name, "'; 'loopmsg --help' lists those there are");
    return NULL;
}

static int command_help(const command_row *command) {
    return command == &program_command ? help_print(command, commands, COMMAND_COUNT) : help_print(command, NULL, 0);
}

static int help_run(const command_line *line) {
    const command_row *command = line->positional_count == 0 ? &program_command : command_find(line->positionals[0]);
    return command != NULL ? command_help(command) : EXIT_USAGE;
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
    const char *parts[] = {"loopmsg ",
                           lm_version(),
                           "\nplatform: ",
                           pal_system_description(system, sizeof system),
                           "\npoller: ",
                           pal_loop_poller(&loop),
                           "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        lm_buffer_append_text(&text, parts[i]);
    pal_loop_close(&loop);
    bool written = output_write(&text);
    lm_buffer_free(&text);
    return written ? EXIT_DONE : EXIT_FAILED;
}

/* Without a command. */
static int program_run(const command_line *line) {
    const program_settings *settings = line->settings;
    if (settings->has_version)
        return version_print();
    error_line(
        "no command given; expected serve, talk, probe, bench, merge, addresses, demo or help ('loopmsg --help' tells more)");
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
        code = command->run(&line);
        break;
    case PARSE_HELP:
        code = command_help(command);
        break;
    case PARSE_USAGE:
        break;
    }
    free(settings);
    return code;
}

int main(int argc, char **argv) {
    pal_error error = pal_console_open(&argc, &argv);
    if (error.status != PAL_OK) {
        error_line("cannot prepare the console: ", error_text(error));
        return EXIT_FAILED;
    }
    if (argc < 2 || argv[1][0] == '-')
        return command_run(&program_command, argc > 0 ? argc - 1 : 0, argv + (argc > 0 ? 1 : 0));
    const command_row *command = command_find(argv[1]);
    return command != NULL ? command_run(command, argc - 2, argv + 2) : EXIT_USAGE;
}
