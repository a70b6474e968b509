/* The page of --report. One thread. */
#ifndef APPS_REPORT_PAGE_PAGE_H
#define APPS_REPORT_PAGE_PAGE_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends one HTML file without network or script, of a report with one server. */
void page_append(lm_buffer *output, const bench_report *report);

#endif
