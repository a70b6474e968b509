#include "support/check.h"

#include <inttypes.h>

void test_check_status(pal_error error, pal_status expected, const char *what, const char *file, int line) {
    if (error.status == expected)
        return;
    char text[PAL_ERROR_TEXT_SIZE];
    print_error("%s is %s, not %s: %s\n", what, pal_status_name(error.status), pal_status_name(expected),
                pal_error_text(error, text, sizeof text));
    _fail(file, line);
}

void test_check_between(uint64_t value, uint64_t minimum, uint64_t maximum, const char *what, const char *file, int line) {
    if (minimum <= value && value <= maximum)
        return;
    print_error("%s is %" PRIu64 ", not from %" PRIu64 " to %" PRIu64 "\n", what, value, minimum, maximum);
    _fail(file, line);
}
