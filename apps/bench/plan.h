/* The command line of loopmsg bench: what its options give, and the plan that they make. The main thread. */
#ifndef APPS_BENCH_PLAN_H
#define APPS_BENCH_PLAN_H

#include "command_line/options.h"
#include "network/targets.h"
#include "report/fail_if.h"
#include "report/report.h"

#include <stdbool.h>
#include <stddef.h>

#define BENCH_SLICES_MAX 100000u /* kept of one run; what a longer run brings after them is in its totals only */

typedef struct bench_settings {
    bench_plan plan;  /* what options fill in themselves; bench_plan_read makes the rest */
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

/* Makes the plan, texts pointing into the settings. False after telling what is wrong with the command line. */
bool bench_plan_read(const command_line *line, bench_plan *plan);

/* Whether the checks fit the run: ratios want a comparison, lateness a schedule. False after telling which does not. */
bool bench_plan_suits(const bench_plan *plan, bool is_comparison, const fail_if *checks, size_t check_count);

#endif
