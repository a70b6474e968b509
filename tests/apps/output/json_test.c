/* JSON, written and read back: RFC 8259 by tables of texts. */
#include "output/json.h"
#include "output/json_reader.h"
#include "support/check.h"
#include "support/random.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_skipped(json_reader *reader, const char *text) {
    json_reader_open(reader, text, strlen(text));
    return json_skip(reader) && json_read_end(reader);
}

static void every_form_of_json_is_read(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{}",
        "[]",
        " \t\r\n[ ] ",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "12.50",
        "1e9",
        "1E+9",
        "1.5e-300",
        "\"\"",
        "[1,2,[3],{}]",
        "{\"\":0}",
        "{\"a\":{\"b\":[{\"c\":null},true]},\"d\":\"e\"}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"\xc2\x80\xdf\xbf\"",
        "\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"",
        "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
        "\xef\xbb\xbf[1]",
        "\"\x7f\"",
        "123456789012345678901234567890.5e999",
    };
    for (size_t i = 0; i < TEST_COUNT(texts); i++) {
        json_reader reader;
        if (!is_skipped(&reader, texts[i]))
            fail_msg("'%s': %s", texts[i], reader.failure);
        json_reader_close(&reader);
    }
}

static void what_is_no_json_is_refused_where_it_stands(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *failure;
    } cases[] = {
        {"", "line 1, column 1: expected a value, found the end of the file"},
        {" \n ", "line 2, column 2: expected a value, found the end of the file"},
        {"[1,]", "line 1, column 4 ([1]): expected a value, found ]"},
        {"[1 2]", "line 1, column 4 ([0]): expected ',' or ']', found 2"},
        {"[1", "line 1, column 3 ([0]): expected ',' or ']', found the end of the file"},
        {"[1}", "line 1, column 3 ([0]): expected ',' or ']', found }"},
        {"{\"a\":1,}", "line 1, column 8 (a): expected a name in quotes, found }"},
        {"{a:1}", "line 1, column 2: expected a name in quotes or '}', found a"},
        {"{\"a\" 1}", "line 1, column 6 (a): expected ':', found 1"},
        {"{\"a\":[0,{\"b\":x}]}", "line 1, column 14 (a[1].b): expected a value, found x"},
        {"{\n\"\xc3\xa9\xc3\xa9\":\n nul}", "line 3, column 2 (\xc3\xa9\xc3\xa9): expected null, found nul"},
        {"[\"\xc3\xa9\",x]", "line 1, column 6 ([1]): expected a value, found x"},
        {"nulll", "line 1, column 5: expected the end of the file, found l"},
        {"01", "line 1, column 2: expected the end of the file, found 1"},
        {"1.", "line 1, column 1: expected a value, found 1."},
        {".5", "line 1, column 1: expected a value, found .5"},
        {"1e", "line 1, column 1: expected a value, found 1e"},
        {"-", "line 1, column 1: expected a value, found -"},
        {"+1", "line 1, column 1: expected a value, found +1"},
        {"NaN", "line 1, column 1: expected a value, found NaN"},
        {"tru", "line 1, column 1: expected true or false, found tru"},
        {"'a'", "line 1, column 1: expected a value, found 'a'"},
        {"\"a", "line 1, column 3: expected the closing quote of a text, found the end of the file"},
        {"\"\\x\"", "line 1, column 2: expected an escape of JSON, found \\x\""},
        {"\"\\", "line 1, column 2: expected an escape of JSON, found \\"},
        {"\"\\u12g4\"", "line 1, column 2: expected four hexadecimal digits after \\u, found \\u12g4\""},
        {"\"\\u123", "line 1, column 2: expected four hexadecimal digits after \\u, found \\u123"},
        {"\"\\ud800\"", "line 1, column 2: a surrogate pair is incomplete"},
        {"\"\\ud800\\u0041\"", "line 1, column 2: a surrogate pair is incomplete"},
        {"\"\\ud800\\ud800\"", "line 1, column 2: a surrogate pair is incomplete"},
        {"\"\\udbff\\ue000\"", "line 1, column 2: a surrogate pair is incomplete"},
        {"\"\\udc00\"", "line 1, column 2: a surrogate pair is incomplete"},
        {"\"a\\u0000\"", "line 1, column 3: a text contains U+0000"},
        {"\"a\nb\"", "line 1, column 3: a text contains a control character that is not escaped"},
        {"\"\x80\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xc0\x80\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xc3\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xe0\x9f\xbf\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xed\xa0\x80\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xf4\x90\x80\x80\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xf8\x88\x80\x80\x80\"", "line 1, column 2: the text is not valid UTF-8"},
        {"\"\xf0\x90\x80", "line 1, column 2: the text is not valid UTF-8"},
        {"// no\n1", "line 1, column 1: expected a value, found //"},
        {"1 1", "line 1, column 3: expected the end of the file, found 1"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        json_reader reader;
        if (is_skipped(&reader, cases[i].text))
            fail_msg("'%s' was accepted as JSON", cases[i].text);
        assert_string_equal(reader.failure, cases[i].failure);
        json_reader_close(&reader);
    }
}

