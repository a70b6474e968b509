/* Text put together from pieces. */
#include "output/append.h"
#include "support/check.h"

#include <string.h>

static void pieces_stand_one_after_the_other_as_they_are(void **state) {
    (void)state;
    lm_buffer text = {0};
    text_append(&text, "one");
    text_append(&text, ", ", "", "t\two", "\n");
    blanks_append(&text, 0);
    blanks_append(&text, 3);
    assert_string_equal(lm_buffer_text(&text), "one, t\two\n   ");
    lm_buffer_free(&text);
}

static void a_line_holds_nothing_that_ends_it_early_or_drives_a_terminal(void **state) {
    (void)state;
    lm_buffer text = {0};
    line_append(&text, "one\n", "two\x1b[2J");
    line_append(&text, "three");
    assert_string_equal(lm_buffer_text(&text), "one\\x0atwo\\x1b[2J\nthree\n");
    lm_buffer_free(&text);
}

static void an_array_is_filled_to_its_end_and_no_further(void **state) {
    (void)state;
    static const char whole[] = "begun: one, two";
    for (size_t size = sizeof "begun: "; size <= sizeof whole + 1; size++) {
        char array[sizeof whole + 1] = "begun: ";
        array[size < sizeof array ? size : sizeof array - 1] = '?';
        assert_ptr_equal(array_append(array, size, "one", ", ", "two"), array);
        assert_int_equal(strlen(array), size < sizeof whole ? size - 1 : sizeof whole - 1);
        assert_memory_equal(array, whole, strlen(array));
        if (size < sizeof array)
            assert_int_equal(array[size], '?');
    }
}

static void characters_that_have_an_escape_are_replaced(void **state) {
    (void)state;
    static const text_escape escapes[] = {{'a', "<A>"}, {'\'', "''"}, {'\0', NULL}};
    lm_buffer text = {0};
    escaped_append(&text, "banana's", strlen("banana's") - 1, escapes);
    assert_string_equal(lm_buffer_text(&text), "b<A>n<A>n<A>''");
    lm_buffer_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_stand_one_after_the_other_as_they_are),
        cmocka_unit_test(a_line_holds_nothing_that_ends_it_early_or_drives_a_terminal),
        cmocka_unit_test(characters_that_have_an_escape_are_replaced),
        cmocka_unit_test(an_array_is_filled_to_its_end_and_no_further),
    };
    return cmocka_run_group_tests_name("text from pieces", tests, NULL, NULL);
}
