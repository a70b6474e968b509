/* What is seen of a run while it lasts, on standard error. One thread. */
#ifndef APPS_BENCH_PROGRESS_H
#define APPS_BENCH_PROGRESS_H

#include "loopmsg/load.h"
#include "report/report.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum bench_stage { BENCH_CONNECTING, BENCH_WARMUP, BENCH_MEASURING } bench_stage;

typedef struct bench_progress {
    bool has_bar;   /* a bar on a terminal, drawn over and over in its line */
    bool has_lines; /* --interval: a line for each slice */
    const bench_plan *plan;
    const char *address; /* of the server whose turn it is */
    bool names_address;  /* in a comparison: the lines say whose turn it is */
    bench_stage stage;
    uint64_t before_ns; /* of measuring, in earlier turns and phases of this server */
    uint64_t answered, errors;
} bench_progress;

void bench_progress_slice(bench_progress *progress, const lm_load_slice *slice);

/* Wipes the bar, before something else is printed. */
void bench_progress_end(bench_progress *progress);

#endif