static void so_many_levels_and_no_more_are_read(void **state) {
    (void)state;
    char text[2 * JSON_DEPTH_MAX + 3];
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        json_reader reader;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        assert_int_equal(is_skipped(&reader, text), depth == JSON_DEPTH_MAX);
        assert_int_equal(strstr(reader.failure, "nested deeper") != NULL, depth > JSON_DEPTH_MAX);
        json_reader_close(&reader);
    }
}

static void a_text_comes_back_as_it_was_written(void **state) {
    (void)state;
    uint64_t random = 1;
    for (size_t round = 0; round < 200; round++) {
        char text[64];
        size_t size = 0;
        while (size < sizeof text - 5) {
            static const char *const pieces[] = {
                "a", "\"", "\\", "\x01", "\x7f", "\n", "\xc3\xa9", "\xe2\x80\xae", "\xf0\x9f\x98\x80", "/"};
            const char *piece = pieces[test_random_below(&random, TEST_COUNT(pieces))];
            memcpy(text + size, piece, strlen(piece) + 1);
            size += strlen(piece);
        }
        lm_buffer output = {0};
        json writer = {.output = &output};
        json_text(&writer, NULL, text);
        assert_false(output.failed);
        json_reader reader;
        const char *read;
        json_reader_open(&reader, output.bytes, output.size);
        assert_true(json_read_text(&reader, &read));
        assert_string_equal(read, text);
        assert_true(json_read_end(&reader));
        json_reader_close(&reader);
        lm_buffer_free(&output);
    }
}

static void pairs_of_escapes_are_one_character(void **state) {
    (void)state;
    static const char text[] = "\"\\ud83d\\uDE00\\u00e9\\u20ac\\u0041\"";
    json_reader reader;
    const char *read;
    json_reader_open(&reader, text, sizeof text - 1);
    assert_true(json_read_text(&reader, &read));
    assert_string_equal(read, "\xf0\x9f\x98\x80\xc3\xa9\xe2\x82\xac"
                              "A");
    json_reader_close(&reader);
}

static void whole_numbers_are_read_exactly_and_within_their_limits(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t minimum, maximum;
        bool is_read;
        int64_t value;
    } cases[] = {
        {"0", 0, 10, true, 0},
        {"-0", 0, 10, true, 0},
        {"10", 0, 10, true, 10},
        {"11", 0, 10, false, 0},
        {"-1", 0, 10, false, 0},
        {"-5", -5, 5, true, -5},
        {"-6", -5, 5, false, 0},
        {"9223372036854775807", 0, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", 0, INT64_MAX, false, 0},
        {"-9223372036854775808", -5, INT64_MAX, false, 0},
        {"99999999999999999999999999999", 0, INT64_MAX, false, 0},
        {"9007199254740993", 0, INT64_MAX, true, INT64_C(9007199254740993)},
        {"1.0", 0, 10, false, 0},
        {"1e0", 0, 10, false, 0},
        {"\"1\"", 0, 10, false, 0},
        {"true", 0, 10, false, 0},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        json_reader reader;
        int64_t value = -77;
        json_reader_open(&reader, cases[i].text, strlen(cases[i].text));
        bool is_read = json_read_integer(&reader, cases[i].minimum, cases[i].maximum, &value) && json_read_end(&reader);
        if (is_read != cases[i].is_read || (is_read && value != cases[i].value))
            fail_msg("'%s': %s", cases[i].text, reader.failure);
        if (!is_read)
            assert_non_null(strstr(reader.failure, "a whole number from"));
        json_reader_close(&reader);
    }
}

