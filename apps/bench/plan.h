/* loopmsg bench: from options to a plan. The main thread. */
#ifndef APPS_BENCH_PLAN_H
#define APPS_BENCH_PLAN_H

#include "bench/outputs.h"
#include "command_line/options.h"
#include "network/targets.h"
#include "report/report.h"

#include <stdbool.h>

#define BENCH_SLICES_MAX 100000u /* kept of one run; later results count in the totals only */

typedef struct bench_settings {
    bench_plan plan;  /* filled in by options; bench_plan_read completes it */
    const char *size; /* "64" or "16-1k" */
    int framing;      /* lm_framing_kind */
    bool is_echo;
    const char *compare; /* NULL for none */
    bool has_no_progress;
    int trace;
    bench_output_settings output;
    target_families families;
} bench_settings;

/* Makes the plan; its texts point into the settings. If the command line is wrong, prints an error and returns false. */
bool bench_plan_read(const command_line *line, bench_plan *plan);

#endif
