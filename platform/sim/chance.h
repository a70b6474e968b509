/* The base of the simulation: its draws, faults, counts, log and clock. Only the thread that has the turn uses them, so nothing
 * here needs a lock. Private to platform/sim. */
#ifndef SIM_CHANCE_H
#define SIM_CHANCE_H

#include "pal/clock.h"
#include "pal/sim.h"

#define SIM_BEGIN_NS (1000 * PAL_SECOND_NS) /* the clock at the start of a simulation: earlier times exist */

/* Starts the draws, the log and the clock anew. */
void sim_chance_open(uint64_t seed, uint32_t faults, bool prints_log);

/* Draws a number from 0 to BOUND - 1; BOUND > 0. */
uint64_t sim_draw(uint64_t bound);

/* Draws whether the fault strikes here, and counts it if so. */
bool sim_strikes(pal_sim_fault fault);

/* From now on, only these faults strike. */
void sim_set_faults(uint32_t faults);

/* Returns the counts of what is open, to change in place. */
pal_sim_report *sim_counts(void);

/* Writes an event into the log. WHAT must have static storage. */
void sim_note(const char *what, uint64_t number, uint64_t value);

/* Prints a line and the last events, and aborts the process. */
_Noreturn void sim_abort(const char *text);

/* Returns the time of the virtual clock. */
uint64_t sim_now_ns(void);

/* Returns the time that the program has worked: all time that passed, except jumps. */
uint64_t sim_processor_ns(void);

/* Moves the clock on by the time of a piece of work. */
void sim_work(uint64_t ns);

/* Moves the clock on over a time in which no thread works. */
void sim_jump(uint64_t now_ns);

/* Sets the number of the thread that has the turn, for the log. */
void sim_set_thread(unsigned number);

#endif
