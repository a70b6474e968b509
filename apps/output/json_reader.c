#include "output/json_reader.h"

#include "output/append.h"
#include "output/units.h"
#include "output/wrap.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FOUND_SIZE 24 /* of the text that a failure quotes; more is cut */

/* " (servers[0].address)": the path of the current value. */
static void failure_append_path(json_reader *reader) {
    bool is_begun = false;
    for (size_t i = 0; i < reader->depth; i++) {
        const json_level *level = &reader->levels[i];
        if (level->count == 0)
            break;
        const char *before = !is_begun ? " (" : level->is_array ? "" : ".";
        is_begun = true;
        if (level->is_array)
            array_append(reader->failure, JSON_FAILURE_SIZE, before, "[", number_text(level->count - 1), "]");
        else
            array_append(reader->failure, JSON_FAILURE_SIZE, before, level->name);
    }
    array_append(reader->failure, JSON_FAILURE_SIZE, is_begun ? ")" : "");
}

/* Starts the failure with the place; lines and columns count from 1. Returns false. */
static bool fail_at(json_reader *reader, size_t at, const char *message) {
    if (reader->has_failed)
        return false;
    reader->has_failed = true;
    size_t line = 1, line_at = 0;
    for (size_t i = 0; i < at; i++) {
        if (reader->bytes[i] == '\n') {
            line++;
            line_at = i + 1;
        }
    }
    size_t column = 1 + columns_of(reader->bytes + line_at, at - line_at);
    reader->failure[0] = '\0';
    array_append(reader->failure, JSON_FAILURE_SIZE, "line ", number_text(line), ", column ", number_text(column));
    failure_append_path(reader);
    array_append(reader->failure, JSON_FAILURE_SIZE, ": ", message);
    return false;
}

bool json_read_fail(json_reader *reader, const char *message) {
    return fail_at(reader, reader->value_at, message);
}

static bool is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Separators of values, blanks included. */
static bool is_sign(uint8_t byte) {
    return is_blank(byte) || byte == ',' || byte == ':' || byte == '[' || byte == ']' || byte == '{' || byte == '}';
}

/* "expected ..., found ..."; must be the first failure. */
static bool fail_expected(json_reader *reader, const char *expected) {
    assert(!reader->has_failed);
    (void)fail_at(reader, reader->at, "expected ");
    array_append(reader->failure, JSON_FAILURE_SIZE, expected, ", found ");
    if (reader->at == reader->size) {
        array_append(reader->failure, JSON_FAILURE_SIZE, "the end of the file");
        return false;
    }
    /* A sign alone; otherwise the bytes up to the next sign. */
    char found[FOUND_SIZE + 1];
    size_t size = 0;
    do {
        found[size] = (char)reader->bytes[reader->at + size];
        size++;
    } while (size < FOUND_SIZE && reader->at + size < reader->size && !is_sign(reader->bytes[reader->at]) &&
             !is_sign(reader->bytes[reader->at + size]));
    found[size] = '\0';
    array_append(reader->failure, JSON_FAILURE_SIZE, found);
    return false;
}

void json_reader_open(json_reader *reader, const void *bytes, size_t size) {
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* some shells write it at the start of a file */
    *reader = (json_reader){.bytes = bytes, .size = size};
    if (size >= sizeof mark && memcmp(bytes, mark, sizeof mark) == 0)
        reader->at = sizeof mark;
}

void json_reader_close(json_reader *reader) {
    lm_buffer_free(&reader->text);
}

/* Skips blanks and returns the byte after them, which stays; -1 at the end. */
static int next_byte(json_reader *reader) {
    while (reader->at < reader->size && is_blank(reader->bytes[reader->at]))
        reader->at++;
    reader->value_at = reader->at;
    return reader->at < reader->size ? reader->bytes[reader->at] : -1;
}

static bool level_begin(json_reader *reader, char bracket, const char *expected) {
    if (reader->has_failed)
        return false;
    if (next_byte(reader) != bracket)
        return fail_expected(reader, expected);
    if (reader->depth == JSON_DEPTH_MAX)
        return json_read_fail(reader, "objects and arrays are nested deeper than in any document of loopmsg");
    reader->levels[reader->depth++] = (json_level){.is_array = bracket == '['};
    reader->at++;
    return true;
}

bool json_read_object(json_reader *reader) {
    return level_begin(reader, '{', "an object");
}

bool json_read_array(json_reader *reader) {
    return level_begin(reader, '[', "an array");
}

/* Reads the end of the level or, between two items, the comma. True if an item must follow. */
static bool item_begin(json_reader *reader, char bracket, const char *expected) {
    if (reader->has_failed)
        return false;
    assert(reader->depth > 0);
    json_level *level = &reader->levels[reader->depth - 1];
    assert(level->is_array == (bracket == ']'));
    int byte = next_byte(reader);
    if (byte == bracket) {
        reader->at++;
        reader->depth--;
        return false;
    }
    if (level->count > 0) {
        if (byte != ',')
            return fail_expected(reader, expected);
        reader->at++;
        (void)next_byte(reader);
    }
    return true;
}

