/* A report as HdrHistogram's plotters read percentiles. One thread. */
#ifndef APPS_REPORT_HGRM_H
#define APPS_REPORT_HGRM_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends the response times of the first server to OUTPUT, in milliseconds. */
void bench_hgrm_append(lm_buffer *output, const bench_report *report);

#endif
