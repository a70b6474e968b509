/* Breaks UTF-8 text into lines at blanks. A character counts as one column, which is close enough. Any thread. */
#ifndef APPS_OUTPUT_WRAP_H
#define APPS_OUTPUT_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text that is left. */
typedef struct wrap {
    const uint8_t *bytes;
    size_t size;
    bool cuts_words;    /* cuts words longer than a line; otherwise they stay whole and exceed the width */
    bool keeps_numbers; /* keeps a number on one line with the next word, such as its unit */
} wrap;

typedef struct wrap_line {
    const uint8_t *bytes; /* in the text */
    size_t size, columns;
} wrap_line;

/* Takes the next line, of at most WIDTH columns, from TEXT; false after the last. WIDTH is at least 1. A line ending in the text
 * ends a line. Blanks at a break are dropped. */
bool wrap_next(wrap *text, size_t width, wrap_line *line);

size_t columns_of(const void *bytes, size_t size);

#endif
