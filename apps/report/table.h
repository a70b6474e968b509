/* A report as a text table with a histogram. One thread. */
#ifndef APPS_REPORT_TABLE_H
#define APPS_REPORT_TABLE_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends it to OUTPUT, WIDTH columns wide. */
void bench_table_append(lm_buffer *output, const bench_report *report, unsigned width);

#endif
