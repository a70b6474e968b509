#include "loopmsg/endpoint.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void an_endpoint_is_read_as_people_write_it(void **state) {
    (void)state;
    static const struct {
        const char *text, *host;
        uint16_t port;
    } cases[] = {
        {"localhost:9999", "localhost", 9999},
        {"10.0.117.140:61866", "10.0.117.140", 61866},
        {"example.org", "example.org", LM_PORT},
        {"example.org.:80", "example.org.", 80},
        {"my_host-2:1", "my_host-2", 1},
        {"b\xc3\xbc"
         "cher.example:80",
         "b\xc3\xbc"
         "cher.example",
         80},
        {"127.0.0.1", "127.0.0.1", LM_PORT},
        {"0.0.0.0:0", "0.0.0.0", 0},
        {":80", "", 80},
        {"9999", "", 9999},
        {"0", "", 0},
        {"65535", "", 65535},
        {"00080", "", 80},
        {"[::1]:80", "::1", 80},
        {"[::1]", "::1", LM_PORT},
        {"[fe80::1%eth0]:80", "fe80::1%eth0", 80},
        {"[::ffff:1.2.3.4]:80", "::ffff:1.2.3.4", 80},
        {"::1", "::1", LM_PORT},
        {"::", "::", LM_PORT},
        {"fe80::1%eth0", "fe80::1%eth0", LM_PORT},
        {"2001:db8::1:80", "2001:db8::1:80", LM_PORT},
        {"x1:1", "x1", 1},
        {"7.example:1", "7.example", 1},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_endpoint endpoint;
        const char *wrong = lm_endpoint_parse(&endpoint, cases[i].text);
        if (wrong != NULL)
            fail_msg("%s: %s", cases[i].text, wrong);
        assert_string_equal(endpoint.host, cases[i].host);
        assert_int_equal(endpoint.port, cases[i].port);
    }
}

static void what_is_no_endpoint_is_refused_with_the_reason(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason; /* a part of it */
    } cases[] = {
        {"", "empty"},
        {":", "port"},
        {"localhost:", "port"},
        {"localhost:+1", "port"},
        {"localhost:-1", "port"},
        {"localhost:0x10", "port"},
        {"localhost: 80", "port"},
        {"localhost:80 ", "port"},
        {"localhost:70000", "port"},
        {"localhost:65536", "port"},
        {"localhost:99999999999", "port"},
        {"localhost:4294967376", "port"}, /* 2^32 + 80 */
        {"localhost:http", "port"},
        {"70000", "port"},
        {"99999999999", "port"},
        {"[::1]:", "port"},
        {"[::1]:70000", "port"},
        {"[::1", "brackets"},
        {"[::1]80", "brackets"},
        {"[]:80", "brackets"},
        {"[127.0.0.1]:80", "brackets"},
        {"[localhost]:80", "brackets"},
        {"[fe80::1%]:80", "brackets"},
        {"a:b:c", "brackets"},
        {"localhost:80:90", "brackets"},
        {"::1]:80", "brackets"},
        {"fe80::1%", "brackets"},
        {"fe80::1%eth0:80", "brackets"},
        {"1:2:3:4:5:6:7:8:80", "brackets"},
        {"http://localhost:80", "brackets"},
        {"local host:80", "name"},
        {" 80", "name"},
        {"+1", "name"},
        {"user@host:80", "name"},
        {"host/path", "name"},
        {"host\n:80", "name"},
        {"eth0%1", "name"},
        {"0x10", "numeric"},
        {"0X7f000001:80", "numeric"},
        {"127.1:80", "numeric"},
        {"256.0.0.1", "numeric"},
        {"1.2.3.4.5", "numeric"},
        {"127.0.0.0x1", "numeric"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_endpoint endpoint;
        const char *wrong = lm_endpoint_parse(&endpoint, cases[i].text);
        if (wrong == NULL || strstr(wrong, cases[i].reason) == NULL)
            fail_msg("\"%s\": %s", cases[i].text, wrong != NULL ? wrong : "accepted");
    }
}

static void a_host_has_at_most_255_bytes(void **state) {
    (void)state;
    char text[300];
    lm_endpoint endpoint;
    memset(text, 'a', sizeof text);
    memcpy(text + 255, ":80", 4);
    assert_null(lm_endpoint_parse(&endpoint, text));
    assert_int_equal(strlen(endpoint.host), 255);
    assert_int_equal(endpoint.port, 80);
    memcpy(text + 255, "a:80", 5);
    assert_non_null(strstr(lm_endpoint_parse(&endpoint, text), "255"));
    text[0] = '[';
    memcpy(text + 257, "]:80", 5);
    assert_non_null(strstr(lm_endpoint_parse(&endpoint, text), "255"));
}

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

static void a_server_listens_on_every_address_unless_told_one(void **state) {
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

static void a_client_connects_to_localhost_unless_told_another_host(void **state) {
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
        cmocka_unit_test(an_endpoint_is_read_as_people_write_it),
        cmocka_unit_test(what_is_no_endpoint_is_refused_with_the_reason),
        cmocka_unit_test(a_host_has_at_most_255_bytes),
        cmocka_unit_test(a_server_listens_on_every_address_unless_told_one),
        cmocka_unit_test(a_client_connects_to_localhost_unless_told_another_host),
        cmocka_unit_test(no_more_addresses_are_written_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
