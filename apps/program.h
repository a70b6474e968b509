/* The program: its commands, for whoever runs them or writes about them. */
#ifndef APPS_PROGRAM_H
#define APPS_PROGRAM_H

#include "command_line/options.h"

/* What can be said without a command; its name is "". */
extern const command_row program_command;

/* All commands, in the order of --help; NULL at the end. */
extern const command_row *const program_commands[];

/* Runs the COUNT arguments that come after the program's name, and may reorder them. Returns the exit code. */
int program_main(int count, char **arguments);

#endif
