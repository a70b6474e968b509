/* What is said of a run that brought nothing, or a wrong byte. The main thread. */
#ifndef APPS_BENCH_FAILURE_H
#define APPS_BENCH_FAILURE_H

#include "loopmsg/buffer.h"
#include "loopmsg/load.h"
#include "report/report.h"

/* Tells SENTENCE on standard error, keeps it in FAILURES, and sets the report's exit code to CODE unless that has been set by a failure
 * before; EXIT_WRONG goes before all others. */
void bench_failure_add(bench_report *report, lm_buffer *failures, int code, lm_buffer *sentence);

/* Tells of the first wrong byte of SERVER, if there was one. */
void bench_wrong_report(bench_report *report, lm_buffer *failures, const bench_server *server);

/* Tells why nobody could be connected, or no message was answered in RESULT, by the cause that it counts most often. */
void bench_failure_report(bench_report *report, lm_buffer *failures, const bench_server *server, const lm_load_result *result);

#endif
