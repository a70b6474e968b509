/* loopmsg bench: from options to a plan. The main thread. */
#ifndef APPS_BENCH_PLAN_H
#define APPS_BENCH_PLAN_H

#include "command_line/options.h"
#include "network/targets.h"
#include "report/fail_if.h"
#include "report/report.h"

#include <stdbool.h>
#include <stddef.h>

#define BENCH_SLICES_MAX 100000u /* kept of one run; later results count in the totals only */

typedef struct bench_settings {
    bench_plan plan;  /* filled in by options; bench_plan_read completes it */
    const char *size; /* "64" or "16-1k" */
    int framing;      /* lm_framing_kind */
    bool is_echo;
    const char *compare; /* NULL for none */
    option_texts fail_if;
    bool has_json, has_no_progress;
    int trace;
    const char *hgrm, *page; /* NULL for none */
    target_families families;
} bench_settings;

/* Makes the plan; its texts point into the settings. If the command line is wrong, prints an error and returns false. */
bool bench_plan_read(const command_line *line, bench_plan *plan);

/* Whether the checks fit the run: ratios need a comparison, lateness an open loop. If one does not, prints an error and returns
 * false. */
bool bench_plan_suits(const bench_plan *plan, bool is_comparison, const fail_if *checks, size_t check_count);

#endif
