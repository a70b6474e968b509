/* The page's charts of how long answers took. One thread. */
#ifndef APPS_REPORT_CHARTS_H
#define APPS_REPORT_CHARTS_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends to OUTPUT one figure for each chart, of the first server of the report. Some kilobytes, however long the run was. */
void bench_charts_append(lm_buffer *output, const bench_report *report);

#endif
