/* loopmsg bench: what its files share. A report is what one run, or several runs merged, brought: everything that is printed, drawn or
 * written of it is made from a bench_report alone. One thread. */
#ifndef APPS_REPORT_REPORT_H
#define APPS_REPORT_REPORT_H

#include "loopmsg/buffer.h"
#include "loopmsg/load.h"
#include "pal/file.h"
#include "report/fail_if.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SERVERS_MAX 2

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

/* --- bench_report.c: what follows from a report --------------------------------------------------------------------------------- */

/* Answered messages a second; 0 where no time has passed. */
double bench_rate(const lm_load_result *result);

/* True when the generator, not the server, set the limit; then *REASON is a sentence without an end that says how that shows. Static
 * storage or in BUFFER, which holds 160 characters. */
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

/* --- the forms of a report: each appends to OUTPUT --------------------------------------------------------------------------------- */

/* bench_table.c: the table and the histogram for people, WIDTH columns wide. */
void bench_table_append(lm_buffer *output, const bench_report *report, unsigned width);

/* bench_json.c: one document as bench.schema.json has it, followed by a line ending. */
void bench_json_append(lm_buffer *output, const bench_report *report);

/* bench_hgrm.c: response times of the first server in milliseconds, as HdrHistogram's plotters read percentiles. */
void bench_hgrm_append(lm_buffer *output, const bench_report *report);

/* bench_page.c: one HTML file that needs no network and no script; of a report with one server. */
void bench_page_append(lm_buffer *output, const bench_report *report);

/* --- bench_files.c: where --report and --hgrm go --------------------------------------------------------------------------------- */

/* A file that is opened before the run, so that what stands in the way is found then, and written after it. */
typedef struct bench_file {
    const char *path; /* NULL for none */
    pal_file file;
} bench_file;

/* Opens PATH for writing (nothing where it is NULL); a file that is there keeps its content until bench_file_write. False after telling why
 * not. */
bool bench_file_open(bench_file *file, const char *path);

/* Replaces the file's content by what CONTENT holds and closes it; nothing without a path. False after telling why not. */
bool bench_file_write(bench_file *file, const lm_buffer *content);

/* Closes it unwritten. */
void bench_file_close(bench_file *file);

/* --- bench_progress.c: while it runs, on standard error -------------------------------------------------------------------------- */

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
