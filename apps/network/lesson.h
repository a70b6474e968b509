/* The lesson that the first two programs of this kind were: a server has five steps, a client three; and what an error usually means.
 * Any thread. */
#ifndef APPS_NETWORK_LESSON_H
#define APPS_NETWORK_LESSON_H

#include "pal/status.h"
#include "pal/trace.h"

typedef struct lesson_step {
    const char *side; /* "server" or "client" */
    int number;       /* from 1 */
    const char *name; /* such as "receive and send" */
} lesson_step;

/* The step that an operation of a socket in ROLE belongs to. */
lesson_step lesson_step_of(pal_trace_operation operation, pal_trace_role role);

/* What ERROR, which is neither PAL_OK nor PAL_END, usually means and what to try: one sentence without an end. Static storage. */
const char *lesson_advice(pal_error error);

#endif
