/* UTF-8 that arrives in pieces. */
#include "pal/utf8.h"
#include "support/check.h"

#include <string.h>

static void a_character_that_is_not_whole_is_unfinished_from_its_first_byte_on(void **state) {
    (void)state;
    static const char *const characters[] = {"a", "\xc3\xa4", "\xe2\x94\x80", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < TEST_COUNT(characters); i++) {
        size_t whole = strlen(characters[i]);
        for (size_t size = 1; size <= whole; size++) {
            char text[16] = "before \xc3\xa4";
            size_t before = strlen(text);
            memcpy(text + before, characters[i], size);
            assert_int_equal(pal_utf8_unfinished_size(text, before + size), size < whole ? size : 0);
            assert_int_equal(pal_utf8_unfinished_size(characters[i], size), size < whole ? size : 0);
        }
    }
}

static void what_no_rest_can_complete_is_not_waited_for(void **state) {
    (void)state;
    static const char *const texts[] = {"", "a\x80", "\x80\x80\x80", "\xc3\xa4\x80", "\xf0\x9f\x98\x80\x80"};
    for (size_t i = 0; i < TEST_COUNT(texts); i++)
        assert_int_equal(pal_utf8_unfinished_size(texts[i], strlen(texts[i])), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_that_is_not_whole_is_unfinished_from_its_first_byte_on),
        cmocka_unit_test(what_no_rest_can_complete_is_not_waited_for),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
