/* Appending several strings at once, or with escapes. Any thread. */
#ifndef APPS_OUTPUT_APPEND_H
#define APPS_OUTPUT_APPEND_H

#include "loopmsg/buffer.h"

#include <stddef.h>

/* The strings as an array that ends with NULL and lives as long as the caller's block. */
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Appends the strings unchanged: text_append(text, "p99 ", time). */
#define text_append(text, ...) text_append_all((text), TEXTS(__VA_ARGS__))
void text_append_all(lm_buffer *text, const char *const *parts);

/* Appends the strings as one line with its ending, sanitised for a terminal. */
#define line_append(text, ...) line_append_all((text), TEXTS(__VA_ARGS__))
void line_append_all(lm_buffer *text, const char *const *parts);

/* Appends the strings to the string in ARRAY, cut to its SIZE bytes. Returns ARRAY. */
#define array_append(array, size, ...) array_append_all((array), (size), TEXTS(__VA_ARGS__))
char *array_append_all(char *array, size_t size, const char *const *parts);

void blanks_append(lm_buffer *text, size_t count);

/* How another language writes a character; FROM is 0 past the last. */
typedef struct text_escape {
    char from;
    const char *to;
} text_escape;

/* Appends SIZE bytes with the characters of ESCAPES replaced. */
void escaped_append(lm_buffer *text, const void *bytes, size_t size, const text_escape *escapes);

#endif
