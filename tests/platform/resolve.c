/* The contract of pal_address_resolve and pal_host_name: what this machine knows without a name server. */
#include "pal/address.h"
#include "pal/system.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define CAPACITY 16

/* Whether localhost is unknown here: a bare root has no hosts(5), or one without it. */
static bool is_localhost_unknown(void) {
    pal_address address;
    size_t count = 0;
    if (pal_address_resolve("localhost", 1, PAL_ANY_FAMILY, &address, 1, &count).status != PAL_NAME_NOT_FOUND)
        return false;
    char line[256];
    bool is_known = false;
    FILE *hosts = fopen("/etc/hosts", "r");
    while (hosts != NULL && fgets(line, sizeof line, hosts) != NULL)
        is_known = is_known || strstr(line, "localhost") != NULL;
    if (hosts != NULL)
        fclose(hosts);
    if (!is_known)
        print_message("skipped: this machine does not know localhost: it is not in /etc/hosts\n");
    return !is_known;
}

static void localhost_is_a_loopback_address(void **state) {
    (void)state;
    if (is_localhost_unknown())
        skip();
    pal_address addresses[CAPACITY];
    size_t count = 0;
    assert_ok(pal_address_resolve("localhost", 9999, PAL_ANY_FAMILY, addresses, CAPACITY, &count));
    assert_between(count, 1, CAPACITY);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pal_address_kind_of(&addresses[i]), PAL_KIND_LOOPBACK);
        assert_int_equal(addresses[i].port, 9999);
        for (size_t j = 0; j < i; j++) {
            bool is_same = addresses[i].family == addresses[j].family && memcmp(addresses[i].bytes, addresses[j].bytes, 16) == 0;
            assert_false(is_same);
        }
    }
}

static void a_family_is_asked_for(void **state) {
    (void)state;
    if (is_localhost_unknown())
        skip();
    pal_address addresses[CAPACITY];
    size_t count = 0;
    assert_ok(pal_address_resolve("localhost", 1, PAL_IPV4, addresses, CAPACITY, &count));
    assert_between(count, 1, CAPACITY);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(addresses[i].family, PAL_IPV4);
    char text[PAL_ADDRESS_TEXT_SIZE];
    assert_string_equal(pal_address_format(&addresses[0], text, sizeof text), "127.0.0.1:1");
    assert_status(pal_address_resolve("::1", 1, PAL_IPV4, addresses, CAPACITY, &count), PAL_NAME_NOT_FOUND);
    assert_int_equal(count, 0);
}

static void a_numeric_host_is_itself(void **state) {
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "::1", "203.0.113.9", "2001:db8::9"};
    for (size_t i = 0; i < TEST_COUNT(hosts); i++) {
        pal_address addresses[CAPACITY], expected;
        size_t count = 0;
        assert_true(pal_address_parse(hosts[i], 7, &expected));
        assert_ok(pal_address_resolve(hosts[i], 7, PAL_ANY_FAMILY, addresses, CAPACITY, &count));
        assert_int_equal(count, 1);
        assert_int_equal(addresses[0].family, expected.family);
        assert_int_equal(addresses[0].port, 7);
        assert_memory_equal(addresses[0].bytes, expected.bytes, sizeof expected.bytes);
    }
}

static void no_more_is_written_than_there_is_room_for(void **state) {
    (void)state;
    if (is_localhost_unknown())
        skip();
    pal_address addresses[2];
    memset(addresses, 0x55, sizeof addresses);
    pal_address untouched = addresses[1];
    size_t count = 99;
    assert_ok(pal_address_resolve("localhost", 1, PAL_ANY_FAMILY, addresses, 1, &count));
    assert_int_equal(count, 1);
    assert_memory_equal(&addresses[1], &untouched, sizeof untouched);
    pal_address nothing = {0};
    addresses[0] = nothing;
    pal_address_resolve("localhost", 1, PAL_ANY_FAMILY, addresses, 0, &count);
    assert_int_equal(count, 0);
    assert_memory_equal(&addresses[0], &nothing, sizeof nothing);
}

/* RFC 6761, 6.4: nobody has a name under "invalid". */
static void a_name_that_nobody_has_is_not_found(void **state) {
    (void)state;
    pal_address addresses[CAPACITY];
    size_t count = 99;
    pal_error error = pal_address_resolve("no-such-host.invalid", 1, PAL_ANY_FAMILY, addresses, CAPACITY, &count);
    assert_status(error, PAL_NAME_NOT_FOUND);
    assert_int_equal(count, 0);
    char text[PAL_ERROR_TEXT_SIZE];
    assert_non_null(strstr(pal_error_text(error, text, sizeof text), "name not found"));
}

static void this_machine_has_a_name(void **state) {
    (void)state;
    char name[256];
    assert_ok(pal_host_name(name, sizeof name));
    assert_between(strlen(name), 1, sizeof name - 1);
    char letter[2] = {'?', '?'};
    pal_host_name(letter, sizeof letter); /* cut or refused, it is terminated */
    assert_true(memchr(letter, '\0', sizeof letter) != NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(localhost_is_a_loopback_address),
        cmocka_unit_test(a_family_is_asked_for),
        cmocka_unit_test(a_numeric_host_is_itself),
        cmocka_unit_test(no_more_is_written_than_there_is_room_for),
        cmocka_unit_test(a_name_that_nobody_has_is_not_found),
        cmocka_unit_test(this_machine_has_a_name),
    };
    return cmocka_run_group_tests_name("resolving", tests, NULL, NULL);
}
