/* --trace: prints each socket operation as it happens, on standard error. */
#ifndef APPS_NETWORK_TRACE_H
#define APPS_NETWORK_TRACE_H

#include "command_line/options.h"

/* The forms by number, for an option's row. */
const char *trace_choice(int number);

/* The row of --trace, stored in the int `trace` of SETTINGS. */
#define TRACE_OPTION_ROW(settings)                                                                                                 \
    {                                                                                                                              \
        .name = "trace", .kind = OPTION_CHOICE, .offset = offsetof(settings, trace), .value_name = "FORM", .bare_value = "text",   \
        .choice = trace_choice,                                                                                                    \
        .help = "print each socket operation as it happens, on standard error: time, side, step, call, arguments, result"          \
    }

/* Starts to print in the form numbered FORM, if LINE has --trace. Time counts from here. Call both functions only while no other
 * thread has a socket, and trace_begin before the first socket. */
void trace_begin(const command_line *line, int form);
void trace_end(void);

#endif
