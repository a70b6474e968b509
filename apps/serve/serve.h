#ifndef APPS_SERVE_SERVE_H
#define APPS_SERVE_SERVE_H

#include "command_line/options.h"

extern const command_row serve_command;

#endif
