/* A socket that listens before anybody accepts on it, and becomes a listener later. */
#include "platform/listener/groups.h"
#include "support/listener.h"
#include "support/stream.h"

static void connections_that_waited_are_accepted_after_the_adoption(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    pal_socket socket = test_socket_listen(&loop, &address);
    test_stream clients[5];
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    test_listener listener;
    assert_ok(test_listener_adopt(&listener, &loop, socket));
    assert_int_equal(listener.accepted_count, 0);
    pal_address found = pal_listener_address(&listener.listener);
    assert_int_equal(found.family, PAL_IPV4);
    assert_int_equal(found.port, address.port);
    test_loop_until(&loop, listener.accepted_count, TEST_COUNT(clients));

    test_stream later;
    test_stream_connect_wait(&later, &loop, &address);
    test_loop_until(&loop, listener.accepted_count, TEST_COUNT(clients) + 1);
    assert_int_equal(listener.failed_count, 0);
    test_stream_close_wait(&later);
    test_streams_close_wait(clients, TEST_COUNT(clients));
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
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    pal_socket_close(socket);
    for (size_t i = 0; i < TEST_COUNT(clients); i++) {
        test_stream_receive(&clients[i]);
        test_loop_until(&loop, clients[i].ended_count, 1);
        test_stream_close_wait(&clients[i]);
    }
    test_loop_close(&loop);
}

/* As it comes from a service manager that accepts connections itself. */
static void a_connection_cannot_be_adopted_and_is_closed(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream client;
    test_stream_connect_wait(&client, &loop, &address);
    test_loop_until(&loop, listener.accepted_count, 1);
    test_listener other;
    assert_status(test_listener_adopt(&other, &loop, test_listener_take(&listener)), PAL_INVALID);
    test_stream_receive(&client);
    test_loop_until(&loop, client.ended_count, 1);
    test_loop_passes(&loop, 10);
    assert_int_equal(other.closed_count, 0);
    test_stream_close_wait(&client);
    test_listener_end(&listener);
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
