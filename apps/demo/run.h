/* Running an act. */
#ifndef APPS_DEMO_RUN_H
#define APPS_DEMO_RUN_H

#include "demo/acts.h"
#include "demo/record.h"

/* Runs server and client, and records their calls. Returns EXIT_DONE; otherwise reports what went wrong and returns the exit
 * code. */
int demo_act_run(const demo_act *act, demo_recorder *recorder);

#endif
