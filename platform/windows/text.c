/* UTF-16 to UTF-8 (RFC 2781, RFC 3629). By hand, because WideCharToMultiByte fails where a text should be cut. */
#include "text.h"

#include <assert.h>
#include <stdint.h>

static bool is_low_surrogate(wchar_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Writes one character to BYTES, which holds four, and returns how many it took. */
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
