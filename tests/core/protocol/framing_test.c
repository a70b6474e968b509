/* Which messages come out of which bytes. A stream is written as its receives, and the result as one text: `abc|` is a message
 * without line ending, `abc$` one that ended in LF, `abc%` one in CRLF. Then `.` is the end of the stream, and `!long` or `!cut`
 * another end. */
#include "core/protocol/bytes.h"
#include "loopmsg/framing.h"
#include "support/check.h"
#include "support/random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct framing_case {
    const char *expected;
    uint32_t max_message;
    test_bytes receives[8];
} framing_case;

static void message_write(lm_buffer *transcript, const lm_message *message) {
    lm_buffer_append(transcript, message->bytes, message->size);
    lm_buffer_append(transcript, &"|$%"[message->ending], 1);
}

/* False after a result that ends the stream. */
static bool result_write(lm_buffer *transcript, lm_framing_result result, const lm_message *message) {
    assert_int_not_equal(result, LM_FRAMING_NO_MEMORY);
    if (result == LM_FRAMING_MESSAGE)
        message_write(transcript, message);
    else if (result == LM_FRAMING_TOO_LONG)
        lm_buffer_append_text(transcript, "!long");
    else if (result == LM_FRAMING_TRUNCATED)
        lm_buffer_append_text(transcript, "!cut");
    return result == LM_FRAMING_MESSAGE || result == LM_FRAMING_MORE;
}

/* Gives one receive, from memory of exactly its size that is freed afterwards. Not from CMocka's memory: its guards would hide a
 * read past the end from a sanitizer. */
static bool receive_give(lm_framing *framing, const void *bytes, size_t size, lm_buffer *transcript) {
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    const uint8_t *rest = copy;
    size_t rest_size = size;
    lm_framing_result result;
    bool goes_on;
    do {
        lm_message message;
        result = lm_framing_next(framing, &rest, &rest_size, &message);
        goes_on = result_write(transcript, result, &message);
    } while (result == LM_FRAMING_MESSAGE);
    if (goes_on)
        assert_int_equal(rest_size, 0);
    free(copy);
    return goes_on;
}

static void end_give(lm_framing *framing, lm_buffer *transcript) {
    lm_message message;
    lm_framing_result result = lm_framing_end(framing, &message);
    if (!result_write(transcript, result, &message))
        return;
    assert_int_equal(lm_framing_end(framing, &message), LM_FRAMING_MORE);
    assert_null(framing->partial.bytes);
    lm_buffer_append_text(transcript, ".");
}

static void assert_transcript(const lm_buffer *transcript, const void *expected, size_t size) {
    assert_false(transcript->failed);
    if (transcript->size != size || (size > 0 && memcmp(transcript->bytes, expected, size) != 0))
        fail_msg("\"%.*s\", not \"%.*s\"", (int)transcript->size, (const char *)transcript->bytes, (int)size,
                 (const char *)expected);
}

static void assert_cases(lm_framing_kind kind, const framing_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        lm_framing framing;
        lm_buffer transcript = {0};
        bool goes_on = true;
        lm_framing_open(&framing, kind, cases[i].max_message);
        for (const test_bytes *next = cases[i].receives; goes_on && next->bytes != NULL; next++)
            goes_on = receive_give(&framing, next->bytes, next->size, &transcript);
        if (goes_on)
            end_give(&framing, &transcript);
        assert_transcript(&transcript, cases[i].expected, strlen(cases[i].expected));
        lm_framing_close(&framing);
        lm_buffer_free(&transcript);
    }
}

static void a_chunk_is_what_one_receive_delivered_cut_at_the_limit(void **state) {
    (void)state;
    static const framing_case cases[] = {
        {".", 0, {{0}}},
        {"abc|.", 0, {B("abc")}},
        {"abc|def|.", 0, {B("abc"), B("def")}},
        {"a\r\nb\n|\n|.", 0, {B("a\r\nb\n"), B("\n")}},
        {"abcd|efgh|ij|k|.", 4, {B("abcdefghij"), B("k")}},
        {"abcd|efgh|.", 4, {B("abcdefgh")}},
        {"a|b|.", 1, {B("ab")}},
    };
    assert_cases(LM_FRAMING_CHUNK, cases, TEST_COUNT(cases));
}

