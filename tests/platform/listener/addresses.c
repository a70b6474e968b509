/* Where a listener listens, where it cannot, and which peer it reports. */
#include "platform/listener/groups.h"
#include "support/pair.h"
#include "support/stream.h"

#include <string.h>

static void port_0_gives_a_real_port(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener first, second;
    pal_address first_address = test_listener_start(&first, &loop);
    pal_address second_address = test_listener_start(&second, &loop);
    assert_int_equal(first_address.family, PAL_IPV4);
    assert_int_not_equal(first_address.port, 0);
    assert_int_not_equal(first_address.port, second_address.port);
    char text[PAL_ADDRESS_TEXT_SIZE];
    assert_string_equal(pal_address_format_host(&first_address, text, sizeof text), "127.0.0.1");
    test_stream client; /* and it is the one: it answers */
    test_stream_init(&client, &loop);
    assert_ok(test_stream_connect(&client, &first_address));
    test_loop_until(&loop, first.accepted_count, 1);
    assert_int_equal(second.accepted_count, 0);
    test_stream_close_wait(&client);
    test_listener_close_wait(&first);
    test_listener_close_wait(&second);
    test_loop_close(&loop);
}

static void a_port_in_use_is_not_shared(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener first, second;
    uint16_t port = test_listener_start(&first, &loop).port;
    pal_error error = test_listener_open(&second, &loop, "127.0.0.1", port, 0);
    assert_status(error, PAL_ADDRESS_IN_USE);
    char text[PAL_ERROR_TEXT_SIZE];
    assert_non_null(strstr(pal_error_text(error, text, sizeof text), "in use"));
    test_loop_passes(&loop, 10);
    assert_int_equal(second.closed_count, 0);
    test_listener_close_wait(&first);
    test_loop_close(&loop);
}

/* A restarted server gets its port, although the system still remembers the connections that it ended (TIME_WAIT). */
static void a_port_is_free_again_after_close(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    uint16_t port = 0;
    for (int round = 0; round < 3; round++) {
        test_listener listener;
        assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", port, 0));
        port = pal_listener_address(&listener.listener).port;
        test_pair pair;
        test_pair_connect(&pair, &listener);
        test_stream_close_wait(&pair.server); /* the side that ends first is the one remembered */
        test_stream_receive(&pair.client);
        test_loop_until(&loop, pair.client.ended_count, 1);
        test_pair_close(&pair);
        test_listener_close_wait(&listener);
    }
    test_loop_close(&loop);
}

static void an_address_of_another_machine_is_unavailable(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener listener;
    pal_error error = test_listener_open(&listener, &loop, "203.0.113.1", 0, 0); /* TEST-NET-3, RFC 5737: nobody's */
    assert_status(error, PAL_ADDRESS_UNAVAILABLE);
    test_loop_passes(&loop, 10);
    test_loop_close(&loop);
}

/* No function returns a stream's own port, but a listener cannot have the port of a client. */
static void accepted_gets_the_peers_address(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream clients[2];
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    test_loop_until(&loop, listener.accepted_count, TEST_COUNT(clients));
    for (size_t i = 0; i < TEST_COUNT(clients); i++) {
        const pal_address *peer = &listener.peers[i];
        char text[PAL_ADDRESS_TEXT_SIZE];
        assert_int_equal(peer->family, PAL_IPV4);
        assert_string_equal(pal_address_format_host(peer, text, sizeof text), "127.0.0.1");
        test_listener other;
        assert_int_not_equal(peer->port, 0);
        assert_int_not_equal(test_listener_open(&other, &loop, "0.0.0.0", peer->port, 0).status, PAL_OK);
    }
    assert_int_not_equal(listener.peers[0].port, listener.peers[1].port);
    test_streams_close_wait(clients, TEST_COUNT(clients));
    test_listener_end(&listener);
}

static void streams_over_ipv6_converse_alike(void **state) {
    (void)state;
    if (!test_has_ipv6())
        skip();
    test_loop loop;
    test_loop_open(&loop);
    test_listener listener;
    assert_ok(test_listener_open(&listener, &loop, "::1", 0, 0));
    pal_address address = pal_listener_address(&listener.listener);
    assert_int_equal(address.family, PAL_IPV6);
    assert_int_not_equal(address.port, 0);
    test_stream client, server;
    test_stream_connect_wait(&client, &loop, &address);
    test_loop_until(&loop, listener.accepted_count, 1);
    char text[PAL_ADDRESS_TEXT_SIZE];
    assert_string_equal(pal_address_format_host(&listener.peers[0], text, sizeof text), "::1");
    assert_int_equal(listener.peers[0].scope, 0);
    test_stream_init(&server, &loop);
    assert_ok(test_stream_open(&server, test_listener_take(&listener)));
    test_stream_echo(&server);
    test_stream_send(&client, "six", 3);
    test_stream_drain(&client);
    test_loop_until(&loop, client.received_bytes, 3);
    assert_string_equal(client.text, "six");
    test_stream_shutdown(&client);
    test_loop_until(&loop, client.ended_count, 1);
    assert_status(client.received_error, PAL_END);
    test_stream_close_wait(&client);
    test_stream_close_wait(&server);
    test_listener other;
    assert_status(test_listener_open(&other, &loop, "::1", address.port, 0), PAL_ADDRESS_IN_USE);
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

static void an_ipv6_listener_leaves_ipv4_alone(void **state) {
    (void)state;
    if (!test_has_ipv6())
        skip();
    test_loop loop;
    test_loop_open(&loop);
    test_listener six, four;
    assert_ok(test_listener_open(&six, &loop, "::", 0, 0));
    assert_ok(test_listener_open(&four, &loop, "127.0.0.1", pal_listener_address(&six.listener).port, 0));
    pal_address address = pal_listener_address(&four.listener);
    test_stream client;
    test_stream_init(&client, &loop);
    assert_ok(test_stream_connect(&client, &address));
    test_loop_until(&loop, four.accepted_count, 1);
    assert_int_equal(six.accepted_count, 0);
    test_stream_close_wait(&client);
    test_listener_close_wait(&four);
    test_listener_close_wait(&six);
    test_loop_close(&loop);
}

int listener_addresses_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_0_gives_a_real_port),           cmocka_unit_test(a_port_in_use_is_not_shared),
        cmocka_unit_test(a_port_is_free_again_after_close),   cmocka_unit_test(an_address_of_another_machine_is_unavailable),
        cmocka_unit_test(accepted_gets_the_peers_address),    cmocka_unit_test(streams_over_ipv6_converse_alike),
        cmocka_unit_test(an_ipv6_listener_leaves_ipv4_alone),
    };
    return cmocka_run_group_tests_name("listener addresses", tests, NULL, NULL);
}
