/* Text put together from pieces. Any thread. */
#ifndef APPS_OUTPUT_APPEND_H
#define APPS_OUTPUT_APPEND_H

#include "loopmsg/buffer.h"

#include <stddef.h>

/* The strings given as an array that ends with NULL and lives as long as the caller's block. */
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Appends the strings given, one after the other, as they are: text_append(text, "p99 ", time). */
#define text_append(text, ...) text_append_all((text), TEXTS(__VA_ARGS__))
void text_append_all(lm_buffer *text, const char *const *parts);

/* Appends the strings given as one line with its ending. What they hold of arguments and peers is made fit for a terminal. */
#define line_append(text, ...) line_append_all((text), TEXTS(__VA_ARGS__))
void line_append_all(lm_buffer *text, const char *const *parts);

/* Appends the strings given to the one in ARRAY, cut to the SIZE bytes that this holds. Returns ARRAY. */
#define array_append(array, size, ...) array_append_all((array), (size), TEXTS(__VA_ARGS__))
char *array_append_all(char *array, size_t size, const char *const *parts);

void blanks_append(lm_buffer *text, size_t count);

#endif
