/* The beginning of each chart of the page. Any thread. */
#ifndef APPS_REPORT_PAGE_FIGURE_H
#define APPS_REPORT_PAGE_FIGURE_H

#include "loopmsg/buffer.h"

/* Opens a figure with its heading. */
void figure_begin(lm_buffer *output, const char *heading);

/* An entry of a legend: a line or bar of the class NAME, and its meaning. Between <p class="legend"> and </p>. */
void figure_legend_append(lm_buffer *output, const char *name, const char *words);

#endif
