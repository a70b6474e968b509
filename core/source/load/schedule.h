/* When the messages of an open loop are due. Message I of a phase belongs to connection I modulo the number of connections, so each
 * worker follows its own part of the schedule. Private to core/. On a worker's thread. */
#ifndef LOOPMSG_LOAD_SCHEDULE_H
#define LOOPMSG_LOAD_SCHEDULE_H

#include "load/state.h"

#include <stdint.h>

/* Returns INDEX / RATE seconds, in nanoseconds. */
uint64_t lm_load_schedule_ns(uint64_t index, uint64_t rate);

/* Returns when MESSAGE, numbered on its connection, is due in this phase. */
uint64_t lm_load_schedule_due_ns(const lm_load_worker *worker, const lm_load_connection *connection, uint64_t message);

/* Returns the number, in the phase, of the worker's next message. */
uint64_t lm_load_schedule_index(const lm_load_worker *worker);

/* Moves on to the worker's next message. */
void lm_load_schedule_advance(lm_load_worker *worker);

#endif
