#include "loopmsg/template.h"
#include "support/check.h"

#include <string.h>

static void assert_filled(const char *text, const char *message, size_t message_size, const char *expected, size_t expected_size) {
    lm_template template_;
    size_t wrong = SIZE_MAX;
    lm_buffer output = {0};
    lm_buffer_append_text(&output, "> ");
    assert_true(lm_template_parse(&template_, text, &wrong));
    lm_template_append(&template_, &output, message, message_size);
    assert_false(output.failed);
    assert_int_equal(output.size, expected_size + 2);
    assert_memory_equal(output.bytes, "> ", 2);
    assert_memory_equal(output.bytes + 2, expected, expected_size);
    lm_buffer_free(&output);
}

static void the_message_stands_in_each_place_and_doubled_braces_are_single_ones(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"{message}", "MSG"},
        {"loop_msg:{message}!", "loop_msg:MSG!"},
        {"{message}{message}, {message}", "MSGMSG, MSG"},
        {"{{", "{"},
        {"}}", "}"},
        {"{{}}", "{}"},
        {"{{message}}", "{message}"},
        {"{{{message}}}", "{MSG}"},
        {"{{{{message}}}}", "{{message}}"},
        {"\xc3\xa4{message}\xe2\x82\xac", "\xc3\xa4MSG\xe2\x82\xac"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++)
        assert_filled(cases[i].text, "MSG", 3, cases[i].expected, strlen(cases[i].expected));
}

static void any_bytes_of_a_message_are_taken_as_they_are(void **state) {
    (void)state;
    assert_filled("<{message}>", "a\0\xff\n", 4, "<a\0\xff\n>", 6);
    assert_filled("<{message}>", "{message}}{", 11, "<{message}}{>", 13);
    assert_filled("<{message}>", NULL, 0, "<>", 2);
}

static void a_brace_that_means_nothing_is_refused_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t wrong;
    } cases[] = {
        {"{", 0},
        {"}", 0},
        {"abc{", 3},
        {"abc}def", 3},
        {"{name}", 0},
        {"{message", 0},
        {"{message }", 0},
        {"{Message}", 0},
        {"{{{", 2},
        {"}}}", 2},
        {"{{message}", 9},
        {"{message}}", 9},
        {"{}", 0},
        {"{{} ", 2},
        {"\xc3\xa4\xc3\xa4{", 4},
        {"{message}{message", 9},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_template template_;
        size_t wrong = SIZE_MAX;
        assert_false(lm_template_parse(&template_, cases[i].text, &wrong));
        assert_int_equal(wrong, cases[i].wrong);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_stands_in_each_place_and_doubled_braces_are_single_ones),
        cmocka_unit_test(any_bytes_of_a_message_are_taken_as_they_are),
        cmocka_unit_test(a_brace_that_means_nothing_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
