#ifndef APPS_BENCH_MERGE_H
#define APPS_BENCH_MERGE_H

#include "command_line/options.h"

extern const command_row merge_command;

#endif
