/* A report is what one run, or several runs merged, brought: everything that is printed, drawn or
 * written of it is made from a bench_report alone. One thread. */
#ifndef APPS_REPORT_REPORT_H
#define APPS_REPORT_REPORT_H

#include "loopmsg/buffer.h"
#include "loopmsg/load.h"
#include "report/fail_if.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SERVERS_MAX 2
#define BENCH_LIMITED_SIZE 160 /* holds what bench_is_limited says */

/* What is asked for; the same for both servers of a comparison. Of runs merged: connections, workers, rate, connect_rate and messages are
 * sums (none where one run has none), is_unverified is that of any, the rest is the first run's. */
typedef struct bench_plan {
    lm_load_settings load;          /* without addresses, which each server has of its own */
    uint64_t duration_ns, messages; /* 0 for no such limit */
    uint64_t warmup_ns;
} bench_plan;

/* What was measured of one server. */
typedef struct bench_server {
    const char *address; /* as given */
    lm_load_result connecting, warmup, measured;
    lm_load_slice *slices; /* of `measured`, in order; in a comparison one for each turn */
    size_t slice_count, slice_capacity;
} bench_server;

typedef struct bench_report {
    const char *version;         /* of loopmsg, that ran it */
    const char *system;          /* pal_system_description() */
    const char *poller;          /* "" where it came to no loop */
    const char *const *commands; /* the command lines, as a shell takes them: one for each run */
    size_t command_count;        /* 1; more for runs merged */
    bench_plan plan;
    bench_server *servers[BENCH_SERVERS_MAX];
    size_t server_count; /* 1; 2 in a comparison */
    fail_if checks[FAIL_IF_MAX];
    size_t check_count;
    bool is_merged; /* then no percentiles of slices are known: they cannot be added */
    bool is_interrupted;
    const char *failure; /* one sentence for each thing that failed, parted by line endings, without an end; "" for none */
    int exit_code;
} bench_report;

/* --- what follows from a report ------------------------------------------------------------------------------------------------------ */

/* Answered messages a second; 0 where no time has passed. */
double bench_rate(const lm_load_result *result);

/* True when the generator, not the server, set the limit; then *REASON is a sentence without an end that says how that shows. Static
 * storage or in BUFFER, which holds BENCH_LIMITED_SIZE characters. */
bool bench_is_limited(const bench_report *report, const bench_server *server, char *buffer, const char **reason);

/* A wrong byte as a sentence without an end: connection, message, offset, expected, got. Appends to TEXT. */
void bench_wrong_append(lm_buffer *text, const lm_load_wrong *wrong);

/* In words for people: "refused", "no answer in time" ... Static storage. */
const char *bench_error_words(lm_load_error error);

/* The second server over the first in each pair of turns: the median and the extremes; false without a pair in which both answered, and
 * without memory. */
typedef enum bench_ratio_kind { BENCH_RATIO_RATE, BENCH_RATIO_P50, BENCH_RATIO_P99, BENCH_RATIO_COUNT } bench_ratio_kind;
typedef struct bench_ratio {
    double median, low, high;
} bench_ratio;
bool bench_ratio_of(const bench_report *report, bench_ratio_kind kind, bench_ratio *ratio);

#endif
