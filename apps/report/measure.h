/* What --fail-if measures. Any thread. */
#ifndef APPS_REPORT_MEASURE_H
#define APPS_REPORT_MEASURE_H

#include "report/fail_if.h"
#include "report/report.h"

/* Measures the check by the report (its first server). */
void fail_if_evaluate(fail_if *check, const bench_report *report);

#endif