static void raw_is_what_one_receive_delivered_uncut(void **state) {
    (void)state;
    static const framing_case cases[] = {
        {".", 4, {{0}}},
        {"abcdefghij|k\r\n|.", 4, {B("abcdefghij"), B("k\r\n")}},
    };
    assert_cases(LM_FRAMING_RAW, cases, TEST_COUNT(cases));
}

static void a_line_ends_in_lf_or_crlf_however_many_receives_it_takes(void **state) {
    (void)state;
    static const framing_case cases[] = {
        {".", 0, {{0}}},
        {"abc$.", 0, {B("abc\n")}},
        {"abc%.", 0, {B("abc\r\n")}},
        {"abc$def%ghi|.", 0, {B("abc\ndef\r\nghi")}},
        {"abc%.", 0, {B("a"), B("b"), B("c"), B("\r"), B("\n")}},
        {"abc%def$.", 0, {B("abc\r"), B("\ndef"), B("\n")}},
        {"$%$.", 0, {B("\n\r\n\n")}},
        {"%.", 0, {B("\r"), B("\n")}},
        {"a\rb$.", 0, {B("a\rb\n")}},
        {"a\rb$.", 0, {B("a\r"), B("b\n")}},
        {"a\r%.", 0, {B("a\r\r\n")}},
        {"a\r%.", 0, {B("a\r"), B("\r"), B("\n")}},
        {"a\r|.", 0, {B("a\r")}},
        {"\r|.", 0, {B("\r")}},
    };
    assert_cases(LM_FRAMING_LINE, cases, TEST_COUNT(cases));
}

static void the_limit_of_a_line_does_not_count_its_ending(void **state) {
    (void)state;
    static const framing_case cases[] = {
        {"abcd$abcd%abcd|.", 4, {B("abcd\nabcd\r\nabcd")}},
        {"abcd%.", 4, {B("abcd"), B("\r"), B("\n")}},
        {"abcd%.", 4, {B("abcd\r"), B("\n")}},
        {"ok$!long", 4, {B("ok\nabcde")}},
        {"ok$!long", 4, {B("ok\nabcde\n")}},
        {"!long", 4, {B("abc"), B("de")}},
        {"!long", 4, {B("abcd\rx")}},
        {"!long", 4, {B("abcd\r"), B("x")}},
        {"!long", 4, {B("abcd\r"), B("\r"), B("\n")}},
        {"!long", 4, {B("abcd\r")}}, /* at the end of the stream the CR is the message's */
        {"abc\r|.", 4, {B("abc\r")}},
        {"a%%.", 1, {B("a\r"), B("\n\r\n")}},
    };
    assert_cases(LM_FRAMING_LINE, cases, TEST_COUNT(cases));
}

static void a_length_says_how_many_bytes_follow(void **state) {
    (void)state;
    static const framing_case cases[] = {
        {".", 0, {{0}}},
        {"abc|.", 0, {B("\0\0\0\3abc")}},
        {"abc|\n\r\n|.", 0, {B("\0\0\0\3abc\0\0\0\3\n\r\n")}},
        {"||.", 0, {B("\0\0\0\0\0\0\0\0")}},
        {"|.", 0, {B("\0"), B("\0"), B("\0"), B("\0")}},
        {"abc|d|.", 0, {B("\0\0"), B("\0\3"), B("a"), B("b"), B("c\0\0\0"), B("\1d")}},
        {"abcd|.", 4, {B("\0\0\0\4ab"), B("cd")}},
        {"a|!long", 4, {B("\0\0\0\1a\0\0\0\5")}},
        {"!long", 4, {B("\0\0\0"), B("\5")}},
        {"!long", 4, {B("\1\0\0\0")}},
        {"!long", 0, {B("\0\1\0\1")}},
        {"!long", LM_MESSAGE_SIZE_MAX, {B("\xff\xff\xff\xff")}},
        {"!cut", 0, {B("\0")}},
        {"!cut", 0, {B("\0\0\0\1")}},
        {"a|!cut", 0, {B("\0\0\0\1a\0\0\0\3ab")}},
    };
    assert_cases(LM_FRAMING_LENGTH, cases, TEST_COUNT(cases));
}

