/* Sanitised text and JSON strings: exactly what WHATWG's decoder and the list of controls give. No control is left, and the rest is
 * valid UTF-8. */
#include "fuzz/fuzz.h"

#include "loopmsg/text.h"
#include "output/json_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- an independent decoder --------------------------------------------------------------------------------------------------- */

#define ILL_FORMED UINT32_MAX

/* The state of WHATWG's UTF-8 decoder (Encoding Standard, 8.1.1), which takes one byte after the other. */
typedef struct decoder {
    uint32_t code_point;
    unsigned seen, needed;
    unsigned lower, upper;
} decoder;

static void decoder_begin(decoder *self) {
    *self = (decoder){.lower = 0x80, .upper = 0xbf};
}

/* Writes the code points that the byte completes to POINTS, which has room for two; ILL_FORMED for errors. Returns their number. */
static size_t decoder_take(decoder *self, unsigned byte, uint32_t *points) {
    size_t count = 0;
    if (self->needed != 0 && (byte < self->lower || byte > self->upper)) {
        decoder_begin(self);
        points[count++] = ILL_FORMED; /* and the byte is looked at again */
    }
    if (self->needed != 0) {
        self->lower = 0x80;
        self->upper = 0xbf;
        self->code_point = self->code_point << 6 | (byte & 0x3f);
        if (++self->seen == self->needed) {
            points[count++] = self->code_point;
            decoder_begin(self);
        }
        return count;
    }
    if (byte <= 0x7f) {
        points[count++] = byte;
    } else if (byte >= 0xc2 && byte <= 0xdf) {
        self->needed = 1;
        self->code_point = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        self->lower = byte == 0xe0 ? 0xa0 : self->lower;
        self->upper = byte == 0xed ? 0x9f : self->upper;
        self->needed = 2;
        self->code_point = byte & 0xf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        self->lower = byte == 0xf0 ? 0x90 : self->lower;
        self->upper = byte == 0xf4 ? 0x8f : self->upper;
        self->needed = 3;
        self->code_point = byte & 0x7;
    } else {
        points[count++] = ILL_FORMED;
    }
    return count;
}

/* --- what it must become ------------------------------------------------------------------------------------------------------ */

typedef struct expected {
    lm_buffer plain; /* decoded, controls and all */
    lm_buffer line;
    bool has_zero;
    bool is_plain; /* the bytes are valid, and hold no control */
} expected;

static bool is_control(uint32_t point) {
    static const uint32_t controls[] = {0x61c,  0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b,
                                        0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        if (point == controls[i])
            return true;
    }
    return point <= 0x1f || (point >= 0x7f && point <= 0x9f);
}

static void point_append(lm_buffer *output, uint32_t point) {
    char text[5];
    if (point < 0x80)
        (void)snprintf(text, sizeof text, "%c", (int)point);
    else if (point < 0x800)
        (void)snprintf(text, sizeof text, "%c%c", (int)(0xc0 + point / 64), (int)(0x80 + point % 64));
    else if (point < 0x10000)
        (void)snprintf(text, sizeof text, "%c%c%c", (int)(0xe0 + point / 4096), (int)(0x80 + point / 64 % 64),
                       (int)(0x80 + point % 64));
    else
        (void)snprintf(text, sizeof text, "%c%c%c%c", (int)(0xf0 + point / 262144), (int)(0x80 + point / 4096 % 64),
                       (int)(0x80 + point / 64 % 64), (int)(0x80 + point % 64));
    lm_buffer_append(output, text, point == 0 ? 1 : strlen(text));
}

static void expected_add(expected *self, uint32_t point) {
    self->is_plain = self->is_plain && point != ILL_FORMED && !is_control(point);
    self->has_zero = self->has_zero || point == 0;
    point = point != ILL_FORMED ? point : 0xfffd;
    point_append(&self->plain, point);
    if (!is_control(point)) {
        point_append(&self->line, point);
        return;
    }
    char escape[8];
    (void)snprintf(escape, sizeof escape, point < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)point);
    lm_buffer_append_text(&self->line, escape);
}

static void expected_make(expected *self, const uint8_t *bytes, size_t size) {
    decoder state;
    decoder_begin(&state);
    self->is_plain = true;
    for (size_t i = 0; i < size; i++) {
        uint32_t points[2];
        size_t count = decoder_take(&state, bytes[i], points);
        for (size_t k = 0; k < count; k++)
            expected_add(self, points[k]);
    }
    if (state.needed != 0)
        expected_add(self, ILL_FORMED);
}

/* ------------------------------------------------------------------------------------------------------------------------------ */

static void line_check(const expected *self, const uint8_t *bytes, size_t size) {
    lm_buffer line = {0}, again = {0};
    lm_text_sanitise(&line, bytes, size);
    fuzz_require(fuzz_is_equal(&line, &self->line));
    fuzz_require(!self->is_plain || (line.size == size && (size == 0 || memcmp(line.bytes, bytes, size) == 0)));
    lm_text_sanitise(&again, line.bytes, line.size); /* what is fit for a terminal stays as it is */
    fuzz_require(fuzz_is_equal(&again, &line));
    lm_buffer_free(&line);
    lm_buffer_free(&again);
}

/* Read as JSON, it is the text again; U+0000 alone the reader refuses. */
static void json_check(const expected *self, const uint8_t *bytes, size_t size) {
    lm_buffer json = {0}, shown = {0};
    const char *text = NULL;
    lm_text_json(&json, bytes, size);
    lm_text_sanitise(&shown, json.bytes, json.size);
    fuzz_require(fuzz_is_equal(&shown, &json)); /* so it holds no control, and is valid */
    json_reader *reader = malloc(sizeof *reader);
    fuzz_require(reader != NULL);
    json_reader_open(reader, json.bytes, json.size);
    fuzz_require(json_read_text(reader, &text) == !self->has_zero);
    if (!self->has_zero) {
        fuzz_require(strlen(text) == self->plain.size);
        fuzz_require(self->plain.size == 0 || memcmp(text, self->plain.bytes, self->plain.size) == 0);
        fuzz_require(json_read_end(reader));
    }
    json_reader_close(reader);
    free(reader);
    lm_buffer_free(&json);
    lm_buffer_free(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    expected self = {.is_plain = true};
    expected_make(&self, bytes, size);
    line_check(&self, bytes, size);
    json_check(&self, bytes, size);
    lm_buffer_free(&self.plain);
    lm_buffer_free(&self.line);
    return 0;
}
