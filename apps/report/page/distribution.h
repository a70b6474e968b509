/* The page's charts of response times. One thread. */
#ifndef APPS_REPORT_PAGE_DISTRIBUTION_H
#define APPS_REPORT_PAGE_DISTRIBUTION_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends a figure for each chart of the first server. Some kilobytes, however long the run. */
void page_distribution_append(lm_buffer *output, const bench_report *report);

#endif