static void auto_is_chunk_until_a_receive_brings_a_line_ending(void **state) {
    (void)state;
    static const framing_case cases[] = {
        {".", 0, {{0}}},
        {"hello|exit|.", 0, {B("hello"), B("exit")}},
        {"hello%exit%.", 0, {B("hello\r\nexit\r\n")}},
        {"one|two$three|.", 0, {B("one"), B("two\nth"), B("ree")}},
        {"$a|.", 0, {B("\n"), B("a")}},
        {"a\r|$b$.", 0, {B("a\r"), B("\nb\n")}}, /* the CR was a message already */
        {"abcd|ef|g$h|.", 4, {B("abcdef"), B("g\nh")}},
        {"abcd|ef|!long", 4, {B("abcdef"), B("abcdef\n")}}, /* a line from its first byte */
        {"abcd%!long", 4, {B("abcd\r\nabcde")}},
    };
    assert_cases(LM_FRAMING_AUTO, cases, TEST_COUNT(cases));
}

static void the_limits_unless_set_are_those_of_the_header(void **state) {
    (void)state;
    static uint8_t bytes[LM_MESSAGE_SIZE + 3];
    static const struct {
        lm_framing_kind kind;
        size_t size, first_size;
        bool is_ended_line;
    } cases[] = {
        {LM_FRAMING_CHUNK, LM_CHUNK_SIZE + 1, LM_CHUNK_SIZE, false},
        {LM_FRAMING_AUTO, LM_CHUNK_SIZE + 1, LM_CHUNK_SIZE, false},
        {LM_FRAMING_AUTO, LM_MESSAGE_SIZE + 2, LM_MESSAGE_SIZE, true},
        {LM_FRAMING_LINE, LM_MESSAGE_SIZE + 2, LM_MESSAGE_SIZE, true},
        {LM_FRAMING_RAW, LM_MESSAGE_SIZE + 3, LM_MESSAGE_SIZE + 3, false},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_framing framing;
        lm_message message;
        memset(bytes, 'a', sizeof bytes);
        if (cases[i].is_ended_line)
            memcpy(bytes + cases[i].size - 2, "\r\n", 2);
        const uint8_t *rest = bytes;
        size_t size = cases[i].size;
        lm_framing_open(&framing, cases[i].kind, 0);
        assert_int_equal(lm_framing_next(&framing, &rest, &size, &message), LM_FRAMING_MESSAGE);
        assert_int_equal(message.size, cases[i].first_size);
        assert_int_equal(message.ending, cases[i].is_ended_line ? LM_ENDING_CRLF : LM_ENDING_NONE);
        lm_framing_close(&framing);
    }
}

/* The same messages, found in the whole stream at once. */
static void lines_expect(const uint8_t *bytes, size_t size, size_t max_message, lm_buffer *transcript) {
    size_t begin = 0;
    for (size_t i = 0; i <= size; i++) {
        bool is_end = i == size;
        if (!is_end && bytes[i] != '\n')
            continue;
        if (is_end && begin == size)
            break;
        bool has_return = !is_end && i > begin && bytes[i - 1] == '\r';
        size_t length = i - begin - (has_return ? 1 : 0);
        if (length > max_message) {
            lm_buffer_append_text(transcript, "!long");
            return;
        }
        lm_buffer_append(transcript, bytes + begin, length);
        lm_buffer_append_text(transcript, is_end ? "|" : has_return ? "%" : "$");
        begin = i + 1;
    }
    lm_buffer_append_text(transcript, ".");
}

static void lengths_expect(const uint8_t *bytes, size_t size, size_t max_message, lm_buffer *transcript) {
    while (size >= 4) {
        size_t count = (size_t)bytes[0] * 16777216 + (size_t)bytes[1] * 65536 + (size_t)bytes[2] * 256 + bytes[3];
        if (count > max_message) {
            lm_buffer_append_text(transcript, "!long");
            return;
        }
        if (count > size - 4)
            break;
        lm_buffer_append(transcript, bytes + 4, count);
        lm_buffer_append_text(transcript, "|");
        bytes += 4 + count;
        size -= 4 + count;
    }
    lm_buffer_append_text(transcript, size > 0 ? "!cut" : ".");
}

