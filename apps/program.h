/* The program: its commands, for whoever runs them or writes about them. */
#ifndef APPS_PROGRAM_H
#define APPS_PROGRAM_H

#include "command_line/options.h"

extern const command_table program_table;

/* Runs the COUNT arguments that come after the program's name, and may reorder them. Returns the exit code. */
int program_main(int count, char **arguments);

#endif
