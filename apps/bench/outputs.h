/* --fail-if, --json, --hgrm and --report, for bench and merge. The main thread. */
#ifndef APPS_BENCH_OUTPUTS_H
#define APPS_BENCH_OUTPUTS_H

#include "command_line/options.h"
#include "output/output_file.h"
#include "report/report.h"

#include <stdbool.h>

typedef struct bench_output_settings {
    option_texts fail_if;
    bool has_json;           /* on standard output, instead of the table */
    const char *hgrm, *page; /* paths; NULL for none */
} bench_output_settings;

/* The rows of --hgrm and --report, stored in the bench_output_settings `output` of SETTINGS. */
#define OUTPUT_FILE_OPTION_ROWS(settings)                                                                                          \
    {.name = "hgrm",                                                                                                               \
     .kind = OPTION_TEXT,                                                                                                          \
     .offset = offsetof(settings, output.hgrm),                                                                                    \
     .value_name = "FILE",                                                                                                         \
     .help = "write response times by percentile to FILE, in the format of HdrHistogram's plotters"},                              \
    {                                                                                                                              \
        .name = "report", .kind = OPTION_TEXT, .offset = offsetof(settings, output.page), .value_name = "FILE",                    \
        .help = "write a page with charts to FILE, in HTML that needs no network"                                                  \
    }

/* What is written, and the files while they are open. */
typedef struct bench_output {
    bool has_json;
    output_file hgrm, page;
} bench_output;

/* Parses the expressions of --fail-if into the report's checks. If one is wrong, prints an error and returns false. */
bool bench_checks_read(bench_report *report, const option_texts *expressions);

/* Whether the checks fit the run: ratios need a comparison, lateness an open loop. If one does not, prints an error and returns
 * false. */
bool bench_checks_suit(const bench_report *report);

/* Opens the files. Returns EXIT_DONE. On failure prints an error, closes both and returns the exit code. */
int bench_output_open(bench_output *output, const bench_output_settings *settings);

/* Evaluates the checks of a complete report and prints those that failed to standard error. If one failed, changes an exit code of
 * EXIT_DONE or EXIT_INTERRUPTED to EXIT_FAILED. */
void bench_checks_evaluate(bench_report *report);

/* Writes the table or the document, and the files, and closes these. A run that failed before its first message has no table.
 * Returns the exit code: the report's, or EXIT_FAILED if that is EXIT_DONE and a write failed; prints an error for each failed
 * write. */
int bench_output_write(bench_output *output, const bench_report *report);

/* Closes files that were not written. */
void bench_output_close(bench_output *output);

#endif
