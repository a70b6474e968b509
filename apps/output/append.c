#include "output/append.h"

#include "loopmsg/text.h"

#include <assert.h>
#include <string.h>

void text_append_all(lm_buffer *text, const char *const *parts) {
    for (; *parts != NULL; parts++)
        lm_buffer_append_text(text, *parts);
}

void line_append_all(lm_buffer *text, const char *const *parts) {
    for (; *parts != NULL; parts++)
        lm_text_sanitise(text, *parts, strlen(*parts));
    lm_buffer_append_text(text, "\n");
}

char *array_append_all(char *array, size_t size, const char *const *parts) {
    size_t used = strlen(array);
    assert(used < size);
    for (; *parts != NULL; parts++) {
        size_t room = size - 1 - used;
        size_t part = strlen(*parts) < room ? strlen(*parts) : room;
        memcpy(array + used, *parts, part);
        used += part;
    }
    array[used] = '\0';
    return array;
}

void blanks_append(lm_buffer *text, size_t count) {
    for (size_t i = 0; i < count; i++)
        lm_buffer_append_text(text, " ");
}

void escaped_append(lm_buffer *text, const void *bytes, size_t size, const text_escape *escapes) {
    const char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        const text_escape *escape = escapes;
        while (escape->from != '\0' && escape->from != at[i])
            escape++;
        if (escape->from != '\0')
            lm_buffer_append_text(text, escape->to);
        else
            lm_buffer_append(text, &at[i], 1);
    }
}
