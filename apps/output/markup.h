/* Text of HTML and SVG, and of other languages that we write, appended to a buffer. Any thread. */
#ifndef APPS_OUTPUT_MARKUP_H
#define APPS_OUTPUT_MARKUP_H

#include "loopmsg/buffer.h"

#include <stddef.h>
#include <stdint.h>

/* Text from outside as characters of an element or of an attribute in quotes: made fit by lm_text_sanitise, and what means something in
 * HTML escaped. */
void markup_bytes(lm_buffer *output, const void *bytes, size_t size);
void markup_text(lm_buffer *output, const char *text);

/* VALUE, finite and below 10^12 either way, rounded to at most DECIMALS (0 to 6) places, with a point in every locale and without trailing
 * zeros. */
void markup_decimal(lm_buffer *output, double value, unsigned decimals);

/* 1234567 as "1,234,567". */
void markup_count(lm_buffer *output, uint64_t count);

/* The same and what is counted: "1 byte", "2,000 bytes". */
void markup_counted(lm_buffer *output, uint64_t count, const char *one, const char *many);

#endif
