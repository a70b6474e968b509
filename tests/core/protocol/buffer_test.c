#include "loopmsg/buffer.h"
#include "support/check.h"

#include <string.h>

static void assert_content(const lm_buffer *buffer, const char *expected) {
    assert_false(buffer->failed);
    assert_int_equal(buffer->size, strlen(expected));
    assert_memory_equal(buffer->bytes, expected, strlen(expected));
}

static void appended_bytes_stand_one_after_the_other(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    lm_buffer_append(&buffer, "one\0two", 7);
    lm_buffer_append_text(&buffer, ", three");
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, 14);
    assert_memory_equal(buffer.bytes, "one\0two, three", 14);
    lm_buffer_free(&buffer);
}

static void appending_nothing_owns_nothing(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    lm_buffer_append(&buffer, NULL, 0);
    lm_buffer_append_text(&buffer, "");
    assert_null(buffer.bytes);
    assert_int_equal(buffer.capacity, 0);
    assert_false(buffer.failed);
}

static void capacity_is_the_smallest_power_of_two_that_holds_the_bytes(void **state) {
    (void)state;
    static const struct {
        size_t size, capacity;
    } cases[] = {{1, 1}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {1000, 1024}, {1024, 1024}, {1025, 2048}};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_buffer whole = {0};
        lm_buffer bytewise = {0};
        memset(lm_buffer_reserve(&whole, cases[i].size), 'a', cases[i].size);
        for (size_t n = 0; n < cases[i].size; n++)
            lm_buffer_append(&bytewise, "a", 1);
        assert_int_equal(whole.capacity, cases[i].capacity);
        assert_int_equal(bytewise.capacity, cases[i].capacity);
        assert_int_equal(bytewise.size, cases[i].size);
        assert_memory_equal(bytewise.bytes, whole.bytes, cases[i].size);
        lm_buffer_free(&whole);
        lm_buffer_free(&bytewise);
    }
}

static void a_reserved_place_lies_behind_the_content_and_counts_when_the_caller_says_so(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    assert_non_null(lm_buffer_reserve(&buffer, 0));
    lm_buffer_append_text(&buffer, "ab");
    uint8_t *place = lm_buffer_reserve(&buffer, 100);
    assert_ptr_equal(place, buffer.bytes + 2);
    memcpy(place, "cd", 2);
    assert_content(&buffer, "ab");
    buffer.size += 2;
    assert_content(&buffer, "abcd");
    lm_buffer_free(&buffer);
}

static void without_memory_nothing_is_appended_until_the_next_clear(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    lm_buffer_append_text(&buffer, "kept");
    assert_null(lm_buffer_reserve(&buffer, SIZE_MAX));         /* the sum is over SIZE_MAX */
    assert_null(lm_buffer_reserve(&buffer, SIZE_MAX / 2 + 1)); /* no power of two holds it */
    assert_true(buffer.failed);
    lm_buffer_append_text(&buffer, "x");
    assert_null(lm_buffer_reserve(&buffer, 1));
    assert_int_equal(buffer.size, 4);
    assert_memory_equal(buffer.bytes, "kept", 4);

    lm_buffer_clear(&buffer);
    lm_buffer_append_text(&buffer, "new");
    assert_content(&buffer, "new");

    assert_null(lm_buffer_reserve(&buffer, SIZE_MAX / 2 + 1));
    assert_true(buffer.failed);
    lm_buffer_free(&buffer);
}

static void the_content_is_also_a_terminated_string_whose_end_does_not_count(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    assert_string_equal(lm_buffer_text(&buffer), "");
    lm_buffer_append_text(&buffer, "four");
    memset(lm_buffer_reserve(&buffer, 4), 'x', 4);
    assert_string_equal(lm_buffer_text(&buffer), "four");
    assert_content(&buffer, "four");
    lm_buffer_append_text(&buffer, " and");
    assert_int_equal(buffer.capacity, 8); /* full: the terminator wants more */
    assert_string_equal(lm_buffer_text(&buffer), "four and");
    lm_buffer_free(&buffer);
}

static void a_buffer_that_has_failed_is_an_empty_string(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    lm_buffer_append_text(&buffer, "half of it");
    assert_null(lm_buffer_reserve(&buffer, SIZE_MAX));
    assert_string_equal(lm_buffer_text(&buffer), "");
    lm_buffer_free(&buffer);
}

static void consuming_removes_from_the_front_and_at_most_all(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    lm_buffer_consume(&buffer, 1);
    lm_buffer_append_text(&buffer, "abcdef");
    lm_buffer_consume(&buffer, 0);
    assert_content(&buffer, "abcdef");
    lm_buffer_consume(&buffer, 2);
    assert_content(&buffer, "cdef");
    lm_buffer_consume(&buffer, 4);
    assert_int_equal(buffer.size, 0);
    lm_buffer_append_text(&buffer, "gh");
    lm_buffer_consume(&buffer, 3);
    assert_int_equal(buffer.size, 0);
    lm_buffer_free(&buffer);
}

static void clear_keeps_the_memory_and_free_gives_it_back(void **state) {
    (void)state;
    lm_buffer buffer = {0};
    lm_buffer_append_text(&buffer, "abc");
    const uint8_t *bytes = buffer.bytes;
    lm_buffer_clear(&buffer);
    assert_int_equal(buffer.size, 0);
    assert_ptr_equal(buffer.bytes, bytes);
    assert_int_equal(buffer.capacity, 4);
    lm_buffer_free(&buffer);
    assert_null(buffer.bytes);
    assert_int_equal(buffer.capacity, 0);
    lm_buffer_free(&buffer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_bytes_stand_one_after_the_other),
        cmocka_unit_test(appending_nothing_owns_nothing),
        cmocka_unit_test(capacity_is_the_smallest_power_of_two_that_holds_the_bytes),
        cmocka_unit_test(a_reserved_place_lies_behind_the_content_and_counts_when_the_caller_says_so),
        cmocka_unit_test(without_memory_nothing_is_appended_until_the_next_clear),
        cmocka_unit_test(the_content_is_also_a_terminated_string_whose_end_does_not_count),
        cmocka_unit_test(a_buffer_that_has_failed_is_an_empty_string),
        cmocka_unit_test(consuming_removes_from_the_front_and_at_most_all),
        cmocka_unit_test(clear_keeps_the_memory_and_free_gives_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
