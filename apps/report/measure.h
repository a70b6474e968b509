/* Measures --fail-if. Any thread. */
#ifndef APPS_REPORT_MEASURE_H
#define APPS_REPORT_MEASURE_H

#include "report/fail_if.h"
#include "report/report.h"

/* Sets value, is_met and is_unknown, from the first server of the report or from the ratios. */
void fail_if_evaluate(fail_if *check, const bench_report *report);

#endif
