/* Errors of a run in which nobody answered, or a wrong byte arrived. The main thread. */
#ifndef APPS_BENCH_FAILURE_H
#define APPS_BENCH_FAILURE_H

#include "loopmsg/buffer.h"
#include "loopmsg/load.h"
#include "report/report.h"

/* Prints SENTENCE to standard error and adds it to FAILURES. Sets the report's exit code to CODE if this is the first failure, or
 * if CODE is EXIT_WRONG. */
void bench_failure_add(bench_report *report, lm_buffer *failures, int code, lm_buffer *sentence);

/* Reports the first wrong byte of SERVER, if there is one. */
void bench_wrong_report(bench_report *report, lm_buffer *failures, const bench_server *server);

/* Reports why RESULT has no connection or no answer: its most frequent error. */
void bench_failure_report(bench_report *report, lm_buffer *failures, const bench_server *server, const lm_load_result *result);

#endif
