/* The exit codes of the program, and the one for each failure. */
#ifndef APPS_COMMAND_LINE_EXIT_CODES_H
#define APPS_COMMAND_LINE_EXIT_CODES_H

#include "pal/status.h"

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_REFUSED = 4,
    EXIT_TIMED_OUT = 5,
    EXIT_RESET = 6,
    EXIT_WRONG = 8,
    EXIT_INTERRUPTED = 130
};

/* One row for each code, for --help and manual pages; MEANING is NULL past the last. */
typedef struct exit_code {
    int code;
    const char *meaning;
} exit_code;

extern const exit_code exit_codes[];

/* The code for a failure of the system. ERROR is not PAL_OK. */
int exit_code_of(pal_error error);

#endif