/* --- texts -------------------------------------------------------------------------------------------------------------------- */

/* Appends a code point, not a surrogate, as UTF-8. */
static void code_point_append(lm_buffer *text, uint32_t code_point) {
    uint8_t bytes[4];
    size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size; i-- > 1;) {
        bytes[i] = (uint8_t)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    bytes[0] = (uint8_t)(leads[size] | code_point);
    lm_buffer_append(text, bytes, size);
}

/* The size of the UTF-8 sequence at the front; 0 if it is malformed (RFC 3629). */
static size_t sequence_size(const uint8_t *bytes, size_t size) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* smaller ones have a shorter form */
    uint8_t lead = bytes[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
    if (length < 2 || length > size)
        return length < 2 ? length : 0;
    uint32_t code_point = lead & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        code_point = code_point << 6 | (bytes[i] & 0x3fu);
    }
    bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    return code_point >= least[length] && code_point <= 0x10ffff && !is_surrogate ? length : 0;
}

/* Reads "\uXXXX"; the caller has seen the first two characters. */
static bool unit_read(json_reader *reader, uint32_t *unit) {
    *unit = 0;
    for (size_t i = 2; i < 6; i++) {
        int byte = reader->at + i < reader->size ? reader->bytes[reader->at + i] : 0;
        int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                    : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                    : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                 : -1;
        if (digit < 0)
            return fail_expected(reader, "four hexadecimal digits after \\u");
        *unit = *unit << 4 | (uint32_t)digit;
    }
    reader->at += 6;
    return true;
}

/* "\u" and four digits; two of them beyond U+FFFF. */
static bool unicode_escape_read(json_reader *reader) {
    size_t begin = reader->at;
    uint32_t unit, low;
    if (!unit_read(reader, &unit))
        return false;
    bool has_low = reader->at + 1 < reader->size && reader->bytes[reader->at] == '\\' && reader->bytes[reader->at + 1] == 'u';
    if (unit >= 0xd800 && unit <= 0xdbff && has_low) {
        if (!unit_read(reader, &low))
            return false;
        if (low >= 0xdc00 && low <= 0xdfff)
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    if (unit >= 0xd800 && unit <= 0xdfff)
        return fail_at(reader, begin, "a surrogate pair is incomplete");
    if (unit == 0)
        return fail_at(reader, begin, "a text contains U+0000");
    code_point_append(&reader->text, unit);
    return true;
}

static bool escape_read(json_reader *reader) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    int byte = reader->at + 1 < reader->size ? reader->bytes[reader->at + 1] : 0;
    if (byte == 'u')
        return unicode_escape_read(reader);
    const char *letter = byte != 0 ? strchr(letters, byte) : NULL;
    if (letter == NULL)
        return fail_expected(reader, "an escape of JSON");
    lm_buffer_append(&reader->text, &meanings[letter - letters], 1);
    reader->at += 2;
    return true;
}

/* Reads a text in quotes into reader->text; the caller has seen the first quote. */
static bool text_read(json_reader *reader, const char **text) {
    *text = "";
    lm_buffer_clear(&reader->text);
    reader->at++;
    for (;;) {
        const uint8_t *bytes = reader->bytes + reader->at;
        size_t rest = reader->size - reader->at;
        size_t run = 0;
        while (run < rest && bytes[run] != '"' && bytes[run] != '\\' && bytes[run] >= 0x20 && bytes[run] < 0x80)
            run++;
        size_t sequence = run < rest && bytes[run] >= 0x80 ? sequence_size(bytes + run, rest - run) : 0;
        lm_buffer_append(&reader->text, bytes, run + sequence);
        reader->at += run + sequence;
        if (sequence > 0)
            continue;
        if (run == rest)
            return fail_expected(reader, "the closing quote of a text");
        if (bytes[run] == '"')
            break;
        if (bytes[run] >= 0x80)
            return fail_at(reader, reader->at, "the text is not valid UTF-8");
        if (bytes[run] != '\\')
            return fail_at(reader, reader->at, "a text contains a control character that is not escaped");
        if (!escape_read(reader))
            return false;
    }
    reader->at++;
    *text = lm_buffer_text(&reader->text);
    return reader->text.failed ? json_read_fail(reader, "out of memory") : true;
}

bool json_read_text(json_reader *reader, const char **text) {
    if (reader->has_failed)
        return false;
    if (next_byte(reader) != '"')
        return fail_expected(reader, "a text");
    return text_read(reader, text);
}

bool json_read_member(json_reader *reader, const char **name) {
    if (!item_begin(reader, '}', "',' or '}'"))
        return false;
    if (next_byte(reader) != '"')
        return fail_expected(reader, reader->levels[reader->depth - 1].count > 0 ? "a name in quotes" : "a name in quotes or '}'");
    if (!text_read(reader, name))
        return false;
    json_level *level = &reader->levels[reader->depth - 1];
    (void)snprintf(level->name, sizeof level->name, "%s", *name);
    level->count++;
    size_t name_at = reader->value_at;
    if (next_byte(reader) != ':')
        return fail_expected(reader, "':'");
    reader->value_at = name_at;
    reader->at++;
    return true;
}

