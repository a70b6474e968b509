/* CMocka with the headers that it needs before it, and the assertions about a pal_error that every suite uses. */
#ifndef TEST_SUPPORT_CHECK_H
#define TEST_SUPPORT_CHECK_H

#include "pal/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* CMocka 2 defines a macro with a name of our functions. */
#undef stop

/* A port where nobody listens: tcpmux (RFC 1078) is out of use, and the system never gives out such a low port. A port that was
 * free a moment ago will not do: another test may have got it since. */
#define TEST_REFUSING_PORT 1

#define TEST_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Fails the test, with ERROR as text, unless its status is EXPECTED. Like every assertion, for the test's own thread only. */
#define assert_status(error, expected) test_check_status((error), (expected), #error, __FILE__, __LINE__)
#define assert_ok(error) assert_status(error, PAL_OK)

/* Fails the test unless MINIMUM <= VALUE <= MAXIMUM, all of them unsigned. CMocka 1 and 2 share no such assertion. */
#define assert_between(value, minimum, maximum)                                                                                    \
    test_check_between((uint64_t)(value), (uint64_t)(minimum), (uint64_t)(maximum), #value, __FILE__, __LINE__)

void test_check_status(pal_error error, pal_status expected, const char *what, const char *file, int line);
void test_check_between(uint64_t value, uint64_t minimum, uint64_t maximum, const char *what, const char *file, int line);

#endif
