/* The contract of pal/address.h for texts and kinds, and of pal/interface.h. */
#include "pal/interface.h"
#include "support/check.h"

#include <string.h>

/* What is read, and how it is written: RFC 5952, sections 4 and 5, for IPv6. */
static const struct {
    const char *text, *host;
    pal_family family;
} hosts[] = {
    {"127.0.0.1", "127.0.0.1", PAL_IPV4},
    {"0.0.0.0", "0.0.0.0", PAL_IPV4},
    {"255.255.255.255", "255.255.255.255", PAL_IPV4},
    {"203.0.113.7", "203.0.113.7", PAL_IPV4},
    {"::", "::", PAL_IPV6},
    {"::1", "::1", PAL_IPV6},
    {"0:0:0:0:0:0:0:1", "::1", PAL_IPV6},
    {"2001:0db8::0001", "2001:db8::1", PAL_IPV6},               /* 4.1: no leading zeros */
    {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1", PAL_IPV6},        /* 4.2.1: as short as can be */
    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", PAL_IPV6}, /* 4.2.2: not for one field */
    {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1", PAL_IPV6},
    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", PAL_IPV6},       /* 4.2.3: the longest run */
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", PAL_IPV6}, /* 4.2.3: the first of equals */
    {"2001:DB8::ABCD", "2001:db8::abcd", PAL_IPV6},          /* 4.3: lower case */
    {"::ffff:192.0.2.1", "::ffff:192.0.2.1", PAL_IPV6},      /* 5: mixed notation for IPv4-mapped */
    {"::ffff:c000:201", "::ffff:192.0.2.1", PAL_IPV6},
    {"fe80::1", "fe80::1", PAL_IPV6},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PAL_IPV6},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", PAL_IPV6},
    {"1::", "1::", PAL_IPV6},
};

static void hosts_are_read_and_written(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_COUNT(hosts); i++) {
        pal_address address;
        char text[PAL_ADDRESS_TEXT_SIZE];
        if (!pal_address_parse(hosts[i].text, 9999, &address))
            fail_msg("\"%s\" is not read", hosts[i].text);
        assert_int_equal(address.family, hosts[i].family);
        assert_int_equal(address.port, 9999);
        assert_int_equal(address.scope, 0);
        assert_ptr_equal(pal_address_format_host(&address, text, sizeof text), text);
        assert_string_equal(text, hosts[i].host);

        pal_address again;
        assert_true(pal_address_parse(text, 9999, &again));
        assert_memory_equal(again.bytes, address.bytes, sizeof address.bytes);
    }
}

