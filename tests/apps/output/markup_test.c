/* Numbers in markup. */
#include "output/markup.h"
#include "support/check.h"

static void assert_decimal(double value, unsigned decimals, const char *expected) {
    lm_buffer output = {0};
    markup_decimal(&output, value, decimals);
    assert_string_equal(lm_buffer_text(&output), expected);
    lm_buffer_free(&output);
}

static void decimals_are_rounded_and_short(void **state) {
    (void)state;
    assert_decimal(0, 2, "0");
    assert_decimal(1.005, 1, "1");
    assert_decimal(0.05, 2, "0.05");
    assert_decimal(12.34567, 3, "12.346");
    assert_decimal(99.999, 2, "100");
    assert_decimal(-0.25, 2, "-0.25");
    assert_decimal(-0.001, 2, "0");
    assert_decimal(1000.7, 0, "1001");
}

static void counts_are_grouped_by_thousands(void **state) {
    (void)state;
    static const struct {
        uint64_t count;
        const char *expected;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_buffer output = {0};
        markup_count(&output, cases[i].count);
        assert_string_equal(lm_buffer_text(&output), cases[i].expected);
        lm_buffer_free(&output);
    }
}

static void what_is_counted_stands_in_the_singular_only_once(void **state) {
    (void)state;
    lm_buffer output = {0};
    for (uint64_t count = 0; count <= 2000; count = count < 2 ? count + 1 : count * 1000) {
        markup_counted(&output, count, "byte", "bytes");
        lm_buffer_append_text(&output, ";");
    }
    assert_string_equal(lm_buffer_text(&output), "0 bytes;1 byte;2 bytes;2,000 bytes;");
    lm_buffer_free(&output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_rounded_and_short),
        cmocka_unit_test(counts_are_grouped_by_thousands),
        cmocka_unit_test(what_is_counted_stands_in_the_singular_only_once),
    };
    return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
