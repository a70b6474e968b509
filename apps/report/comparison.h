/* The table for two servers, side by side. One thread. */
#ifndef APPS_REPORT_COMPARISON_H
#define APPS_REPORT_COMPARISON_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends all but the head of the table, WIDTH columns wide. */
void bench_comparison_append(lm_buffer *output, unsigned width, const bench_report *report);

#endif
