/* The contract of pal/service.h for a process that no manager has started. What a manager sees is tested with the program, in
 * tests/apps. */
#include "pal/service.h"
#include "support/check.h"

#include <stdlib.h>

/* ctest also runs this program with variables that are meant for another process. No process that this one starts may see them. */
static void nothing_is_handed_over_where_there_is_no_manager(void **state) {
    (void)state;
    pal_socket sockets[2];
    size_t count = 99;
    assert_ok(pal_service_take_sockets(sockets, TEST_COUNT(sockets), &count));
    assert_int_equal(count, 0);
    static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
    for (size_t i = 0; i < TEST_COUNT(names); i++)
        assert_null(getenv(names[i]));
}

static void notifying_nobody_is_no_error(void **state) {
    (void)state;
    assert_ok(pal_service_notify_ready());
    assert_ok(pal_service_notify_stopping(1));
    assert_ok(pal_service_notify_ended(1));
}

static void never(void *context) {
    (void)context;
}

static void a_process_that_no_manager_started_cannot_be_connected(void **state) {
    (void)state;
    assert_int_not_equal(pal_service_connect(never, NULL).status, PAL_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_handed_over_where_there_is_no_manager),
        cmocka_unit_test(notifying_nobody_is_no_error),
        cmocka_unit_test(a_process_that_no_manager_started_cannot_be_connected),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
