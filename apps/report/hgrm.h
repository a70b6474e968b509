/* Percentiles in the text format of HdrHistogram's plotters. One thread. */
#ifndef APPS_REPORT_HGRM_H
#define APPS_REPORT_HGRM_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends the response times of the first server, in milliseconds. */
void bench_hgrm_append(lm_buffer *output, const bench_report *report);

#endif
