/* The simulation itself: draws, faults, the log, the virtual clock and whose turn it is. Only the thread that has the turn touches any of it,
 * so that nothing here needs a lock. Private to platform/sim. */
#ifndef SIM_SIMULATION_H
#define SIM_SIMULATION_H

#include "common/loop.h"
#include "pal/clock.h"
#include "pal/sim.h"

/* -- simulation.c: draws, faults, the log -- */

/* Opens the default simulation unless one is open. */
void sim_start(void);

/* One of 0 to BOUND - 1; BOUND > 0. */
uint64_t sim_draw(uint64_t bound);

/* What is left open, to be counted up and down. */
pal_sim_report *sim_counts(void);

/* Ends the process with a line, and the last events. */
_Noreturn void sim_abort(const char *text);

/* -- schedule.c: the clock and the turns -- */

/* Opens with the calling thread as the first. */
void schedule_open(void);
void schedule_close(void);

#define SIM_BEGIN_NS (1000 * PAL_SECOND_NS) /* when it begins: there is a time long past */
uint64_t sim_now_ns(void);

/* The time that the thread with the turn has worked: all that passed but for the jumps. */
uint64_t sim_processor_ns(void);

/* Lets the time pass that a piece of work takes. */
void sim_work(uint64_t ns);

/* How often the turn went from one thread to another. */
uint64_t sim_switches(void);

/* The number of the thread that has the turn, counted from 0 by their starts. */
unsigned sim_thread_number(void);

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

#endif
