#include "support/check.h"

void test_check_status(pal_error error, pal_status expected, const char *what, const char *file, int line) {
    if (error.status == expected)
        return;
    char text[PAL_ERROR_TEXT_SIZE];
    print_error("%s is %s, not %s: %s\n", what, pal_status_name(error.status), pal_status_name(expected),
                pal_error_text(error, text, sizeof text));
    _fail(file, line);
}
