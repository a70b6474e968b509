/* The page's tables, of the first server. One thread. */
#ifndef APPS_REPORT_PAGE_TABLES_H
#define APPS_REPORT_PAGE_TABLES_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends the section with all numbers. */
void page_numbers_append(lm_buffer *output, const bench_report *report);

/* Appends the section with all that reproduces the run: its commands and settings. */
void page_settings_append(lm_buffer *output, const bench_report *report);

#endif
