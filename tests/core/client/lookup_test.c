#include "loopmsg/lookup.h"
#include "support/check.h"

#include <stdio.h>

typedef pal_error list_function(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                size_t *count);

typedef struct list_case {
    const char *text;
    pal_family family;
    const char *expected; /* the addresses, each with a space after it; "" for NAME_NOT_FOUND */
} list_case;

static void assert_lists(list_function *function, const list_case *cases, size_t case_count) {
    for (size_t i = 0; i < case_count; i++) {
        lm_endpoint endpoint;
        pal_address addresses[16];
        size_t count = SIZE_MAX;
        char text[16 * (PAL_ADDRESS_TEXT_SIZE + 1)] = "";
        size_t size = 0;
        assert_null(lm_endpoint_parse(&endpoint, cases[i].text));
        pal_error error = function(&endpoint, cases[i].family, addresses, TEST_COUNT(addresses), &count);
        assert_status(error, cases[i].expected[0] != '\0' ? PAL_OK : PAL_NAME_NOT_FOUND);
        assert_between(count, 0, TEST_COUNT(addresses));
        for (size_t n = 0; n < count; n++) {
            char one[PAL_ADDRESS_TEXT_SIZE];
            size += (size_t)snprintf(text + size, sizeof text - size, "%s ", pal_address_format(&addresses[n], one, sizeof one));
        }
        assert_string_equal(text, cases[i].expected);
    }
}

static void a_server_listens_on_every_address_where_no_host_is_given(void **state) {
    (void)state;
    static const list_case cases[] = {
        {"80", PAL_ANY_FAMILY, "0.0.0.0:80 [::]:80 "},
        {":80", PAL_IPV4, "0.0.0.0:80 "},
        {":80", PAL_IPV6, "[::]:80 "},
        {"localhost:80", PAL_ANY_FAMILY, "127.0.0.1:80 [::1]:80 "},
        {"LocalHost:80", PAL_IPV6, "[::1]:80 "},
        {"10.1.2.3:80", PAL_ANY_FAMILY, "10.1.2.3:80 "},
        {"10.1.2.3:80", PAL_IPV4, "10.1.2.3:80 "},
        {"10.1.2.3:80", PAL_IPV6, ""},
        {"[2001:db8::1]:80", PAL_IPV6, "[2001:db8::1]:80 "},
        {"[2001:db8::1]:80", PAL_IPV4, ""},
    };
    assert_lists(lm_endpoint_listen_addresses, cases, TEST_COUNT(cases));
}

static void a_client_connects_to_localhost_where_no_host_is_given(void **state) {
    (void)state;
    static const list_case cases[] = {
        {"80", PAL_ANY_FAMILY, "127.0.0.1:80 [::1]:80 "},
        {":80", PAL_IPV6, "[::1]:80 "},
        {"localhost", PAL_IPV4, "127.0.0.1:9999 "},
        {"10.1.2.3:80", PAL_ANY_FAMILY, "10.1.2.3:80 "},
        {"10.1.2.3:80", PAL_IPV6, ""},
        {"[::1]", PAL_ANY_FAMILY, "[::1]:9999 "},
        {"0.0.0.0:80", PAL_ANY_FAMILY, "127.0.0.1:80 "},
        {"[::]:80", PAL_ANY_FAMILY, "[::1]:80 "},
    };
    assert_lists(lm_endpoint_connect_addresses, cases, TEST_COUNT(cases));
}

static void no_more_addresses_are_written_than_there_is_room_for(void **state) {
    (void)state;
    lm_endpoint endpoint;
    pal_address addresses[2] = {{0}, {.port = 1234}};
    size_t count = SIZE_MAX;
    assert_null(lm_endpoint_parse(&endpoint, "localhost:80"));
    assert_ok(lm_endpoint_listen_addresses(&endpoint, PAL_ANY_FAMILY, addresses, 1, &count));
    assert_int_equal(count, 1);
    assert_int_equal(addresses[0].family, PAL_IPV4);
    assert_int_equal(addresses[1].port, 1234);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_listens_on_every_address_where_no_host_is_given),
        cmocka_unit_test(a_client_connects_to_localhost_where_no_host_is_given),
        cmocka_unit_test(no_more_addresses_are_written_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
