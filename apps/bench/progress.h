/* The progress of a run, on standard error. One thread. */
#ifndef APPS_BENCH_PROGRESS_H
#define APPS_BENCH_PROGRESS_H

#include "loopmsg/load.h"
#include "report/report.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum bench_stage { BENCH_CONNECTING, BENCH_WARMUP, BENCH_MEASURING } bench_stage;

typedef struct bench_progress {
    bool has_bar;   /* a bar on a terminal, redrawn in its line */
    bool has_lines; /* --interval: a line for each slice, and then no bar */
    const bench_plan *plan;
    const char *address; /* of the server being measured */
    bool names_address;  /* in a comparison: each line names the server */
    bench_stage stage;
    uint64_t before_ns; /* measured in earlier turns of this server */
    uint64_t answered, errors;
} bench_progress;

void bench_progress_slice(bench_progress *progress, const lm_load_slice *slice);

/* Erases the bar. Call it before printing anything else. */
void bench_progress_end(bench_progress *progress);

#endif
