/* UTF-16 and UTF-8 (RFC 2781, RFC 3629). Own code writes UTF-8, because WideCharToMultiByte fails where a text should be cut. */
#include "text.h"

#include "native.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAME_UNITS_MAX 32767 /* units of UTF-16 in the longest name or command line on Windows */

static bool is_low_surrogate(wchar_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Writes one character to BYTES, which has room for four, and returns its size. */
static size_t utf8_encode(uint32_t character, uint8_t *bytes) {
    if (character < 0x80) {
        bytes[0] = (uint8_t)character;
        return 1;
    }
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t index = size - 1; index > 0; index--) {
        bytes[index] = (uint8_t)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    static const uint8_t leads[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    bytes[0] = (uint8_t)(leads[size] | character);
    return size;
}

size_t pal_utf8_from_wide(const wchar_t *wide, size_t count, char *buffer, size_t size) {
    assert(size > 0);
    size_t written = 0;
    for (size_t index = 0; index < count; index++) {
        uint32_t character = wide[index];
        if (pal_is_high_surrogate(wide[index]) && index + 1 < count && is_low_surrogate(wide[index + 1])) {
            index++;
            character = 0x10000 + ((character - 0xD800) << 10) + (wide[index] - 0xDC00u);
        } else if (pal_is_high_surrogate(wide[index]) || is_low_surrogate(wide[index])) {
            character = 0xFFFD;
        }
        uint8_t bytes[4];
        size_t needed = utf8_encode(character, bytes);
        if (needed >= size - written)
            break;
        for (size_t byte = 0; byte < needed; byte++)
            buffer[written++] = (char)bytes[byte];
    }
    buffer[written] = '\0';
    return written;
}

wchar_t *pal_wide_from_utf8(const char *text, pal_error *error) {
    size_t size = strlen(text) + 1;
    if (size > (size_t)NAME_UNITS_MAX * PAL_UTF8_PER_UTF16) {
        *error = pal_error_of(PAL_INVALID);
        return NULL;
    }
    wchar_t *wide = malloc(size * sizeof *wide); /* never more units than bytes */
    if (wide == NULL) {
        *error = pal_error_of(PAL_NO_MEMORY);
        return NULL;
    }
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, (int)size) == 0) {
        free(wide);
        *error = pal_error_of(PAL_INVALID);
        return NULL;
    }
    *error = pal_ok();
    return wide;
}
