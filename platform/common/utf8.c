/* UTF-8 that arrives in pieces. */
#include "pal/utf8.h"

#include <stdint.h>

size_t pal_utf8_unfinished_size(const void *bytes, size_t size) {
    const uint8_t *end = (const uint8_t *)bytes + size;
    for (size_t back = 1; back <= PAL_UTF8_UNFINISHED_MAX && back <= size; back++) {
        uint8_t byte = *(end - back);
        if (byte < 0x80)
            return 0;
        if (byte >= 0xc0) {
            size_t whole = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
            return back < whole ? back : 0;
        }
    }
    return 0;
}
