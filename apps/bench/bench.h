#ifndef APPS_BENCH_BENCH_H
#define APPS_BENCH_BENCH_H

#include "command_line/options.h"

extern const command_row bench_command;

#endif