static void assert_split(lm_framing_kind kind, uint32_t max_message, const uint8_t *bytes, const size_t *cuts, size_t cut_count,
                         const lm_buffer *expected) {
    lm_framing framing;
    lm_buffer transcript = {0};
    bool goes_on = true;
    lm_framing_open(&framing, kind, max_message);
    for (size_t i = 1; goes_on && i < cut_count; i++) {
        if (cuts[i] > cuts[i - 1])
            goes_on = receive_give(&framing, bytes + cuts[i - 1], cuts[i] - cuts[i - 1], &transcript);
    }
    if (goes_on)
        end_give(&framing, &transcript);
    assert_transcript(&transcript, expected->bytes, expected->size);
    lm_framing_close(&framing);
    lm_buffer_free(&transcript);
}

/* Gives the stream split in two at every point, then byte by byte, then split at random. */
static void assert_splits(lm_framing_kind kind, uint32_t max_message, const uint8_t *bytes, size_t size, uint64_t *random,
                          const lm_buffer *expected) {
    size_t cuts[64];
    assert_between(size, 0, TEST_COUNT(cuts) - 1);
    for (size_t point = 0; point <= size; point++)
        assert_split(kind, max_message, bytes, (size_t[]){0, point, size}, 3, expected);
    for (size_t i = 0; i <= size; i++)
        cuts[i] = i;
    assert_split(kind, max_message, bytes, cuts, size + 1, expected);
    for (int round = 0; round < 8; round++) {
        size_t count = 1;
        while (cuts[count - 1] < size) {
            cuts[count] = cuts[count - 1] + 1 + (size_t)test_random_below(random, size - cuts[count - 1]);
            count++;
        }
        assert_split(kind, max_message, bytes, cuts, count, expected);
    }
}

static void lines_are_the_same_however_the_bytes_are_split(void **state) {
    (void)state;
    static const char alphabet[] = "aab\r\r\n\n";
    uint64_t random = 2;
    for (int round = 0; round < 500; round++) {
        uint8_t bytes[40];
        lm_buffer expected = {0};
        size_t size = (size_t)test_random_below(&random, sizeof bytes + 1);
        uint32_t max_message = 1 + (uint32_t)test_random_below(&random, 12);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)alphabet[test_random_below(&random, sizeof alphabet - 1)];
        lines_expect(bytes, size, max_message, &expected);
        assert_splits(LM_FRAMING_LINE, max_message, bytes, size, &random, &expected);
        lm_buffer_free(&expected);
    }
}

static void lengths_are_the_same_however_the_bytes_are_split(void **state) {
    (void)state;
    uint64_t random = 3;
    for (int round = 0; round < 500; round++) {
        uint8_t bytes[40];
        lm_buffer expected = {0};
        size_t size = (size_t)test_random_below(&random, sizeof bytes + 1);
        uint32_t max_message = 1 + (uint32_t)test_random_below(&random, 12);
        for (size_t i = 0; i < size; i++) /* counts that mean something, and now and then one that is too large */
            bytes[i] = test_random_below(&random, 4) != 0 ? 0 : (uint8_t)test_random_below(&random, 8);
        lengths_expect(bytes, size, max_message, &expected);
        assert_splits(LM_FRAMING_LENGTH, max_message, bytes, size, &random, &expected);
        lm_buffer_free(&expected);
    }
}

static void a_message_that_lies_in_one_receive_is_not_copied(void **state) {
    (void)state;
    static const struct {
        lm_framing_kind kind;
        test_bytes receive;
        size_t offset;
    } cases[] = {
        {LM_FRAMING_AUTO, B("abc"), 0},        {LM_FRAMING_AUTO, B("abc\n"), 0},           {LM_FRAMING_CHUNK, B("abc"), 0},
        {LM_FRAMING_LINE, B("abc\r\ndef"), 0}, {LM_FRAMING_LENGTH, B("\0\0\0\3abc\0"), 4}, {LM_FRAMING_RAW, B("abc"), 0},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_framing framing;
        lm_message message;
        const uint8_t *bytes = cases[i].receive.bytes;
        const uint8_t *rest = bytes;
        size_t size = cases[i].receive.size;
        lm_framing_open(&framing, cases[i].kind, 0);
        assert_int_equal(lm_framing_next(&framing, &rest, &size, &message), LM_FRAMING_MESSAGE);
        assert_ptr_equal(message.bytes, bytes + cases[i].offset);
        assert_int_equal(message.size, 3);
        assert_null(framing.partial.bytes);
        lm_framing_close(&framing);
    }
}