static void bytes_are_in_network_order(void **state) {
    (void)state;
    pal_address address;
    assert_true(pal_address_parse("1.2.3.4", 0, &address));
    assert_memory_equal(address.bytes, "\x01\x02\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_true(pal_address_parse("102:304:506:708:90a:b0c:d0e:f10", 0, &address));
    assert_memory_equal(address.bytes, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10", 16);
}

static void what_is_no_numeric_host_is_rejected(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "1.2.3.04",
        "0x7f.0.0.1",
        "1.2.3.256",
        "1.2.3.-4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.4:80",
        "1.2.3.4%1",
        "localhost",
        ":",
        ":::",
        "::1 ",
        " ::1",
        "[::1]",
        "[::1]:80",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "g::",
        "::1%",
        "fe80::1%",
        "fe80::1%no-such-interface",
        "fe80::1%0",
        "fe80::1%-1",
        "fe80::1%1 ",
        "fe80::1%99999999999999999999",
        "::1.2.3",
        "::ffff:1.2.3.400",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    for (size_t i = 0; i < TEST_COUNT(texts); i++) {
        pal_address address;
        if (pal_address_parse(texts[i], 0, &address))
            fail_msg("\"%s\" is read as a host", texts[i]);
    }
}

static void an_address_is_written_with_its_port(void **state) {
    (void)state;
    static const struct {
        const char *host;
        uint16_t port;
        const char *text;
    } cases[] = {
        {"127.0.0.1", 9999, "127.0.0.1:9999"}, {"0.0.0.0", 0, "0.0.0.0:0"},           {"::1", 9999, "[::1]:9999"},
        {"::", 65535, "[::]:65535"},           {"2001:db8::1", 1, "[2001:db8::1]:1"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        pal_address address;
        char text[PAL_ADDRESS_TEXT_SIZE];
        assert_true(pal_address_parse(cases[i].host, cases[i].port, &address));
        assert_ptr_equal(pal_address_format(&address, text, sizeof text), text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_short_buffer_is_terminated_and_nothing_is_written_behind_it(void **state) {
    (void)state;
    pal_address address;
    assert_true(pal_address_parse("2001:db8::1", 9999, &address));
    for (size_t size = 1; size < 20; size++) {
        char text[24];
        memset(text, '?', sizeof text);
        pal_address_format(&address, text, size);
        assert_non_null(memchr(text, '\0', size));
        assert_int_equal(text[size], '?');
        memset(text, '?', sizeof text);
        pal_address_format_host(&address, text, size);
        assert_non_null(memchr(text, '\0', size));
        assert_int_equal(text[size], '?');
    }
}

static void kinds_follow_the_registries(void **state) {
    (void)state;
    static const struct {
        const char *host;
        pal_address_kind kind;
    } cases[] = {
        {"0.0.0.0", PAL_KIND_ANY},
        {"::", PAL_KIND_ANY},
        {"127.0.0.1", PAL_KIND_LOOPBACK},
        {"127.255.255.255", PAL_KIND_LOOPBACK},
        {"126.255.255.255", PAL_KIND_GLOBAL},
        {"128.0.0.0", PAL_KIND_GLOBAL},
        {"::1", PAL_KIND_LOOPBACK},
        {"::2", PAL_KIND_GLOBAL},
        {"169.254.0.1", PAL_KIND_LINK_LOCAL},
        {"169.253.255.255", PAL_KIND_GLOBAL},
        {"fe80::1", PAL_KIND_LINK_LOCAL},
        {"febf::1", PAL_KIND_LINK_LOCAL},
        {"fec0::1", PAL_KIND_GLOBAL},
        {"10.0.117.140", PAL_KIND_PRIVATE},
        {"11.0.0.0", PAL_KIND_GLOBAL},
        {"172.15.255.255", PAL_KIND_GLOBAL},
        {"172.16.0.0", PAL_KIND_PRIVATE},
        {"172.31.255.255", PAL_KIND_PRIVATE},
        {"172.32.0.0", PAL_KIND_GLOBAL},
        {"192.168.0.1", PAL_KIND_PRIVATE},
        {"192.169.0.1", PAL_KIND_GLOBAL},
        {"100.63.255.255", PAL_KIND_GLOBAL},
        {"100.64.0.0", PAL_KIND_PRIVATE},
        {"100.127.255.255", PAL_KIND_PRIVATE},
        {"100.128.0.0", PAL_KIND_GLOBAL},
        {"fc00::1", PAL_KIND_PRIVATE},
        {"fdff::1", PAL_KIND_PRIVATE},
        {"fe00::1", PAL_KIND_GLOBAL},
        {"224.0.0.1", PAL_KIND_MULTICAST},
        {"239.255.255.255", PAL_KIND_MULTICAST},
        {"ff02::1", PAL_KIND_MULTICAST},
        {"1.1.1.1", PAL_KIND_GLOBAL},
        {"2001:4860::8888", PAL_KIND_GLOBAL},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        pal_address address;
        assert_true(pal_address_parse(cases[i].host, 0, &address));
        if (pal_address_kind_of(&address) != cases[i].kind)
            fail_msg("%s is %s, not %s", cases[i].host, pal_address_kind_name(pal_address_kind_of(&address)),
                     pal_address_kind_name(cases[i].kind));
    }
}

static void kinds_have_names_of_their_own(void **state) {
    (void)state;
    for (int kind = PAL_KIND_ANY; kind <= PAL_KIND_GLOBAL; kind++) {
        const char *name = pal_address_kind_name((pal_address_kind)kind);
        assert_int_not_equal(name[0], '\0');
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        for (int other = PAL_KIND_ANY; other < kind; other++)
            assert_string_not_equal(name, pal_address_kind_name((pal_address_kind)other));
    }
    assert_string_equal(pal_address_kind_name(PAL_KIND_LINK_LOCAL), "link-local");
}

static const pal_interface *find_loopback(const pal_interface *interfaces, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < interfaces[i].address_count; j++) {
            const pal_interface_address *entry = &interfaces[i].addresses[j];
            if (entry->address.family == PAL_IPV4 && memcmp(entry->address.bytes, "\x7f\0\0\x01", 4) == 0) {
                assert_int_equal(entry->prefix_bits, 8);
                return &interfaces[i];
            }
        }
    }
    return NULL;
}

static void the_interfaces_include_loopback(void **state) {
    (void)state;
    pal_interface *interfaces;
    size_t count;
    assert_ok(pal_interface_list(&interfaces, &count));
    const pal_interface *loopback = find_loopback(interfaces, count);
    assert_non_null(loopback);
    assert_true(loopback->up);
    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(interfaces[i].name[0], '\0');
        assert_true(interfaces[i].mac_size <= sizeof interfaces[i].mac);
        for (size_t j = 0; j < interfaces[i].address_count; j++) {
            const pal_interface_address *entry = &interfaces[i].addresses[j];
            assert_int_equal(entry->address.port, 0);
            assert_between(entry->prefix_bits, 0, entry->address.family == PAL_IPV4 ? 32 : 128);
        }
    }
    pal_interface_list_free(interfaces, count);
}

/* A link-local address means nothing without its interface (RFC 4007): whatever the system writes, it must read. */
static void a_scope_survives_writing_and_reading(void **state) {
    (void)state;
    pal_address address, again;
    assert_true(pal_address_parse("fe80::1%1", 9999, &address)); /* the first interface, which every system has */
    assert_int_equal(address.scope, 1);
    char text[PAL_ADDRESS_TEXT_SIZE];
    pal_address_format_host(&address, text, sizeof text);
    assert_memory_equal(text, "fe80::1%", 8);
    assert_true(strlen(text) > 8);
    assert_true(pal_address_parse(text, 9999, &again));
    assert_int_equal(again.scope, 1);
    assert_memory_equal(again.bytes, address.bytes, sizeof address.bytes);
    char with_port[PAL_ADDRESS_TEXT_SIZE];
    pal_address_format(&address, with_port, sizeof with_port);
    assert_int_equal(with_port[0], '[');
    assert_memory_equal(with_port + 1, text, strlen(text));
    assert_string_equal(with_port + 1 + strlen(text), "]:9999");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_read_and_written),
        cmocka_unit_test(bytes_are_in_network_order),
        cmocka_unit_test(what_is_no_numeric_host_is_rejected),
        cmocka_unit_test(an_address_is_written_with_its_port),
        cmocka_unit_test(a_short_buffer_is_terminated_and_nothing_is_written_behind_it),
        cmocka_unit_test(kinds_follow_the_registries),
        cmocka_unit_test(kinds_have_names_of_their_own),
        cmocka_unit_test(the_interfaces_include_loopback),
        cmocka_unit_test(a_scope_survives_writing_and_reading),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
