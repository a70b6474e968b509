#include "loopmsg/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define ILL_FORMED UINT32_MAX
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

typedef enum text_form { TEXT_LINE, TEXT_JSON } text_form;

/* Reads the sequence at the front of SIZE > 0 bytes by table 3-7 of the Unicode standard, and returns its size. If it is
 * ill-formed, *CODE_POINT is ILL_FORMED, and the size is that of the maximal part that could start a sequence, at least 1. */
static size_t sequence_read(const uint8_t *bytes, size_t size, uint32_t *code_point) {
    unsigned lead = bytes[0];
    unsigned low = 0x80, high = 0xbf; /* limits of the second byte; narrower to exclude overlong forms and surrogates */
    size_t length;
    uint32_t value;
    *code_point = ILL_FORMED;
    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    } else if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
        value = lead & 0x1f;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        length = 3;
        value = lead & 0x0f;
        low = lead == 0xe0 ? 0xa0 : low;
        high = lead == 0xed ? 0x9f : high;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        value = lead & 0x07;
        low = lead == 0xf0 ? 0x90 : low;
        high = lead == 0xf4 ? 0x8f : high;
    } else {
        return 1;
    }
    for (size_t i = 1; i < length; i++) {
        if (i == size || bytes[i] < low || bytes[i] > high)
            return i;
        value = value << 6 | (bytes[i] & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }
    *code_point = value;
    return length;
}

/* Returns true for characters that move the cursor, end a line or change the direction of writing. */
static bool is_control(uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f) || code_point == 0x061c || code_point == 0x200e ||
           code_point == 0x200f || (code_point >= 0x2028 && code_point <= 0x202e) || (code_point >= 0x2066 && code_point <= 0x2069);
}

/* Appends the replacement or escape of a code point. */
static void replacement_append(lm_buffer *output, uint32_t code_point, text_form form) {
    if (code_point == ILL_FORMED) {
        lm_buffer_append_text(output, REPLACEMENT);
        return;
    }
    assert(code_point <= 0xffff);
    if (form == TEXT_JSON && !is_control(code_point)) { /* quote or backslash */
        char escape[2] = {'\\', (char)code_point};
        lm_buffer_append(output, escape, sizeof escape);
        return;
    }
    static const char digits[] = "0123456789abcdef";
    bool is_short = form == TEXT_LINE && code_point < 0x80;
    char escape[6] = {'\\', is_short ? 'x' : 'u'};
    size_t size = 2;
    for (unsigned shift = is_short ? 8 : 16; shift > 0; shift -= 4)
        escape[size++] = digits[code_point >> (shift - 4) & 0xf];
    lm_buffer_append(output, escape, size);
}

static void form_append(lm_buffer *output, const uint8_t *bytes, size_t size, text_form form) {
    size_t run = 0; /* where the unchanged bytes start that are not appended yet: whole runs are appended at once */
    size_t at = 0;
    while (at < size) {
        uint32_t code_point;
        size_t length = sequence_read(bytes + at, size - at, &code_point);
        bool is_quoted = form == TEXT_JSON && (code_point == '"' || code_point == '\\');
        if (code_point == ILL_FORMED || is_quoted || is_control(code_point)) {
            lm_buffer_append(output, bytes + run, at - run);
            replacement_append(output, code_point, form);
            run = at + length;
        }
        at += length;
    }
    if (at > run)
        lm_buffer_append(output, bytes + run, at - run);
}

void lm_text_sanitise(lm_buffer *output, const void *bytes, size_t size) {
    assert(bytes != NULL || size == 0);
    form_append(output, bytes, size, TEXT_LINE);
}

void lm_text_json(lm_buffer *output, const void *bytes, size_t size) {
    assert(bytes != NULL || size == 0);
    lm_buffer_append_text(output, "\"");
    form_append(output, bytes, size, TEXT_JSON);
    lm_buffer_append_text(output, "\"");
}
