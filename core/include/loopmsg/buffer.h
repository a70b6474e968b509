/* Bytes that grow: an array that its holder owns. One thread at a time. */
#ifndef LOOPMSG_BUFFER_H
#define LOOPMSG_BUFFER_H

#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* All zero is an empty buffer. */
typedef struct lm_buffer {
    uint8_t *bytes; /* NULL while capacity is 0 */
    size_t size;
    size_t capacity;
    bool failed; /* memory ran out in some append since the last clear: the content is cut short, do not use it */
} lm_buffer;

/* Appends SIZE bytes. Without memory for them it appends nothing, now and until the next clear, and sets `failed`: so a row of appends
 * needs one check. */
void lm_buffer_append(lm_buffer *buffer, const void *bytes, size_t size);

/* Appends the characters of a terminated string. */
void lm_buffer_append_text(lm_buffer *buffer, const char *text);

/* The content as a terminated string; "" when the buffer has failed, as it may here for want of memory. The terminator is no part of the
 * content. Valid until the buffer changes. */
const char *lm_buffer_text(lm_buffer *buffer);

/* Makes room for SIZE more bytes and returns where they go; or sets `failed` and returns NULL without memory, now and until the next
 * clear. The caller then adds to `size` what it wrote. Capacities are powers of two. */
uint8_t *lm_buffer_reserve(lm_buffer *buffer, size_t size);

/* Removes the first SIZE bytes, at most all. */
void lm_buffer_consume(lm_buffer *buffer, size_t size);

/* Empties it and keeps its memory. */
void lm_buffer_clear(lm_buffer *buffer);

/* Empties it and frees its memory. */
void lm_buffer_free(lm_buffer *buffer);

PAL_PUBLIC_END

#endif
