/* JSON: the reader accepts exactly what an independent recogniser of RFC 8259 accepts, and what is written is read back as the
 * same. */
#include "fuzz/fuzz.h"

#include "output/json.h"
#include "output/json_reader.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER_DIGITS_MAX 18 /* fit 64 bits, with a sign */
#define NUMBER_SIGNS "+-.0123456789eE"

/* --- an independent recogniser: character by character, whether the document may continue so ---------------------------------- */

typedef struct recogniser {
    const uint8_t *at, *end;
    size_t depth;
} recogniser;

static bool is_next(recogniser *self, char sign) {
    if (self->at == self->end || *self->at != (uint8_t)sign)
        return false;
    self->at++;
    return true;
}

static void blanks_pass(recogniser *self) {
    while (is_next(self, ' ') || is_next(self, '\t') || is_next(self, '\n') || is_next(self, '\r'))
        continue;
}

static bool word_pass(recogniser *self, const char *word) {
    for (; *word != '\0'; word++) {
        if (!is_next(self, *word))
            return false;
    }
    return true;
}

static size_t digits_pass(recogniser *self) {
    size_t count = 0;
    while (self->at < self->end && *self->at >= '0' && *self->at <= '9') {
        self->at++;
        count++;
    }
    return count;
}

static bool number_pass(recogniser *self) {
    (void)is_next(self, '-');
    if (!is_next(self, '0') && digits_pass(self) == 0)
        return false;
    if (is_next(self, '.') && digits_pass(self) == 0)
        return false;
    if (!is_next(self, 'e') && !is_next(self, 'E'))
        return true;
    if (!is_next(self, '+'))
        (void)is_next(self, '-');
    return digits_pass(self) > 0;
}

/* Four hexadecimal digits; UINT32_MAX when they are not. */
static uint32_t unit_pass(recogniser *self) {
    char digits[5] = "";
    if (self->end - self->at < 4)
        return UINT32_MAX;
    memcpy(digits, self->at, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4)
        return UINT32_MAX;
    self->at += 4;
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* What follows a backslash. Halves of surrogate pairs and U+0000 are no text to our reader. */
static bool escape_pass(recogniser *self) {
    if (!is_next(self, 'u')) {
        bool is_known = self->at < self->end && *self->at != 0 && strchr("\"\\/bfnrt", *self->at) != NULL;
        self->at += is_known ? 1 : 0;
        return is_known;
    }
    uint32_t unit = unit_pass(self);
    if (unit == UINT32_MAX || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit < 0xd800 || unit > 0xdbff)
        return true;
    uint32_t low = is_next(self, '\\') && is_next(self, 'u') ? unit_pass(self) : UINT32_MAX;
    return low >= 0xdc00 && low <= 0xdfff;
}

/* One character of more than one byte (RFC 3629, 4). */
static bool sequence_pass(recogniser *self) {
    static const uint8_t forms[][4] = {/* lead from, to; second byte from, to */
                                       {0xc2, 0xdf, 0x80, 0xbf}, {0xe0, 0xe0, 0xa0, 0xbf}, {0xe1, 0xec, 0x80, 0xbf},
                                       {0xed, 0xed, 0x80, 0x9f}, {0xee, 0xef, 0x80, 0xbf}, {0xf0, 0xf0, 0x90, 0xbf},
                                       {0xf1, 0xf3, 0x80, 0xbf}, {0xf4, 0xf4, 0x80, 0x8f}};
    const uint8_t *at = self->at;
    size_t size = *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
    if ((size_t)(self->end - at) < size)
        return false;
    for (size_t i = 2; i < size; i++) {
        if (at[i] < 0x80 || at[i] > 0xbf)
            return false;
    }
    self->at += size;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (at[0] >= forms[i][0] && at[0] <= forms[i][1])
            return at[1] >= forms[i][2] && at[1] <= forms[i][3];
    }
    return false;
}

static bool text_pass(recogniser *self) {
    if (!is_next(self, '"'))
        return false;
    while (!is_next(self, '"')) {
        if (self->at == self->end || *self->at < 0x20)
            return false;
        if (*self->at >= 0x80 ? !sequence_pass(self) : *self->at++ == '\\' && !escape_pass(self))
            return false;
    }
    return true;
}

static bool value_pass(recogniser *self);

/* The items of an object or array, up to its END. */
static bool items_pass(recogniser *self, char end) { /* NOLINT(misc-no-recursion) */
    if (self->depth == JSON_DEPTH_MAX)
        return false;
    self->depth++;
    blanks_pass(self);
    bool is_whole = is_next(self, end);
    while (!is_whole) {
        blanks_pass(self);
        if (end == '}') {
            if (!text_pass(self))
                return false;
            blanks_pass(self);
            if (!is_next(self, ':'))
                return false;
        }
        if (!value_pass(self))
            return false;
        blanks_pass(self);
        is_whole = is_next(self, end);
        if (!is_whole && !is_next(self, ','))
            return false;
    }
    self->depth--;
    return true;
}

