#ifndef APPS_DEMO_DEMO_H
#define APPS_DEMO_DEMO_H

#include "command_line/options.h"

extern const command_row demo_command;

#endif