/* What json_decimal writes, terminated. */
static const char *decimal(double number, lm_buffer *output) {
    json writer = {.output = output};
    lm_buffer_clear(output);
    json_decimal(&writer, NULL, number);
    const char *text = lm_buffer_text(output);
    assert_false(output->failed);
    return text;
}

static void decimals_are_short_and_exact(void **state) {
    (void)state;
    lm_buffer output = {0};
    assert_string_equal(decimal(0.1, &output), "0.1");
    assert_string_equal(decimal(0, &output), "0");
    assert_string_equal(decimal(-2.5, &output), "-2.5");
    assert_string_equal(decimal(123456789012345.0, &output), "123456789012345");
    assert_string_equal(decimal(0.30000000000000004, &output), "0.30000000000000004");
    assert_string_equal(decimal(INFINITY, &output), "null");
    assert_string_equal(decimal(NAN, &output), "null");
    uint64_t random = 7;
    for (size_t i = 0; i < 20000; i++) {
        uint64_t bits = test_random_next(&random);
        double number;
        memcpy(&number, &bits, sizeof number);
        if (!(number >= -DBL_MAX && number <= DBL_MAX))
            continue;
        json_reader reader;
        const char *text = decimal(number, &output);
        assert_true(strtod(text, NULL) == number);
        if (!is_skipped(&reader, text))
            fail_msg("%s: %s", text, reader.failure);
        json_reader_close(&reader);
    }
    lm_buffer_free(&output);
}

static void decimals_have_a_point_in_every_locale(void **state) {
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "German_Germany.1252"};
    lm_buffer output = {0};
    size_t tried = 0;
    for (size_t i = 0; i < TEST_COUNT(locales); i++) {
        if (setlocale(LC_NUMERIC, locales[i]) == NULL)
            continue;
        const char *text = decimal(1.5, &output);
        (void)setlocale(LC_NUMERIC, "C");
        assert_string_equal(text, "1.5");
        tried++;
    }
    if (tried == 0)
        print_message("skipped: this machine has no locale that writes decimals with a comma\n");
    lm_buffer_free(&output);
}

static void times_are_those_of_the_calendar(void **state) {
    (void)state;
    static const struct {
        int64_t wall_ns;
        const char *text;
    } cases[] = {
        {0, "\"1970-01-01T00:00:00.000000Z\""},
        {INT64_C(951827696123456789), "\"2000-02-29T12:34:56.123456Z\""},
        {INT64_C(1767225599999999999), "\"2025-12-31T23:59:59.999999Z\""},
        {INT64_C(4107542400000000000), "\"2100-03-01T00:00:00.000000Z\""},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_buffer output = {0};
        json writer = {.output = &output};
        json_time(&writer, NULL, cases[i].wall_ns);
        assert_string_equal(lm_buffer_text(&output), cases[i].text);
        lm_buffer_free(&output);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_json_is_read),
        cmocka_unit_test(what_is_no_json_is_refused_where_it_stands),
        cmocka_unit_test(so_many_levels_and_no_more_are_read),
        cmocka_unit_test(a_text_comes_back_as_it_was_written),
        cmocka_unit_test(pairs_of_escapes_are_one_character),
        cmocka_unit_test(whole_numbers_are_read_exactly_and_within_their_limits),
        cmocka_unit_test(decimals_are_short_and_exact),
        cmocka_unit_test(decimals_have_a_point_in_every_locale),
        cmocka_unit_test(times_are_those_of_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
