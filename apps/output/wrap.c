#include "output/wrap.h"

#include <assert.h>

/* Whether BYTE is the first of a character. */
static bool is_first(uint8_t byte) {
    return (byte & 0xc0) != 0x80;
}

/* Whether a line may end before the byte at AT. */
static bool is_gap(const wrap *text, size_t at) {
    if (text->bytes[at] != ' ' || at == 0)
        return false;
    uint8_t before = text->bytes[at - 1];
    return before != ' ' && !(text->keeps_numbers && before >= '0' && before <= '9');
}

static void line_find(const wrap *text, size_t width, wrap_line *line) {
    size_t gap = 0; /* the last one within the width */
    size_t gap_columns = 0;
    size_t columns = 0;
    size_t at = 0;
    bool is_full = false;
    for (; at < text->size && text->bytes[at] != '\n'; at++) {
        if (is_gap(text, at)) {
            gap = at;
            gap_columns = columns;
        }
        is_full = is_first(text->bytes[at]) && columns >= width && (gap > 0 || text->cuts_words);
        if (is_full)
            break;
        columns += is_first(text->bytes[at]);
    }
    bool is_broken = is_full && gap > 0;
    *line = (wrap_line){.bytes = text->bytes, .size = is_broken ? gap : at, .columns = is_broken ? gap_columns : columns};
}

bool wrap_next(wrap *text, size_t width, wrap_line *line) {
    assert(width > 0);
    if (text->size == 0)
        return false;
    line_find(text, width, line);
    size_t taken = line->size;
    bool is_broken = taken < text->size && text->bytes[taken] != '\n';
    while (is_broken && taken < text->size && text->bytes[taken] == ' ')
        taken++;
    if (taken < text->size && text->bytes[taken] == '\n')
        taken++;
    text->bytes += taken;
    text->size -= taken;
    return true;
}

size_t columns_of(const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    size_t columns = 0;
    for (size_t i = 0; i < size; i++)
        columns += is_first(at[i]);
    return columns;
}
