/* The first lesson: a server has five steps, a client three; and what an error usually means. Any thread. */
#ifndef APPS_NETWORK_LESSON_H
#define APPS_NETWORK_LESSON_H

#include "pal/status.h"
#include "pal/trace.h"

typedef struct lesson_step {
    const char *side; /* "server" or "client" */
    int number;       /* from 1 */
    const char *name; /* such as "receive and send" */
} lesson_step;

/* The step to which an operation of a socket in ROLE belongs. */
lesson_step lesson_step_of(pal_trace_operation operation, pal_trace_role role);

/* What ERROR usually means and what to try: one sentence without a full stop. ERROR is neither PAL_OK nor PAL_END. Static
 * storage. */
const char *lesson_advice(pal_error error);

#endif
