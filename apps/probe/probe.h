#ifndef APPS_PROBE_PROBE_H
#define APPS_PROBE_PROBE_H

#include "command_line/options.h"

extern const command_row probe_command;

#endif
