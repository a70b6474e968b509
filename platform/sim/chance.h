/* The ground of the simulation: its draws, faults, counts, log and clock. Only the thread that has the turn touches any of it, so that
 * nothing here needs a lock. Private to platform/sim. */
#ifndef SIM_CHANCE_H
#define SIM_CHANCE_H

#include "pal/clock.h"
#include "pal/sim.h"

#define SIM_BEGIN_NS (1000 * PAL_SECOND_NS) /* when a simulation begins: there is a time long past */

/* Starts the draws, the log and the clock anew. */
void sim_chance_open(uint64_t seed, uint32_t faults, bool prints_log);

/* One of 0 to BOUND - 1; BOUND > 0. */
uint64_t sim_draw(uint64_t bound);

/* Whether the fault strikes here, which counts it. */
bool sim_strikes(pal_sim_fault fault);

/* From now on these faults and no others are drawn. */
void sim_set_faults(uint32_t faults);

/* What is left open, to be counted up and down. */
pal_sim_report *sim_counts(void);

/* Writes an event into the log. WHAT is of static storage. */
void sim_note(const char *what, uint64_t number, uint64_t value);

/* Ends the process with a line, and the last events. */
_Noreturn void sim_abort(const char *text);

uint64_t sim_now_ns(void);

/* The time that the program has worked: all that passed but for the jumps. */
uint64_t sim_processor_ns(void);

/* Lets the time pass that a piece of work takes. */
void sim_work(uint64_t ns);

/* Lets the time pass in which nobody works. */
void sim_jump(uint64_t now_ns);

/* The number of the thread that has the turn, for the log. */
void sim_set_thread(unsigned number);

#endif
