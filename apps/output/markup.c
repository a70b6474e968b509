#include "output/markup.h"

#include "loopmsg/text.h"
#include "output/append.h"
#include "output/units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void markup_bytes(lm_buffer *output, const void *bytes, size_t size) {
    static const text_escape escapes[] = {{'&', "&amp;"},  {'<', "&lt;"},   {'>', "&gt;"},
                                          {'"', "&quot;"}, {'\'', "&#39;"}, {'\0', NULL}};
    lm_buffer line = {0};
    lm_text_sanitise(&line, bytes, size);
    escaped_append(output, line.bytes, line.size, escapes);
    output->failed = output->failed || line.failed; /* the text is cut short */
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