bool json_read_element(json_reader *reader) {
    if (!item_begin(reader, ']', "',' or ']'"))
        return false;
    reader->levels[reader->depth - 1].count++;
    return true;
}

/* --- other values ------------------------------------------------------------------------------------------------------------- */

static bool word_take(json_reader *reader, const char *word) {
    size_t size = strlen(word);
    (void)next_byte(reader);
    if (size > reader->size - reader->at || memcmp(reader->bytes + reader->at, word, size) != 0)
        return false;
    reader->at += size;
    return true;
}

bool json_read_null(json_reader *reader) {
    return !reader->has_failed && word_take(reader, "null");
}

bool json_read_boolean(json_reader *reader, bool *value) {
    if (reader->has_failed)
        return false;
    *value = word_take(reader, "true");
    return *value || word_take(reader, "false") ? true : fail_expected(reader, "true or false");
}

static size_t digits_count(json_reader *reader, size_t at) {
    size_t begin = at;
    while (at < reader->size && reader->bytes[at] >= '0' && reader->bytes[at] <= '9')
        at++;
    return at - begin;
}

/* The size of the number here (RFC 8259, 6), 0 if there is none, and whether it has neither fraction nor exponent. */
static size_t number_size(json_reader *reader, bool *is_whole) {
    bool is_negative = next_byte(reader) == '-';
    size_t begin = reader->at;
    size_t at = begin + (is_negative ? 1 : 0);
    size_t whole = digits_count(reader, at);
    if (whole == 0)
        return 0;
    at += reader->bytes[at] == '0' ? 1 : whole; /* no digit may follow a leading zero */
    *is_whole = true;
    if (at < reader->size && reader->bytes[at] == '.') {
        size_t digits = digits_count(reader, at + 1);
        if (digits == 0)
            return 0;
        at += 1 + digits;
        *is_whole = false;
    }
    if (at < reader->size && (reader->bytes[at] == 'e' || reader->bytes[at] == 'E')) {
        at++;
        at += at < reader->size && (reader->bytes[at] == '+' || reader->bytes[at] == '-') ? 1 : 0;
        size_t digits = digits_count(reader, at);
        if (digits == 0)
            return 0;
        at += digits;
        *is_whole = false;
    }
    return at - begin;
}

bool json_read_integer(json_reader *reader, int64_t minimum, int64_t maximum, int64_t *value) {
    assert(minimum <= maximum && minimum > -INT64_MAX);
    if (reader->has_failed)
        return false;
    bool is_whole = false;
    bool is_negative = next_byte(reader) == '-';
    size_t size = number_size(reader, &is_whole);
    bool is_within = size > 0 && is_whole;
    int64_t magnitude = 0;
    for (size_t i = is_negative ? 1 : 0; i < size && is_within; i++) {
        int digit = reader->bytes[reader->at + i] - '0';
        is_within = magnitude <= (INT64_MAX - digit) / 10;
        magnitude = is_within ? magnitude * 10 + digit : 0;
    }
    *value = is_negative ? -magnitude : magnitude;
    if (is_within && *value >= minimum && *value <= maximum) {
        reader->at += size;
        return true;
    }
    char low[UNIT_TEXT_SIZE], high[UNIT_TEXT_SIZE], expected[96];
    (void)snprintf(expected, sizeof expected, "a whole number from %s%s to %s", minimum < 0 ? "-" : "",
                   number_format((uint64_t)(minimum < 0 ? -minimum : minimum), low), number_format((uint64_t)maximum, high));
    return fail_expected(reader, expected);
}

/* Reads a simple value, or the opening bracket of another. */
static bool value_begin(json_reader *reader) {
    bool ignored;
    const char *text;
    switch (next_byte(reader)) {
    case '{':
        return json_read_object(reader);
    case '[':
        return json_read_array(reader);
    case '"':
        return json_read_text(reader, &text);
    case 't':
    case 'f':
        return json_read_boolean(reader, &ignored);
    case 'n':
        return json_read_null(reader) ? true : fail_expected(reader, "null");
    default:
        break;
    }
    size_t size = number_size(reader, &ignored);
    reader->at += size;
    return size > 0 ? true : fail_expected(reader, "a value");
}

bool json_skip(json_reader *reader) {
    size_t floor = reader->depth;
    const char *name;
    if (reader->has_failed || !value_begin(reader))
        return false;
    while (reader->depth > floor) {
        bool is_array = reader->levels[reader->depth - 1].is_array;
        bool has_item = is_array ? json_read_element(reader) : json_read_member(reader, &name);
        if (has_item ? !value_begin(reader) : reader->has_failed)
            return false;
    }
    return true;
}

bool json_read_end(json_reader *reader) {
    assert(reader->has_failed || reader->depth == 0);
    if (reader->has_failed)
        return false;
    return next_byte(reader) < 0 ? true : fail_expected(reader, "the end of the file");
}
