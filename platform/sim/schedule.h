/* Which thread runs, and when events happen. Private to platform/sim. */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include "pal/loop.h"

/* Opens the schedule; the calling thread is the first. */
void sim_schedule_open(void);
void sim_schedule_close(void);

/* Returns how often the turn passed from one thread to another. */
uint64_t sim_switches(void);

/* Lets due events happen. Passes the turn to another thread if one can run and is drawn. */
void sim_yield(void);

/* Waits until sim_unblock with the same address, or until DEADLINE_NS. Returns false when that has passed. */
bool sim_block(const void *address, uint64_t deadline_ns);

/* Makes every thread that waits for the address able to run. */
void sim_unblock(const void *address);

/* Start and stop an event: it happens at its time, in the order of times, while a thread yields or blocks. The rules are those of
 * pal_timer_start and pal_timer_stop. */
void sim_event_start(pal_timer *event, uint64_t deadline_ns);
void sim_event_stop(pal_timer *event);

/* A thread that calls RUN when it has the turn. It must be joined once. Errors: NO_MEMORY, and those of the real thread. */
typedef struct sim_thread sim_thread;
pal_error sim_thread_start(sim_thread **thread, void (*run)(void *context), void *context);
void sim_thread_join(sim_thread *thread);

#endif
