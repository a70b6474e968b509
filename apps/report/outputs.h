/* What bench and merge do alike with a report: --fail-if, --json, --hgrm and --report. The main thread. */
#ifndef APPS_REPORT_OUTPUTS_H
#define APPS_REPORT_OUTPUTS_H

#include "command_line/options.h"
#include "output/output_file.h"
#include "report/report.h"

#include <stdbool.h>

typedef struct bench_output {
    bool has_json; /* on standard output, in place of the table */
    output_file hgrm, page;
} bench_output;

/* Reads the expressions of --fail-if into the report's checks. False after telling what is wrong. */
bool bench_checks_read(bench_report *report, const option_texts *expressions);

/* Opens the files; a path is NULL where none is asked for. Returns EXIT_DONE, or tells what stands in the way and returns the code to exit
 * with; then nothing is left open. */
int bench_output_open(bench_output *output, bool has_json, const char *hgrm_path, const char *page_path);

/* Measures the checks of a report that is complete but for them, tells on standard error each that failed, and sets the exit code to
 * EXIT_FAILED for one where it is EXIT_DONE or EXIT_INTERRUPTED. */
void bench_checks_evaluate(bench_report *report);

/* Writes every form that was asked for (the table not of a run that failed before its first message), closes the files, and returns the code to exit with: the report's own, or EXIT_FAILED where that is
 * EXIT_DONE and something could not be written, which it has told then. */
int bench_output_write(bench_output *output, const bench_report *report);

/* Closes the files unwritten. */
void bench_output_close(bench_output *output);

#endif
