/* Text broken into lines. */
#include "loopmsg/buffer.h"
#include "output/wrap.h"
#include "support/check.h"

#include <string.h>

#define UMLAUT "\xc3\xa4"

typedef struct wrap_case {
    const char *text;
    size_t width;
    const char *lines; /* joined by a stroke */
} wrap_case;

static void assert_lines(const wrap *rule, const wrap_case *expected) {
    wrap text = *rule;
    text.bytes = (const uint8_t *)expected->text;
    text.size = strlen(expected->text);
    lm_buffer lines = {0};
    wrap_line line;
    for (const char *before = ""; wrap_next(&text, expected->width, &line); before = "|") {
        assert_int_equal(line.columns, columns_of(line.bytes, line.size));
        assert_true(line.columns <= expected->width || !rule->cuts_words);
        lm_buffer_append_text(&lines, before);
        lm_buffer_append(&lines, line.bytes, line.size);
    }
    assert_string_equal(lm_buffer_text(&lines), expected->lines);
    lm_buffer_free(&lines);
}

static void text_is_broken_at_blanks(void **state) {
    (void)state;
    static const wrap rules[] = {{.cuts_words = false}, {.cuts_words = true}};
    static const wrap_case cases[] = {
        {"", 5, ""},
        {"one", 5, "one"},
        {"one", 3, "one"},
        {"one two", 7, "one two"},
        {"one two", 6, "one|two"},
        {"one two", 3, "one|two"},
        {"one two three", 7, "one two|three"},
        {UMLAUT UMLAUT " " UMLAUT UMLAUT, 2, UMLAUT UMLAUT "|" UMLAUT UMLAUT},
        {UMLAUT UMLAUT " " UMLAUT UMLAUT, 5, UMLAUT UMLAUT " " UMLAUT UMLAUT},
    };
    for (size_t i = 0; i < TEST_COUNT(rules); i++) {
        for (size_t j = 0; j < TEST_COUNT(cases); j++)
            assert_lines(&rules[i], &cases[j]);
    }
}

static void a_line_ending_ends_a_line(void **state) {
    (void)state;
    static const wrap rule = {.cuts_words = false};
    static const wrap_case cases[] = {
        {"one\ntwo", 9, "one|two"},  {"one\n\ntwo", 9, "one||two"}, {"one\ntwo", 3, "one|two"},
        {"one \ntwo", 3, "one|two"}, {"one two\n", 3, "one|two"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++)
        assert_lines(&rule, &cases[i]);
}

static void blanks_belong_to_no_line_where_one_was_broken_and_stay_elsewhere(void **state) {
    (void)state;
    static const wrap rule = {.cuts_words = false};
    static const wrap_case cases[] = {
        {"one   two", 5, "one|two"}, {"one   two", 9, "one   two"}, {"  one two", 5, "  one|two"},
        {"one two ", 3, "one|two"},  {"one   ", 3, "one"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++)
        assert_lines(&rule, &cases[i]);
}

static void a_word_that_is_longer_than_a_line_stays_whole_or_is_cut(void **state) {
    (void)state;
    static const wrap whole = {.cuts_words = false};
    static const wrap_case wholes[] = {
        {"onetwo", 4, "onetwo"}, {"one twothree four", 5, "one|twothree|four"}, {"onetwothree four", 4, "onetwothree|four"}};
    static const wrap cut = {.cuts_words = true};
    static const wrap_case cuts[] = {
        {"onetwo", 4, "onet|wo"}, {"one twothree", 5, "one|twoth|ree"}, {UMLAUT UMLAUT UMLAUT, 2, UMLAUT UMLAUT "|" UMLAUT}};
    for (size_t i = 0; i < TEST_COUNT(wholes); i++)
        assert_lines(&whole, &wholes[i]);
    for (size_t i = 0; i < TEST_COUNT(cuts); i++)
        assert_lines(&cut, &cuts[i]);
}

static void a_number_stays_with_the_word_behind_it_where_that_is_asked_for(void **state) {
    (void)state;
    static const wrap parts = {.keeps_numbers = false};
    static const wrap_case parted = {"took 12 ms", 7, "took 12|ms"};
    static const wrap keeps = {.keeps_numbers = true};
    static const wrap_case kept[] = {{"took 12 ms", 7, "took|12 ms"}, {"took 12 ms", 2, "took|12 ms"}};
    assert_lines(&parts, &parted);
    for (size_t i = 0; i < TEST_COUNT(kept); i++)
        assert_lines(&keeps, &kept[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_broken_at_blanks),
        cmocka_unit_test(a_line_ending_ends_a_line),
        cmocka_unit_test(blanks_belong_to_no_line_where_one_was_broken_and_stay_elsewhere),
        cmocka_unit_test(a_word_that_is_longer_than_a_line_stays_whole_or_is_cut),
        cmocka_unit_test(a_number_stays_with_the_word_behind_it_where_that_is_asked_for),
    };
    return cmocka_run_group_tests_name("wrapped text", tests, NULL, NULL);
}
