/* The page's tables, of the first server. One thread. */
#ifndef APPS_REPORT_PAGE_TABLES_H
#define APPS_REPORT_PAGE_TABLES_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* All numbers. */
void page_numbers_append(lm_buffer *output, const bench_report *report);

/* All that reproduces the run. */
void page_settings_append(lm_buffer *output, const bench_report *report);

#endif
