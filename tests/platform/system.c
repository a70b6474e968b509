/* The contract of pal/system.h. */
#include "pal/system.h"
#include "pal/clock.h"
#include "support/loop.h"

#include <string.h>

static void the_system_describes_itself_on_one_line(void **state) {
    (void)state;
    char text[200];
    assert_ptr_equal(pal_system_description(text, sizeof text), text);
    assert_between(strlen(text), 3, sizeof text - 1);
    assert_null(strpbrk(text, "\r\n"));
    char cut[4] = {'?', '?', '?', '?'};
    pal_system_description(cut, sizeof cut);
    assert_int_equal(strlen(cut), sizeof cut - 1);
    assert_memory_equal(cut, text, sizeof cut - 1);
}

static void the_descriptor_limit_once_raised_stays(void **state) {
    (void)state;
    uint64_t limit = pal_system_raise_descriptor_limit();
    assert_true(limit >= 64);
    assert_true(pal_system_raise_descriptor_limit() == limit);
}

static void there_is_a_processor(void **state) {
    (void)state;
    assert_between(pal_processor_count(), 1, 1 << 16);
}

static void work_uses_processor_time(void **state) {
    (void)state;
    uint64_t begin_ns = pal_system_processor_time_ns();
    uint64_t deadline_ns = pal_clock_now_ns() + TEST_DEADLINE_NS;
    while (pal_system_processor_time_ns() < begin_ns + 50 * PAL_MILLISECOND_NS)
        assert_true(pal_clock_now_ns() < deadline_ns);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_describes_itself_on_one_line),
        cmocka_unit_test(the_descriptor_limit_once_raised_stays),
        cmocka_unit_test(there_is_a_processor),
        cmocka_unit_test(work_uses_processor_time),
    };
    return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
