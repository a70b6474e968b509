/* The results of one run, or of several runs merged. All forms are made from a bench_report alone. One thread. */
#ifndef APPS_REPORT_REPORT_H
#define APPS_REPORT_REPORT_H

#include "loopmsg/buffer.h"
#include "loopmsg/load.h"
#include "report/fail_if.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SERVERS_MAX 2
#define BENCH_LIMIT_SIZE 160 /* holds every sentence of bench_limit_describe */

/* The settings of a run, the same for both servers of a comparison. In a merge, connections, workers, rate, connect_rate and
 * messages are sums (no limit if one run has none), is_unverified is that of any run, and the rest is the first run's. */
typedef struct bench_plan {
    lm_load_settings load;          /* without addresses: each server has its own */
    uint64_t duration_ns, messages; /* 0 for no limit */
    uint64_t warmup_ns;
} bench_plan;

/* The results of one server. */
typedef struct bench_server {
    const char *address; /* as given */
    lm_load_result connecting, warmup, measured;
    lm_load_slice *slices; /* of `measured`, in order; in a comparison, one per turn */
    size_t slice_count, slice_capacity;
} bench_server;

typedef struct bench_report {
    const char *version;         /* of the loopmsg that ran it */
    const char *system;          /* pal_system_description() */
    const char *poller;          /* "" if there was no loop */
    const char *const *commands; /* the command line of each run, quoted for a shell */
    size_t command_count;        /* 1; more in a merge */
    bench_plan plan;
    bench_server *servers[BENCH_SERVERS_MAX];
    size_t server_count; /* 1; 2 in a comparison */
    fail_if checks[FAIL_IF_MAX];
    size_t check_count;
    bool is_merged; /* then slices have no percentiles, which cannot be added */
    bool is_interrupted;
    const char *failure; /* a sentence per failure, without a full stop, separated by line endings; "" for none */
    int exit_code;
} bench_report;

/* --- what follows from a report ----------------------------------------------------------------------------------------------- */

/* Answers per second; 0 if no time has passed. */
double bench_rate(const lm_load_result *result);

/* The percentiles that tables show; the last is the maximum. */
typedef struct bench_percentile {
    const char *name;
    double quantile;
} bench_percentile;

#define BENCH_PERCENTILES 6
extern const bench_percentile bench_percentiles[BENCH_PERCENTILES];

/* A quantile for a cell of a table: "-" if the histogram is empty. Static, or in BUFFER of UNIT_TEXT_SIZE characters. */
const char *bench_quantile_cell(const lm_histogram *histogram, double quantile, char *buffer);

/* Why the generator, not the server, was the limit: a sentence without a full stop, in BUFFER of BENCH_LIMIT_SIZE characters. NULL
 * if it was not. */
const char *bench_limit_describe(const bench_report *report, const bench_server *server, char *buffer);

/* The first wrong byte of all phases, and in *PHASE when it came: "while connecting", "in the warm-up" or "while measuring"; NULL
 * for none. */
const lm_load_wrong *bench_wrong_find(const bench_server *server, const char **phase);

/* Appends a wrong byte: connection, message, offset, expected, got. No full stop. */
void bench_wrong_append(lm_buffer *text, const lm_load_wrong *wrong);

/* "refused", "no answer in time" ... Static. */
const char *bench_error_words(lm_load_error error);

/* The ratio of the second server to the first over all pairs of turns: median, lowest, highest. False if there is no pair in which
 * both answered, or no memory. */
typedef enum bench_ratio_kind { BENCH_RATIO_RATE, BENCH_RATIO_P50, BENCH_RATIO_P99, BENCH_RATIO_COUNT } bench_ratio_kind;
typedef struct bench_ratio {
    double median, low, high;
} bench_ratio;
bool bench_ratio_of(const bench_report *report, bench_ratio_kind kind, bench_ratio *ratio);

#endif
