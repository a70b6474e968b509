/* Running an act. */
#ifndef APPS_DEMO_RUN_H
#define APPS_DEMO_RUN_H

#include "demo/acts.h"
#include "demo/record.h"

/* Lets server and client converse, and records it. The code to exit with: EXIT_DONE, or one after telling what went wrong. */
int demo_act_run(const demo_act *act, demo_recorder *recorder);

#endif
