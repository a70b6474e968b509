/* Ctrl-C and its like: the first interrupt ends a command in order, where it has something to end; the next one ends the process. */
#ifndef APPS_NETWORK_INTERRUPT_H
#define APPS_NETWORK_INTERRUPT_H

#include "pal/status.h"

#include <stdbool.h>

/* The begin of the sentence about a failure to watch. */
#define INTERRUPT_FAILURE "cannot watch for interrupts: "

/* Where interrupts come from: pal_interrupt_watch or pal_service_connect. */
typedef pal_error interrupt_source(void (*interrupted)(void *context), void *context);

/* From now on until the process ends, the first interrupt from SOURCE calls FIRST on another thread, and each further one ends the process
 * with EXIT_INTERRUPTED. Without FIRST (NULL) the first one does. Once in a process, before any other thread starts. */
pal_error interrupt_watch_source(interrupt_source *source, void (*first)(void));

/* The same for the interrupts of pal/console.h. Returns EXIT_DONE, or reports the failure and returns EXIT_FAILED. */
int interrupt_watch(void (*first)(void));

/* Whether an interrupt has come; already true when FIRST is called. Any thread, once they are watched for. */
bool interrupt_has_come(void);

#endif
