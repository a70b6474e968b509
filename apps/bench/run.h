/* loopmsg bench: the run itself. The main thread. */
#ifndef APPS_BENCH_RUN_H
#define APPS_BENCH_RUN_H

#include "network/targets.h"
#include "report/report.h"

#include <stdbool.h>

typedef struct bench_run_settings {
    const char *targets[BENCH_SERVERS_MAX]; /* as given, one per server of the report */
    target_families families;
    bool has_bar, has_lines;
} bench_run_settings;

/* Runs the report's plan, on one server or two in turn, until it is done or interrupted. Fills in servers, poller, is_interrupted,
 * failure and exit_code. Prints failures to standard error and adds them to FAILURES, which must outlive the report. If a target is
 * not an address, prints an error, sets the exit code and returns false. At most one call per process. */
bool bench_run(bench_report *report, const bench_run_settings *settings, lm_buffer *failures);

#endif
