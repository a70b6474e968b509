#include "output/markup.h"

#include "loopmsg/text.h"
#include "output/append.h"
#include "output/units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *escape_of(uint8_t byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void markup_bytes(lm_buffer *output, const void *bytes, size_t size) {
    lm_buffer line = {0};
    lm_text_sanitise(&line, bytes, size);
    size_t run = 0; /* start of the unescaped bytes not yet appended */
    for (size_t at = 0; at < line.size; at++) {
        const char *escape = escape_of(line.bytes[at]);
        if (escape == NULL)
            continue;
        lm_buffer_append(output, line.bytes + run, at - run);
        lm_buffer_append_text(output, escape);
        run = at + 1;
    }
    if (line.size > run)
        lm_buffer_append(output, line.bytes + run, line.size - run);
    if (line.failed)
        output->failed = true; /* the text is cut short */
    lm_buffer_free(&line);
}

void markup_text(lm_buffer *output, const char *text) {
    markup_bytes(output, text, strlen(text));
}

/* Without printf, which uses the locale's point. */
void markup_decimal(lm_buffer *output, double value, unsigned decimals) {
    assert(decimals <= 6 && fabs(value) < 1e12);
    uint64_t scale = 1;
    for (unsigned i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t scaled = (uint64_t)(fabs(value) * (double)scale + 0.5);
    char digits[UNIT_TEXT_SIZE];
    if (value < 0 && scaled != 0)
        lm_buffer_append_text(output, "-");
    lm_buffer_append_text(output, number_format(scaled / scale, digits));
    uint64_t rest = scaled % scale;
    if (rest != 0)
        lm_buffer_append_text(output, ".");
    while (rest != 0) {
        scale /= 10;
        lm_buffer_append_text(output, number_format(rest / scale, digits));
        rest %= scale;
    }
}

void markup_count(lm_buffer *output, uint64_t count) {
    char digits[UNIT_TEXT_SIZE];
    size_t size = strlen(number_format(count, digits));
    for (size_t i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            lm_buffer_append_text(output, ",");
        lm_buffer_append(output, digits + i, 1);
    }
}

void markup_counted(lm_buffer *output, uint64_t count, const char *one, const char *many) {
    markup_count(output, count);
    text_append(output, " ", count == 1 ? one : many);
}
