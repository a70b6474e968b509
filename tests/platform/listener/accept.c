/* Connections that wait, pause, resume and close. */
#include "platform/listener/groups.h"
#include "support/listener.h"
#include "support/stream.h"

static void connections_made_at_once_are_all_accepted(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream clients[16];
    for (size_t i = 0; i < TEST_COUNT(clients); i++) {
        test_stream_init(&clients[i], &loop);
        assert_ok(test_stream_connect(&clients[i], &address));
    }
    test_loop_until(&loop, listener.accepted_count, TEST_COUNT(clients));
    for (size_t i = 0; i < TEST_COUNT(clients); i++) {
        test_loop_until(&loop, clients[i].connected_count, 1);
        assert_ok(clients[i].connected_error);
    }
    test_streams_close_wait(clients, TEST_COUNT(clients));
    test_loop_passes(&loop, 10);
    assert_int_equal(listener.accepted_count, TEST_COUNT(clients));
    test_listener_end(&listener);
}

static void pause_holds_connections_and_resume_delivers_them(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    for (uint64_t round = 1; round <= 3; round++) {
        test_listener_pause(&listener);
        test_stream clients[5];
        test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
        test_loop_passes(&loop, 20);
        assert_int_equal(listener.accepted_count, (round - 1) * TEST_COUNT(clients));
        test_listener_resume(&listener);
        assert_int_equal(listener.accepted_count, (round - 1) * TEST_COUNT(clients));
        test_loop_until(&loop, listener.accepted_count, round * TEST_COUNT(clients));
        while (listener.socket_count > 0)
            pal_socket_close(test_listener_take(&listener));
        test_streams_close_wait(clients, TEST_COUNT(clients));
    }
    assert_int_equal(listener.failed_count, 0);
    test_listener_end(&listener);
}

static void accepted_pauses(test_listener *listener, pal_socket socket, const pal_address *peer) {
    (void)peer;
    pal_socket_close(socket);
    test_listener_pause(listener);
}

/* More connections wait when the first is delivered: they must not follow it. */
static void pause_in_accepted_holds_the_very_next_connection(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    listener.on_accepted = accepted_pauses;
    test_listener_pause(&listener);
    test_stream clients[4];
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    for (uint64_t i = 1; i <= TEST_COUNT(clients); i++) {
        test_listener_resume(&listener);
        test_loop_until(&loop, listener.accepted_count, i);
        test_loop_passes(&loop, 20);
        assert_int_equal(listener.accepted_count, i);
    }
    test_streams_close_wait(clients, TEST_COUNT(clients));
    test_listener_end(&listener);
}

static void close_ends_the_connections_that_wait(bool paused) {
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_listener_pause(&listener);
    test_stream clients[5];
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    test_loop_passes(&loop, 5);
    if (!paused)
        test_listener_resume(&listener);
    test_listener_close(&listener);
    assert_int_equal(listener.closed_count, 0);
    test_loop_until(&loop, listener.closed_count, 1);
    assert_int_equal(listener.accepted_count, 0);
    for (size_t i = 0; i < TEST_COUNT(clients); i++) {
        test_stream_receive(&clients[i]);
        test_loop_until(&loop, clients[i].ended_count, 1);
    }
    test_streams_close_wait(clients, TEST_COUNT(clients));
    test_loop_passes(&loop, 10);
    assert_int_equal(listener.closed_count, 1);
    test_listener_end(&listener);
}

static void close_of_a_paused_listener_ends_the_connections_that_wait(void **state) {
    (void)state;
    close_ends_the_connections_that_wait(true);
}

static void close_of_a_listener_ends_the_connections_that_wait(void **state) {
    (void)state;
    close_ends_the_connections_that_wait(false);
}

static void accepted_closes(test_listener *listener, pal_socket socket, const pal_address *peer) {
    (void)peer;
    pal_socket_close(socket);
    test_listener_close(listener);
}

static void a_listener_may_be_closed_in_accepted(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    listener.on_accepted = accepted_closes;
    test_listener_pause(&listener);
    test_stream clients[3];
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    test_listener_resume(&listener);
    test_loop_until(&loop, listener.closed_count, 1);
    assert_int_equal(listener.accepted_count, 1);
    test_streams_close_wait(clients, TEST_COUNT(clients));
    test_loop_passes(&loop, 10);
    assert_int_equal(listener.closed_count, 1);
    test_listener_end(&listener);
}

/* A connection that breaks before it is accepted is no failure of the listener, and the next one is served. */
static void a_connection_that_breaks_while_it_waits_does_no_harm(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_listener_pause(&listener);
    test_stream clients[3];
    test_streams_connect(clients, TEST_COUNT(clients), &loop, &address);
    test_stream_reset(&clients[0]);
    test_loop_until(&loop, clients[0].closed_count, 1);
    test_stream_reset(&clients[1]);
    test_loop_until(&loop, clients[1].closed_count, 1);
    test_listener_resume(&listener);

    /* Some systems accept a connection that is broken, others drop it: the last one's bytes show that it was served. */
    test_stream_send(&clients[2], "I am", 4);
    uint64_t heard = 0;
    for (uint64_t i = 1; heard == 0; i++) {
        test_loop_until(&loop, listener.accepted_count, i);
        test_stream server;
        test_stream_init(&server, &loop);
        if (test_stream_open(&server, test_listener_take(&listener)).status != PAL_OK)
            continue;
        test_stream_receive(&server);
        test_loop_until(&loop, server.received_count, 1);
        heard = server.received_bytes;
        test_stream_close_wait(&server);
    }
    assert_int_equal(heard, 4);
    assert_int_equal(listener.failed_count, 0);
    test_stream_close_wait(&clients[2]);
    test_listener_end(&listener);
}

int listener_accept_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_made_at_once_are_all_accepted),
        cmocka_unit_test(pause_holds_connections_and_resume_delivers_them),
        cmocka_unit_test(pause_in_accepted_holds_the_very_next_connection),
        cmocka_unit_test(close_of_a_paused_listener_ends_the_connections_that_wait),
        cmocka_unit_test(close_of_a_listener_ends_the_connections_that_wait),
        cmocka_unit_test(a_listener_may_be_closed_in_accepted),
        cmocka_unit_test(a_connection_that_breaks_while_it_waits_does_no_harm),
    };
    return cmocka_run_group_tests_name("listener accept", tests, NULL, NULL);
}
