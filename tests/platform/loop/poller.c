/* LOOPMSG_POLLER in the environment names the poller. ctest runs this program without it and with each name, also with one that no
 * system has. So no suite tests another poller than it names. */
#include "pal/loop.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

static void the_environment_names_the_poller(void **state) {
    (void)state;
    const char *name = getenv("LOOPMSG_POLLER");
    pal_loop loop;
    pal_error error = pal_loop_open(&loop);
    if (name != NULL && strcmp(name, "no-such-poller") == 0) {
        assert_status(error, PAL_UNSUPPORTED);
        return;
    }
    assert_ok(error);
    assert_int_not_equal(pal_loop_poller(&loop)[0], '\0');
    if (name != NULL)
        assert_string_equal(pal_loop_poller(&loop), name);
    print_message("poller: %s\n", pal_loop_poller(&loop));
    pal_loop_close(&loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_names_the_poller),
    };
    return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
