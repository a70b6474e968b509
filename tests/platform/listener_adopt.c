/* A socket that listens before anybody accepts on it, and becomes a listener later. */
#include "platform/listener_groups.h"
#include "support/stream.h"

static void connect_clients(test_loop *loop, test_stream *clients, size_t count, const pal_address *address) {
    for (size_t i = 0; i < count; i++) {
        test_stream_init(&clients[i], loop);
        assert_ok(test_stream_connect(&clients[i], address));
        test_loop_until(loop, clients[i].connected_count, 1);
        assert_ok(clients[i].connected_error);
    }
}

static void connections_that_waited_are_accepted_after_the_adoption(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    pal_socket socket = test_socket_listen(&loop, &address);
    test_stream clients[5];
    connect_clients(&loop, clients, TEST_COUNT(clients), &address);
    test_listener listener;
    assert_ok(test_listener_adopt(&listener, &loop, socket));
    assert_int_equal(listener.accepted_count, 0);
    pal_address told = pal_listener_address(&listener.listener);
    assert_int_equal(told.family, PAL_IPV4);
    assert_int_equal(told.port, address.port);
    test_loop_until(&loop, listener.accepted_count, TEST_COUNT(clients));

    test_stream later;
    connect_clients(&loop, &later, 1, &address);
    test_loop_until(&loop, listener.accepted_count, TEST_COUNT(clients) + 1);
    assert_int_equal(listener.failed_count, 0);
    test_stream_close_wait(&later);
    for (size_t i = 0; i < TEST_COUNT(clients); i++)
        test_stream_close_wait(&clients[i]);
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

static void a_socket_that_listens_keeps_its_port_from_others(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    pal_socket socket = test_socket_listen(&loop, &address);
    test_listener listener;
    assert_status(test_listener_open(&listener, &loop, "127.0.0.1", address.port, 0), PAL_ADDRESS_IN_USE);
    pal_socket_close(socket);
    assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", address.port, 0));
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

static void closing_a_socket_that_listens_ends_the_connections_that_wait(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    pal_socket socket = test_socket_listen(&loop, &address);
    test_stream clients[3];
    connect_clients(&loop, clients, TEST_COUNT(clients), &address);
    pal_socket_close(socket);
    for (size_t i = 0; i < TEST_COUNT(clients); i++) {
        test_stream_receive(&clients[i]);
        test_loop_until(&loop, clients[i].ended_count, 1);
        test_stream_close_wait(&clients[i]);
    }
    test_loop_close(&loop);
}

/* As a service manager hands it over that was told to accept by itself. */
static void a_connection_cannot_be_adopted_and_is_closed(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener listener;
    assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", 0, 0));
    pal_address address = pal_listener_address(&listener.listener);
    test_stream client;
    connect_clients(&loop, &client, 1, &address);
    test_loop_until(&loop, listener.accepted_count, 1);
    test_listener other;
    assert_status(test_listener_adopt(&other, &loop, test_listener_take(&listener)), PAL_INVALID);
    test_stream_receive(&client);
    test_loop_until(&loop, client.ended_count, 1);
    test_loop_passes(&loop, 10);
    assert_int_equal(other.closed_count, 0);
    test_stream_close_wait(&client);
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

int listener_adopt_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_that_waited_are_accepted_after_the_adoption),
        cmocka_unit_test(a_socket_that_listens_keeps_its_port_from_others),
        cmocka_unit_test(closing_a_socket_that_listens_ends_the_connections_that_wait),
        cmocka_unit_test(a_connection_cannot_be_adopted_and_is_closed),
    };
    return cmocka_run_group_tests_name("listener adoption", tests, NULL, NULL);
}
