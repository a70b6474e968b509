/* Ctrl-C and other interrupts: the first one stops a command in order, if it has anything to stop; the next one ends the
 * process. */
#ifndef APPS_NETWORK_INTERRUPT_H
#define APPS_NETWORK_INTERRUPT_H

#include "pal/status.h"

#include <stdbool.h>

/* Begins the message about a failure to watch. */
#define INTERRUPT_FAILURE "cannot watch for interrupts: "

/* Where interrupts come from: pal_interrupt_watch or pal_service_connect. */
typedef pal_error interrupt_source(void (*interrupted)(void *context), void *context);

/* Until the process ends, the first interrupt from SOURCE calls FIRST on another thread, and the next one ends the process with
 * EXIT_INTERRUPTED. If FIRST is NULL, the first one does. Call it once in a process, before any other thread starts. */
pal_error interrupt_watch_source(interrupt_source *source, void (*first)(void));

/* The same for the interrupts of pal/console.h. Returns EXIT_DONE; if it fails, reports it and returns EXIT_FAILED. */
int interrupt_watch(void (*first)(void));

/* True after the first interrupt, and while FIRST runs. Any thread, after a function above has returned. */
bool interrupt_has_come(void);

#endif
