/* Appends text of HTML and SVG, and numbers. Any thread. */
#ifndef APPS_OUTPUT_MARKUP_H
#define APPS_OUTPUT_MARKUP_H

#include "loopmsg/buffer.h"

#include <stddef.h>
#include <stdint.h>

/* Text from outside, for an element or a quoted attribute: sanitised by lm_text_sanitise, and escaped for HTML. */
void markup_bytes(lm_buffer *output, const void *bytes, size_t size);
void markup_text(lm_buffer *output, const char *text);

/* VALUE, finite and between -10^12 and 10^12, rounded to at most DECIMALS (0 to 6) places, with a point in every locale and no
 * trailing zeros. */
void markup_decimal(lm_buffer *output, double value, unsigned decimals);

/* 1234567 as "1,234,567". */
void markup_count(lm_buffer *output, uint64_t count);

/* The same with a noun: "1 byte", "2,000 bytes". */
void markup_counted(lm_buffer *output, uint64_t count, const char *one, const char *many);

#endif
