#include "loopmsg/version.h"
#include "support/check.h"

#include <stdio.h>

#if LOOPMSG_VERSION_NUMBER < LOOPMSG_VERSION_NUMBER_OF(0, 1, 0)
#error "this version is not older than the first"
#endif
#if LOOPMSG_VERSION_NUMBER_OF(0, 9, 999) >= LOOPMSG_VERSION_NUMBER_OF(0, 10, 0)
#error "0.9.999 is older than 0.10.0"
#endif
#if LOOPMSG_VERSION_NUMBER_OF(0, 999, 999) >= LOOPMSG_VERSION_NUMBER_OF(1, 0, 0)
#error "0.999.999 is older than 1.0.0"
#endif

static void headers_library_and_package_have_one_version(void **state) {
    (void)state;
    char version[32];
    (void)snprintf(version, sizeof version, "%d.%d.%d", LOOPMSG_VERSION_MAJOR, LOOPMSG_VERSION_MINOR, LOOPMSG_VERSION_PATCH);
    assert_string_equal(lm_version(), version);
    assert_string_equal(lm_version(), PACKAGE_VERSION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_library_and_package_have_one_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
