/* A report as a text table with a histogram. One thread. */
#ifndef APPS_REPORT_TABLE_H
#define APPS_REPORT_TABLE_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends it, WIDTH columns wide; at least BENCH_WIDTH_MIN and at most BENCH_WIDTH_MAX. */
void bench_table_append(lm_buffer *output, const bench_report *report, unsigned width);

#endif
