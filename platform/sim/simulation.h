/* The start of a simulation. Private to platform/sim. */
#ifndef SIM_SIMULATION_H
#define SIM_SIMULATION_H

/* Opens the default simulation unless one is open. Every function of pal/ that a program may call first calls it. */
void sim_start(void);

#endif
