/* The page of --report: what its files share. Each function appends to OUTPUT and draws the first server of the report. */
#ifndef APPS_REPORT_PAGE_H
#define APPS_REPORT_PAGE_H

#include "report/report.h"

/* bench_page_style.c: the style sheet. */
void bench_page_style_append(lm_buffer *output);

/* bench_charts.c: the times that were taken, one figure for each chart. Some kilobytes, however long the run was. */
void bench_charts_append(lm_buffer *output, const bench_report *report);

/* bench_charts_time.c: what happened when, likewise. */
void bench_time_charts_append(lm_buffer *output, const bench_report *report);

/* bench_page_tables.c: all numbers, and the settings. */
void bench_page_numbers_append(lm_buffer *output, const bench_report *report);
void bench_page_settings_append(lm_buffer *output, const bench_report *report);

/* --- bench_page.c: pieces that several of them need ------------------------------------------------------------------------------- */

/* Opens a figure with its heading. */
void bench_page_figure_begin(lm_buffer *output, const char *heading);

/* An entry of a chart's legend: a line or a bar of the class NAME, and what it stands for. Between <p class="legend"> and </p>. */
void bench_page_legend_append(lm_buffer *output, const char *name, const char *words);

#endif
