#include "loopmsg/endpoint.h"
#include "support/check.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_endpoint_is_read_as_people_write_it),
        cmocka_unit_test(what_is_no_endpoint_is_refused_with_the_reason),
        cmocka_unit_test(a_host_has_at_most_255_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
