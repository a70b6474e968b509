#include "loopmsg/text.h"
#include "support/check.h"
#include "support/random.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void text_function(lm_buffer *output, const void *bytes, size_t size);

/* Each input lies in memory of exactly its size, so that a sanitizer sees a read past its end. CMocka's memory has guards around
 * it. */
static void text_run(text_function *function, const void *bytes, size_t size, lm_buffer *output) {
    uint8_t *copy = malloc(size != 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    function(output, copy, size);
    free(copy);
    assert_false(output->failed);
}

static void assert_text(text_function *function, const void *bytes, size_t size, const char *expected) {
    lm_buffer output = {0};
    lm_buffer_append_text(&output, ">");
    text_run(function, bytes, size, &output);
    assert_string_equal(lm_buffer_text(&output) + 1, expected);
    lm_buffer_free(&output);
}

#define INPUT(literal) (literal), sizeof(literal) - 1
#define BAD "\xef\xbf\xbd"

typedef struct text_case {
    const char *bytes;
    size_t size;
    const char *expected;
} text_case;

static void assert_cases(text_function *function, const text_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        assert_text(function, cases[i].bytes, cases[i].size, cases[i].expected);
}

static void printable_text_of_any_language_stays_as_it_is(void **state) {
    (void)state;
    static const text_case cases[] = {
        {INPUT(""), ""},
        {INPUT("hello,im server"), "hello,im server"},
        {INPUT(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"), " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
        {INPUT("Gr\xc3\xbc\xc3\x9f"
               "e, \xe4\xbd\xa0\xe5\xa5\xbd, \xf0\x9f\x99\x82"),
         "Gr\xc3\xbc\xc3\x9f"
         "e, \xe4\xbd\xa0\xe5\xa5\xbd, \xf0\x9f\x99\x82"},
    };
    assert_cases(lm_text_sanitise, cases, TEST_COUNT(cases));
}

static void control_characters_are_escaped(void **state) {
    (void)state;
    static const text_case cases[] = {
        {INPUT("a\nb\r\n"), "a\\x0ab\\x0d\\x0a"},
        {INPUT("\0\t\x1b[31mred\x7f"), "\\x00\\x09\\x1b[31mred\\x7f"},
        {INPUT("\xc2\x9b"
               "31m"),
         "\\u009b31m"},
        {INPUT("one\xe2\x80\xa8two\xe2\x80\xa9"), "one\\u2028two\\u2029"},
        {INPUT("\xe2\x80\xaegnp.exe"), "\\u202egnp.exe"},
        {INPUT("\xd8\x9c\xe2\x81\xa6"), "\\u061c\\u2066"},
    };
    assert_cases(lm_text_sanitise, cases, TEST_COUNT(cases));
}

static void each_maximal_ill_formed_part_becomes_one_replacement_character(void **state) {
    (void)state;
    static const text_case cases[] = {
        /* the examples of the Unicode standard 15, 3.9, tables 3-8 to 3-11 */
        {INPUT("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"), BAD BAD BAD BAD BAD BAD BAD BAD "A"},
        {INPUT("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"), BAD BAD BAD BAD BAD BAD BAD BAD "A"},
        {INPUT("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"), BAD BAD BAD BAD BAD "A" BAD BAD "B"},
        {INPUT("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), BAD BAD BAD BAD "A"},
        /* sequences that the end cuts */
        {INPUT("a\xc3"), "a" BAD},
        {INPUT("a\xe2\x82"), "a" BAD},
        {INPUT("a\xf0\x9f\x99"), "a" BAD},
        {INPUT("\xf0\x80"), BAD BAD},
        /* what follows a broken sequence is read afresh */
        {INPUT("\xe2\x82\n\xe2\x82\xac"), BAD "\\x0a\xe2\x82\xac"},
        {INPUT("\xf5\x80\x80\x80"), BAD BAD BAD BAD},
        {INPUT("\xc1\xbf"), BAD BAD},
    };
    assert_cases(lm_text_sanitise, cases, TEST_COUNT(cases));
}

static void json_strings_escape_what_ends_them_and_what_text_escapes(void **state) {
    (void)state;
    static const text_case cases[] = {
        {INPUT(""), "\"\""},
        {INPUT("plain \xe2\x82\xac"), "\"plain \xe2\x82\xac\""},
        {INPUT("\"a\\b/\""), "\"\\\"a\\\\b/\\\"\""},
        {INPUT("\0\n\x1b\x7f"), "\"\\u0000\\u000a\\u001b\\u007f\""},
        {INPUT("\xc2\x9b\xe2\x80\xa8\xe2\x80\xae"), "\"\\u009b\\u2028\\u202e\""},
        {INPUT("a\xff\xe2\x82"), "\"a" BAD BAD "\""},
    };
    assert_cases(lm_text_json, cases, TEST_COUNT(cases));
}

/* The bits of RFC 3629, also for what is no character. */
static size_t encode(uint32_t code_point, char *bytes) {
    static const unsigned leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    bytes[0] = (char)(leads[size] | code_point);
    return size;
}

static bool is_listed(uint32_t code_point) {
    static const uint32_t ranges[][2] = {{0, 0x1f},        {0x7f, 0x9f},     {0x061c, 0x061c},
                                         {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    for (size_t i = 0; i < TEST_COUNT(ranges); i++) {
        if (code_point >= ranges[i][0] && code_point <= ranges[i][1])
            return true;
    }
    return false;
}

static void every_code_point_stays_or_is_escaped_as_documented(void **state) {
    (void)state;
    lm_buffer output = {0};
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        char bytes[4];
        char expected[16] = "";
        size_t size = encode(code_point, bytes);
        if (code_point >= 0xd800 && code_point <= 0xdfff)
            strcpy(expected, BAD BAD BAD);
        else if (is_listed(code_point))
            snprintf(expected, sizeof expected, code_point < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code_point);
        else
            memcpy(expected, bytes, size);
        size_t expected_size = code_point == 0 ? 4 : strlen(expected);
        lm_buffer_clear(&output);
        lm_text_sanitise(&output, bytes, size);
        if (output.size != expected_size || memcmp(output.bytes, expected, expected_size) != 0)
            fail_msg("U+%04X", (unsigned)code_point);
    }
    lm_buffer_free(&output);
}

static void text_made_fit_is_fit_and_stays_the_same(void **state) {
    (void)state;
    static const uint8_t pool[] = {0xe2, 0x80, 0xae, 0xf0, 0x9f, 0x99, 0x82, 0xc2, 0x9b,
                                   0xed, 0xa0, 0xf4, 0x90, 'a',  '\\', '\n', 0xff, 0xbf};
    uint64_t random = 1;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[24];
        size_t size = (size_t)test_random_below(&random, sizeof bytes + 1);
        for (size_t i = 0; i < size; i++)
            bytes[i] = pool[test_random_below(&random, sizeof pool)];
        lm_buffer once = {0};
        lm_buffer twice = {0};
        text_run(lm_text_sanitise, bytes, size, &once);
        if (once.size > 0)
            text_run(lm_text_sanitise, once.bytes, once.size, &twice);
        assert_int_equal(twice.size, once.size);
        if (once.size > 0)
            assert_memory_equal(twice.bytes, once.bytes, once.size);
        lm_buffer_free(&once);
        lm_buffer_free(&twice);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_of_any_language_stays_as_it_is),
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(each_maximal_ill_formed_part_becomes_one_replacement_character),
        cmocka_unit_test(json_strings_escape_what_ends_them_and_what_text_escapes),
        cmocka_unit_test(every_code_point_stays_or_is_escaped_as_documented),
        cmocka_unit_test(text_made_fit_is_fit_and_stays_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
