/* A growing array of bytes. The holder owns it. One thread at a time. */
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
    bool failed; /* an append since the last clear had no memory: do not use the content, it is incomplete */
} lm_buffer;

/* Appends SIZE bytes. Without memory, sets `failed` and appends nothing, now and until the next clear: one check after several
 * appends is enough. */
void lm_buffer_append(lm_buffer *buffer, const void *bytes, size_t size);

/* Appends the characters of a terminated string. */
void lm_buffer_append_text(lm_buffer *buffer, const char *text);

/* Returns the content as a terminated string, valid until the buffer changes. The terminator is not part of the content, but needs
 * a byte of memory: without it, sets `failed`. Returns "" when the buffer has failed. */
const char *lm_buffer_text(lm_buffer *buffer);

/* Makes room for SIZE more bytes and returns where they go. The caller writes them and adds their number to `size`. Without memory,
 * sets `failed` and returns NULL, now and until the next clear. Capacities are powers of two. */
uint8_t *lm_buffer_reserve(lm_buffer *buffer, size_t size);

/* Removes the first SIZE bytes, or all if there are fewer. */
void lm_buffer_consume(lm_buffer *buffer, size_t size);

/* Empties the buffer and keeps its memory. */
void lm_buffer_clear(lm_buffer *buffer);

/* Empties the buffer and frees its memory. */
void lm_buffer_free(lm_buffer *buffer);

PAL_PUBLIC_END

#endif
