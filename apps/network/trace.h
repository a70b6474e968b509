/* --trace: every operation on a socket as it happens, on standard error. */
#ifndef APPS_NETWORK_TRACE_H
#define APPS_NETWORK_TRACE_H

#include "command_line/options.h"

/* The forms by number, for an option's row. */
const char *trace_choice(int number);

/* The row of an option that goes to the int `trace` of SETTINGS. */
#define TRACE_OPTION_ROW(settings)                                                                                                 \
    {                                                                                                                              \
        .name = "trace", .kind = OPTION_CHOICE, .offset = offsetof(settings, trace), .value_name = "FORM", .bare_value = "text",   \
        .choice = trace_choice,                                                                                                    \
        .help = "tell every operation on a socket as it happens, on standard error: time, side, step, call, arguments, result"     \
    }

/* Begins to tell in the form numbered FORM, if LINE has --trace. Time counts from here. Before the first socket and while there is no other
 * thread that has one, as trace_end. */
void trace_begin(const command_line *line, int form);
void trace_end(void);

#endif
