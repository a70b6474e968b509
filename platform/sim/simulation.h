/* One simulation from its opening to its end. Private to platform/sim. */
#ifndef SIM_SIMULATION_H
#define SIM_SIMULATION_H

/* Opens the default simulation unless one is open: whatever of pal/ a program may call first begins with it. */
void sim_start(void);

#endif
