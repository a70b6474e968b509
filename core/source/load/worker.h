/* A worker of the load generator: a thread, a loop, and a share of the connections. On its own thread, unless it says otherwise. Private to
 * core/. */
#ifndef LOOPMSG_LOAD_WORKER_H
#define LOOPMSG_LOAD_WORKER_H

#include "load/state.h"
#include "pal/status.h"

/* Opens the loop and makes the connections; the rest of *WORKER is zero before, but for plan, number, finished and owner. */
pal_error lm_load_worker_open(lm_load_worker *worker);

/* Frees all; its thread must have ended. */
void lm_load_worker_close(lm_load_worker *worker);

/* The thread. */
void lm_load_worker_main(void *context);

/* Begins a phase; `finished` answers. */
void lm_load_worker_begin(lm_load_worker *worker, const lm_load_phase *phase);

/* Ends the phase at once; what is in flight is lost. `finished` answers, unless it already has. */
void lm_load_worker_stop(lm_load_worker *worker);

/* Closes every connection and ends the thread. */
void lm_load_worker_quit(lm_load_worker *worker);

#endif
