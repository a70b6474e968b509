/* A figure of the page: what each chart begins with. Any thread. */
#ifndef APPS_REPORT_FIGURE_H
#define APPS_REPORT_FIGURE_H

#include "loopmsg/buffer.h"

/* Opens a figure with its heading. */
void figure_begin(lm_buffer *output, const char *heading);

/* An entry of a chart's legend: a line or a bar of the class NAME, and what it stands for. Between <p class="legend"> and </p>. */
void figure_legend_append(lm_buffer *output, const char *name, const char *words);

#endif
