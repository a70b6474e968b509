/* Every command of the program; each is defined in the file of its name. */
#ifndef APPS_COMMANDS_H
#define APPS_COMMANDS_H

#include "command_line/options.h"

extern const command_row serve_command;
extern const command_row talk_command;
extern const command_row probe_command;
extern const command_row bench_command;
extern const command_row merge_command;
extern const command_row addresses_command;
extern const command_row demo_command;
extern const command_row completion_command;

#endif
