/* The page's style sheet. Any thread. */
#ifndef APPS_REPORT_PAGE_STYLE_H
#define APPS_REPORT_PAGE_STYLE_H

#include "loopmsg/buffer.h"

/* Appends the rules, without the style element. */
void page_style_append(lm_buffer *output);

#endif
