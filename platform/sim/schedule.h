/* Whose turn it is, and what happens when. Private to platform/sim. */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include "pal/loop.h"

/* Opens with the calling thread as the first. */
void sim_schedule_open(void);
void sim_schedule_close(void);

/* How often the turn went from one thread to another. */
uint64_t sim_switches(void);

/* Lets another thread go on, if one can and the draw is its. What is due in the network happens. */
void sim_yield(void);

/* Waits until sim_unblock is called with the same address, or until DEADLINE_NS; false when that has passed. */
bool sim_block(const void *address, uint64_t deadline_ns);

/* Every thread that waits for the address can go on. */
void sim_unblock(const void *address);

/* What happens at a time of its own, in the order of those times; never on a thread that is in the middle of something, but when it
 * yields or blocks. The rules of pal_timer_start and pal_timer_stop. */
void sim_event_start(pal_timer *event, uint64_t deadline_ns);
void sim_event_stop(pal_timer *event);

/* A thread that runs RUN when it has the turn, and is joined once. Errors: NO_MEMORY, and those of the real thread. */
typedef struct sim_thread sim_thread;
pal_error sim_thread_start(sim_thread **thread, void (*run)(void *context), void *context);
void sim_thread_join(sim_thread *thread);

#endif
