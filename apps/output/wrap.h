/* Text broken into lines at blanks. It is UTF-8, each character of which takes one column: near enough for where a line is broken. Any
 * thread. */
#ifndef APPS_OUTPUT_WRAP_H
#define APPS_OUTPUT_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text that is left. */
typedef struct wrap {
    const uint8_t *bytes;
    size_t size;
    bool cuts_words;    /* a word that is longer than a line is cut; otherwise it stays whole, and its line is too long */
    bool keeps_numbers; /* no line ends with a number that a word follows, such as its unit */
} wrap;

typedef struct wrap_line {
    const uint8_t *bytes; /* in the text */
    size_t size, columns;
} wrap_line;

/* Takes the next line, of at most WIDTH columns (over 0), from TEXT; false past the last. A line ending in the text ends a line. The blanks
 * where a line was broken belong to none. */
bool wrap_next(wrap *text, size_t width, wrap_line *line);

size_t columns_of(const void *bytes, size_t size);

#endif
