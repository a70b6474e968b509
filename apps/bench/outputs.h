/* --fail-if, --json, --hgrm and --report, for bench and merge. The main thread. */
#ifndef APPS_BENCH_OUTPUTS_H
#define APPS_BENCH_OUTPUTS_H

#include "command_line/options.h"
#include "output/output_file.h"
#include "report/report.h"

#include <stdbool.h>

typedef struct bench_output {
    bool has_json; /* on standard output, instead of the table */
    output_file hgrm, page;
} bench_output;

/* Parses the expressions of --fail-if into the report's checks. If one is wrong, prints an error and returns false. */
bool bench_checks_read(bench_report *report, const option_texts *expressions);

/* Opens the files; a path of NULL is none. Returns EXIT_DONE. On failure prints an error, closes both and returns the exit code. */
int bench_output_open(bench_output *output, bool has_json, const char *hgrm_path, const char *page_path);

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
