/* The contract of pal/status.h. */
#include "pal/status.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define STATUSES (PAL_OTHER + 1)

static void success_is_no_error(void **state) {
    (void)state;
    assert_int_equal(pal_ok().status, PAL_OK);
    assert_int_equal(pal_ok().os_code, 0);
    assert_int_equal(pal_error_of(PAL_RESET).status, PAL_RESET);
    assert_int_equal(pal_error_of(PAL_RESET).os_code, 0);
}

static void each_status_has_a_text_of_its_own_on_one_line(void **state) {
    (void)state;
    static char texts[STATUSES][PAL_ERROR_TEXT_SIZE];
    for (int i = 0; i < STATUSES; i++) {
        pal_error error = pal_error_of((pal_status)i);
        assert_ptr_equal(pal_error_text(error, texts[i], sizeof texts[i]), texts[i]);
        assert_int_not_equal(texts[i][0], '\0');
        assert_null(strpbrk(texts[i], "\r\n"));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(texts[i], texts[j]);
    }
}

static void each_status_has_a_word_of_its_own(void **state) {
    (void)state;
    for (int i = 0; i < STATUSES; i++) {
        const char *name = pal_status_name((pal_status)i);
        assert_between(strlen(name), 2, 30);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, pal_status_name((pal_status)j));
    }
    assert_string_equal(pal_status_name(PAL_REFUSED), "refused");
    assert_string_equal(pal_status_name(PAL_TIMED_OUT), "timed_out");
}

/* Small codes exist on every system. A backend must survive codes that it does not know. */
static void the_code_of_the_system_stands_in_the_text(void **state) {
    (void)state;
    static const int codes[] = {1, 2, 13, 104, 111, 10054, 10061, 12345, -7};
    for (size_t i = 0; i < TEST_COUNT(codes); i++) {
        for (int status = PAL_END; status < STATUSES; status++) {
            char plain[PAL_ERROR_TEXT_SIZE], text[PAL_ERROR_TEXT_SIZE], number[16];
            pal_error_text(pal_error_of((pal_status)status), plain, sizeof plain);
            pal_error_text((pal_error){(pal_status)status, codes[i]}, text, sizeof text);
            snprintf(number, sizeof number, "%d", codes[i]);
            /* Instead of a bare "system error", the text has the system's own words. */
            if (status != PAL_OTHER)
                assert_memory_equal(text, plain, strlen(plain));
            assert_non_null(strstr(text, number));
            assert_null(strpbrk(text, "\r\n"));
        }
    }
}

static void what_is_no_code_of_a_socket_has_no_names(void **state) {
    (void)state;
    const pal_error errors[] = {{PAL_OK, 0}, {PAL_REFUSED, 0}, {PAL_OTHER, 12345}, {PAL_OTHER, -7}, {PAL_NAME_NOT_FOUND, 111}};
    for (size_t i = 0; i < TEST_COUNT(errors); i++) {
        const char *posix = "", *winsock = "";
        assert_false(pal_error_names(errors[i], &posix, &winsock));
        assert_null(posix);
        assert_null(winsock);
    }
}

static void a_short_buffer_is_terminated(void **state) {
    (void)state;
    pal_error error = {PAL_REFUSED, 111};
    char whole[PAL_ERROR_TEXT_SIZE];
    pal_error_text(error, whole, sizeof whole);
    for (size_t size = 1; size <= strlen(whole) + 1; size++) {
        char text[PAL_ERROR_TEXT_SIZE];
        memset(text, '?', sizeof text);
        pal_error_text(error, text, size);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, whole, size - 1);
        assert_int_equal(text[size], '?');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_is_no_error),
        cmocka_unit_test(each_status_has_a_text_of_its_own_on_one_line),
        cmocka_unit_test(each_status_has_a_word_of_its_own),
        cmocka_unit_test(the_code_of_the_system_stands_in_the_text),
        cmocka_unit_test(what_is_no_code_of_a_socket_has_no_names),
        cmocka_unit_test(a_short_buffer_is_terminated),
    };
    return cmocka_run_group_tests_name("statuses", tests, NULL, NULL);
}
