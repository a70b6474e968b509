/* loopmsg bench: the run itself, and what is said of one that failed. The main thread. */
#ifndef APPS_BENCH_RUN_H
#define APPS_BENCH_RUN_H

#include "network/targets.h"
#include "report/report.h"

#include <stdbool.h>

typedef struct bench_run_settings {
    const char *targets[BENCH_SERVERS_MAX]; /* as given, of the report's servers */
    target_families families;
    bool has_bar, has_lines;
} bench_run_settings;

/* Measures what the report's plan asks for, one server or two in turn, until it is done or interrupted: fills servers, poller,
 * is_interrupted, failure and exit_code. What failed is told on standard error, too; FAILURES keeps it and must outlive the report. False
 * when it came to no run, because a target is no address: that has been told, and the exit code is set. Once. */
bool bench_run(bench_report *report, const bench_run_settings *settings, lm_buffer *failures);

#endif