static void memory_is_owned_only_while_a_message_has_arrived_in_part(void **state) {
    (void)state;
    static const struct {
        lm_framing_kind kind;
        test_bytes head, tail;
    } cases[] = {{LM_FRAMING_LINE, B("one\ntw"), B("o\nthree\n")},
                 {LM_FRAMING_AUTO, B("one\ntw"), B("o\r\n")},
                 {LM_FRAMING_LENGTH, B("\0\0\0\3one\0\0\0\3tw"), B("o\0\0")}};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_framing framing;
        lm_buffer transcript = {0};
        lm_framing_open(&framing, cases[i].kind, 0);
        assert_true(receive_give(&framing, cases[i].head.bytes, cases[i].head.size, &transcript));
        assert_int_equal(framing.partial.size, 2);
        assert_true(receive_give(&framing, cases[i].tail.bytes, cases[i].tail.size, &transcript));
        assert_null(framing.partial.bytes);
        lm_framing_close(&framing);
        lm_buffer_free(&transcript);
    }
}

static size_t power_of_two_over(size_t size) {
    size_t power = 1;
    while (power < size)
        power *= 2;
    return power;
}

static void a_long_line_byte_by_byte_takes_linear_time_and_bounded_memory(void **state) {
    (void)state;
    static const uint32_t limits[] = {1, 2, 3, 6, 7, 1000, 1023, LM_MESSAGE_SIZE - 2, LM_MESSAGE_SIZE};
    for (size_t i = 0; i < TEST_COUNT(limits); i++) {
        lm_framing framing;
        lm_buffer transcript = {0};
        size_t growths = 0;
        size_t capacity = 0;
        lm_framing_open(&framing, LM_FRAMING_LINE, limits[i]);
        for (size_t n = 0; n < limits[i]; n++) {
            assert_true(receive_give(&framing, "a", 1, &transcript));
            growths += framing.partial.capacity != capacity;
            capacity = framing.partial.capacity;
        }
        assert_between(growths, 1, 17); /* by doubling: each byte is moved at most twice on average */
        assert_true(receive_give(&framing, "\r", 1, &transcript));
        const uint8_t *feed = (const uint8_t *)"\n";
        size_t size = 1;
        lm_message message;
        assert_int_equal(lm_framing_next(&framing, &feed, &size, &message), LM_FRAMING_MESSAGE);
        assert_int_equal(message.size, limits[i]);
        assert_int_equal(message.ending, LM_ENDING_CRLF);
        assert_between(framing.partial.capacity, 1, power_of_two_over((size_t)limits[i] + 2));
        lm_framing_close(&framing);
    }
}

static void a_count_alone_buys_no_memory(void **state) {
    (void)state;
    lm_framing framing;
    lm_buffer transcript = {0};
    lm_framing_open(&framing, LM_FRAMING_LENGTH, LM_MESSAGE_SIZE_MAX);
    assert_true(receive_give(&framing, "\x04\0\0\0", 4, &transcript)); /* 64 MiB */
    assert_null(framing.partial.bytes);
    assert_true(receive_give(&framing, "0123456789", 10, &transcript));
    assert_between(framing.partial.capacity, 10, 16);
    lm_framing_close(&framing);
    assert_null(framing.partial.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_is_what_one_receive_delivered_cut_at_the_limit),
        cmocka_unit_test(raw_is_what_one_receive_delivered_uncut),
        cmocka_unit_test(a_line_ends_in_lf_or_crlf_however_many_receives_it_takes),
        cmocka_unit_test(the_limit_of_a_line_does_not_count_its_ending),
        cmocka_unit_test(a_length_says_how_many_bytes_follow),
        cmocka_unit_test(auto_is_chunk_until_a_receive_brings_a_line_ending),
        cmocka_unit_test(the_limits_unless_set_are_those_of_the_header),
        cmocka_unit_test(lines_are_the_same_however_the_bytes_are_split),
        cmocka_unit_test(lengths_are_the_same_however_the_bytes_are_split),
        cmocka_unit_test(a_message_that_lies_in_one_receive_is_not_copied),
        cmocka_unit_test(memory_is_owned_only_while_a_message_has_arrived_in_part),
        cmocka_unit_test(a_long_line_byte_by_byte_takes_linear_time_and_bounded_memory),
        cmocka_unit_test(a_count_alone_buys_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
