/* The program and its commands. */
#ifndef APPS_PROGRAM_H
#define APPS_PROGRAM_H

#include "command_line/options.h"

extern const command_table program_table;

/* Runs the COUNT arguments after the program's name, which it may reorder. Returns the exit code. */
int program_main(int count, char **arguments);

#endif
