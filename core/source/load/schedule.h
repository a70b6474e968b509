/* When the messages of an open loop are due. Message I of a phase belongs to connection I modulo their number, so that each worker has a part of
 * the schedule that it follows alone. Private to core/; a worker's thread. */
#ifndef LOOPMSG_LOAD_SCHEDULE_H
#define LOOPMSG_LOAD_SCHEDULE_H

#include "load/state.h"

#include <stdint.h>

/* INDEX / RATE seconds, in nanoseconds. */
uint64_t lm_load_schedule_ns(uint64_t index, uint64_t rate);

/* When MESSAGE, by its connection's number, is due in this phase. */
uint64_t lm_load_schedule_due_ns(const lm_load_worker *worker, const lm_load_connection *connection, uint64_t message);

/* The number in the phase of the worker's next message. */
uint64_t lm_load_schedule_index(const lm_load_worker *worker);

/* That one is done with: the next one follows. */
void lm_load_schedule_advance(lm_load_worker *worker);

#endif
