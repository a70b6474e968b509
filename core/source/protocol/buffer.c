#include "loopmsg/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Returns the smallest power of two that holds SIZE, or 0 if there is none. */
static size_t capacity_for(size_t size) {
    size_t capacity = 1;
    while (capacity < size && capacity != 0)
        capacity *= 2; /* becomes 0 past the largest */
    return capacity;
}

uint8_t *lm_buffer_reserve(lm_buffer *buffer, size_t size) {
    assert(buffer->size <= buffer->capacity);
    if (buffer->failed)
        return NULL;
    if (buffer->capacity == 0 || size > buffer->capacity - buffer->size) {
        size_t capacity = size <= SIZE_MAX - buffer->size ? capacity_for(buffer->size + size) : 0;
        uint8_t *bytes = capacity != 0 ? realloc(buffer->bytes, capacity) : NULL;
        if (bytes == NULL) {
            buffer->failed = true;
            return NULL;
        }
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    return buffer->bytes + buffer->size;
}

void lm_buffer_append(lm_buffer *buffer, const void *bytes, size_t size) {
    assert(bytes != NULL || size == 0);
    if (size == 0)
        return; /* memcpy does not accept NULL, even for no bytes */
    uint8_t *place = lm_buffer_reserve(buffer, size);
    if (place == NULL)
        return;
    memcpy(place, bytes, size);
    buffer->size += size;
}

void lm_buffer_append_text(lm_buffer *buffer, const char *text) {
    lm_buffer_append(buffer, text, strlen(text));
}

const char *lm_buffer_text(lm_buffer *buffer) {
    uint8_t *end = lm_buffer_reserve(buffer, 1);
    if (end == NULL)
        return "";
    *end = '\0';
    return (const char *)buffer->bytes;
}

void lm_buffer_consume(lm_buffer *buffer, size_t size) {
    if (size >= buffer->size) {
        buffer->size = 0;
        return;
    }
    memmove(buffer->bytes, buffer->bytes + size, buffer->size - size);
    buffer->size -= size;
}

void lm_buffer_clear(lm_buffer *buffer) {
    buffer->size = 0;
    buffer->failed = false;
}

void lm_buffer_free(lm_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (lm_buffer){0};
}
