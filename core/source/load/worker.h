/* A worker of the load generator: a loop on a thread of its own, and a share of the connections. Call these on its own thread,
 * unless they say otherwise. Private to core/. */
#ifndef LOOPMSG_LOAD_WORKER_H
#define LOOPMSG_LOAD_WORKER_H

#include "load/state.h"
#include "pal/status.h"

/* Before its thread starts: opens the loop and creates the connections. *WORKER must be all zero, except plan, number and finished.
 */
pal_error lm_load_worker_open(lm_load_worker *worker);

/* After its thread has ended: frees everything. */
void lm_load_worker_close(lm_load_worker *worker);

/* Runs the worker: the thread's function. */
void lm_load_worker_main(void *context);

/* Starts a phase; `finished` answers. */
void lm_load_worker_begin(lm_load_worker *worker, const lm_load_phase *phase);

/* Ends the phase immediately; messages in flight are lost. `finished` answers, unless it already has. */
void lm_load_worker_stop(lm_load_worker *worker);

/* Closes every connection and ends the thread. */
void lm_load_worker_quit(lm_load_worker *worker);

#endif