static bool value_pass(recogniser *self) { /* NOLINT(misc-no-recursion): JSON_DEPTH_MAX ends it */
    blanks_pass(self);
    switch (self->at < self->end ? *self->at : 0) {
    case '{':
        self->at++;
        return items_pass(self, '}');
    case '[':
        self->at++;
        return items_pass(self, ']');
    case '"':
        return text_pass(self);
    case 't':
        return word_pass(self, "true");
    case 'f':
        return word_pass(self, "false");
    case 'n':
        return word_pass(self, "null");
    default:
        return number_pass(self);
    }
}

static bool is_document(const uint8_t *bytes, size_t size) {
    recogniser self = {.at = bytes, .end = bytes + size};
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        self.at += 3;
    if (!value_pass(&self))
        return false;
    blanks_pass(&self);
    return self.at == self.end;
}

/* --- read and written --------------------------------------------------------------------------------------------------------- */

/* Written, a double is read as the same. */
static void decimal_check(double value) {
    lm_buffer text = {0};
    json writer = {.output = &text};
    json_decimal(&writer, NULL, value);
    const char *digits = lm_buffer_text(&text);
    fuzz_require(!text.failed);
    double again = strtod(digits, NULL);
    bool is_finite = value >= -DBL_MAX && value <= DBL_MAX;
    fuzz_require(is_finite ? again >= value && again <= value : strcmp(digits, "null") == 0);
    lm_buffer_free(&text);
}

static void number_copy(json_reader *reader, json *writer, const char *name) {
    char digits[1100]; /* of a longer one the begin, which is a number of its own */
    size_t size = 0;
    while (reader->at + size < reader->size && size < sizeof digits - 1 &&
           memchr(NUMBER_SIGNS, reader->bytes[reader->at + size], sizeof NUMBER_SIGNS - 1) != NULL) {
        digits[size] = (char)reader->bytes[reader->at + size];
        size++;
    }
    digits[size] = '\0';
    /* Minus zero is a double of its own, but no other integer. */
    if (strpbrk(digits, ".eE") == NULL && size <= INTEGER_DIGITS_MAX && strcmp(digits, "-0") != 0) {
        int64_t value = 0;
        fuzz_require(json_read_integer(reader, -INT64_MAX + 1, INT64_MAX, &value));
        fuzz_require(value == strtoll(digits, NULL, 10));
        json_signed(writer, name, value);
    } else {
        double value = strtod(digits, NULL);
        fuzz_require(json_skip(reader));
        decimal_check(value);
        json_decimal(writer, name, value);
    }
}

/* Copies what stands at the reader, or the begin of an object or array. */
static void value_copy(json_reader *reader, json *writer, const char *name) {
    const char *text;
    bool value;
    while (memchr(" \t\r\n", reader->bytes[reader->at], 4) != NULL)
        reader->at++;
    switch (reader->bytes[reader->at]) {
    case '{':
        fuzz_require(json_read_object(reader));
        json_object_begin(writer, name);
        return;
    case '[':
        fuzz_require(json_read_array(reader));
        json_array_begin(writer, name);
        return;
    case '"':
        fuzz_require(json_read_text(reader, &text));
        json_text(writer, name, text);
        return;
    case 't':
    case 'f':
        fuzz_require(json_read_boolean(reader, &value));
        json_boolean(writer, name, value);
        return;
    case 'n':
        fuzz_require(json_read_null(reader));
        json_null(writer, name);
        return;
    default:
        number_copy(reader, writer, name);
    }
}

/* Reads a document that is one, and writes it without blanks. */
static void document_copy(const uint8_t *bytes, size_t size, lm_buffer *output) {
    json_reader *reader = malloc(sizeof *reader);
    json writer = {.output = output};
    fuzz_require(reader != NULL);
    json_reader_open(reader, bytes, size);
    value_copy(reader, &writer, NULL);
    while (reader->depth > 0) {
        bool is_array = reader->levels[reader->depth - 1].is_array;
        const char *lent;
        char *name = NULL;
        bool has_item = is_array ? json_read_element(reader) : json_read_member(reader, &lent);
        fuzz_require(!reader->has_failed);
        if (!has_item) {
            (is_array ? json_array_end : json_object_end)(&writer);
            continue;
        }
        if (!is_array)
            name = fuzz_copy(lent, strlen(lent) + 1);
        value_copy(reader, &writer, name);
        free(name);
    }
    fuzz_require(json_read_end(reader));
    json_reader_close(reader);
    free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    json_reader *reader = malloc(sizeof *reader);
    fuzz_require(reader != NULL);
    json_reader_open(reader, bytes, size);
    bool is_read = json_skip(reader) && json_read_end(reader);
    fuzz_require(is_read == is_document(bytes, size));
    fuzz_require(is_read != reader->has_failed);
    fuzz_require(is_read || strncmp(reader->failure, "line ", 5) == 0);
    fuzz_require(is_read || memchr(reader->failure, '\0', sizeof reader->failure) != NULL);
    json_reader_close(reader);
    free(reader);
    if (is_read) {
        lm_buffer first = {0}, second = {0};
        document_copy(bytes, size, &first);
        fuzz_require(!first.failed && is_document(first.bytes, first.size));
        document_copy(first.bytes, first.size, &second);
        fuzz_require(fuzz_is_equal(&first, &second));
        lm_buffer_free(&first);
        lm_buffer_free(&second);
    }
    return 0;
}
