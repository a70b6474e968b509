/* close and reset cancel what is under way, answer each request once, and then call `closed`. In every callback, the recording
 * stream of tests/support proves that nothing comes after it, and that a cancelled request is answered as cancelled. */
#include "platform/stream/groups.h"
#include "support/pair.h"
#include "support/stream.h"

typedef void end_function(test_stream *stream);

static void ending_cancels_a_waiting_receive(end_function *end) {
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_receive(&pair.client);
    test_loop_passes(&loop, 5); /* so that the system knows of it */
    end(&pair.client);
    assert_int_equal(pair.client.received_count, 0);
    test_loop_until(&loop, pair.client.closed_count, 1);
    assert_int_equal(pair.client.received_count, 1);
    assert_status(pair.client.received_error, PAL_CANCELLED);
    test_loop_passes(&loop, 10);
    assert_int_equal(pair.client.closed_count, 1);
    test_pair_end(&pair);
}

static void close_cancels_a_waiting_receive(void **state) {
    (void)state;
    ending_cancels_a_waiting_receive(test_stream_close);
}

static void reset_cancels_a_waiting_receive(void **state) {
    (void)state;
    ending_cancels_a_waiting_receive(test_stream_reset);
}

/* The system could answer the receive at once, but close comes first. */
static void close_cancels_a_receive_whose_bytes_are_there(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_send(&pair.client, "late", 4);
    test_loop_until(&loop, pair.client.sent_count, 1);
    test_loop_passes(&loop, 5);
    test_stream_receive(&pair.server);
    test_stream_close(&pair.server);
    test_loop_until(&loop, pair.server.closed_count, 1);
    assert_int_equal(pair.server.received_count, 1);
    test_pair_end(&pair);
}

static void ending_cancels_a_send_and_a_receive(end_function *end) {
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_receive(&pair.client);
    if (!test_stream_fill(&pair.client)) {
        test_pair_end(&pair);
        skip();
    }
    uint64_t sent_count = pair.client.sent_count;
    end(&pair.client);
    assert_int_equal(pair.client.sent_count, sent_count);
    test_loop_until(&loop, pair.client.closed_count, 1);
    assert_int_equal(pair.client.sent_count, sent_count + 1);
    assert_status(pair.client.sent_error, PAL_CANCELLED);
    assert_int_equal(pair.client.received_count, 1);
    assert_status(pair.client.received_error, PAL_CANCELLED);
    test_pair_end(&pair);
}

static void close_cancels_a_send_that_waits_for_room_and_a_receive(void **state) {
    (void)state;
    ending_cancels_a_send_and_a_receive(test_stream_close);
}

static void reset_cancels_a_send_that_waits_for_room_and_a_receive(void **state) {
    (void)state;
    ending_cancels_a_send_and_a_receive(test_stream_reset);
}

static void ending_cancels_a_connect(end_function *end, uint64_t passes) {
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream client;
    test_stream_init(&client, &loop);
    assert_ok(test_stream_connect(&client, &address));
    if (passes > 0)
        test_loop_passes(&loop, passes);
    bool was_connected = client.connected_count == 1;
    end(&client);
    test_loop_until(&loop, client.closed_count, 1);
    assert_int_equal(client.connected_count, 1);
    assert_status(client.connected_error, was_connected ? PAL_OK : PAL_CANCELLED);
    test_listener_end(&listener);
}

static void close_cancels_a_connect(void **state) {
    (void)state;
    ending_cancels_a_connect(test_stream_close, 0);
    ending_cancels_a_connect(test_stream_close, 1);
}

static void reset_cancels_a_connect(void **state) {
    (void)state;
    ending_cancels_a_connect(test_stream_reset, 0);
    ending_cancels_a_connect(test_stream_reset, 1);
}

#define HANGING_CONNECTS 16

/* A listener that does not accept and whose backlog is full: on most systems the next connect waits for room. */
static void close_cancels_a_connect_that_hangs(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener listener;
    assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", 0, 1));
    test_listener_pause(&listener);
    test_stream clients[HANGING_CONNECTS];
    size_t count;
    bool hangs = test_listener_fill(&listener, clients, HANGING_CONNECTS, &count);
    for (size_t i = 0; i < count; i++) {
        test_stream_close_wait(&clients[i]);
        assert_int_equal(clients[i].connected_count, 1);
    }
    if (hangs)
        assert_status(clients[count - 1].connected_error, PAL_CANCELLED);
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

static void received_closes(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    if (size > 0)
        test_stream_close(stream);
}

static void sent_closes(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK)
        test_stream_close(stream);
}

static void a_stream_may_be_closed_in_its_own_callbacks(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    pair.client.on_sent = sent_closes;
    test_stream_receive(&pair.client); /* close in sent cancels it */
    test_stream_send(&pair.client, "go", 2);
    test_loop_until(&loop, pair.client.closed_count, 1);
    assert_status(pair.client.received_error, PAL_CANCELLED);
    pair.server.on_received = received_closes;
    test_stream_receive(&pair.server);
    test_loop_until(&loop, pair.server.closed_count, 1);
    assert_string_equal(pair.server.text, "go");
    test_pair_end(&pair);
}

static void connected_closes(test_stream *stream) {
    test_stream_close(stream);
}

static void a_stream_may_be_closed_when_it_is_connected(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream client;
    test_stream_init(&client, &loop);
    client.on_connected = connected_closes;
    assert_ok(test_stream_connect(&client, &address));
    test_loop_until(&loop, client.closed_count, 1);
    assert_ok(client.connected_error);
    test_listener_end(&listener);
}

static void received_asks_and_closes(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    if (size == 0)
        return;
    test_stream_send(stream, "x", 1);
    test_stream_receive(stream);
    test_stream_close(stream);
}

static void what_was_asked_just_before_close_is_answered_before_closed(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    pair.server.on_received = received_asks_and_closes;
    test_stream_receive(&pair.server);
    test_stream_send(&pair.client, "go", 2);
    test_loop_until(&loop, pair.server.closed_count, 1);
    assert_int_equal(pair.server.sent_count, 1);
    assert_int_equal(pair.server.received_count, 2);
    test_pair_end(&pair);
}

int stream_close_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_cancels_a_waiting_receive),
        cmocka_unit_test(reset_cancels_a_waiting_receive),
        cmocka_unit_test(close_cancels_a_receive_whose_bytes_are_there),
        cmocka_unit_test(close_cancels_a_send_that_waits_for_room_and_a_receive),
        cmocka_unit_test(reset_cancels_a_send_that_waits_for_room_and_a_receive),
        cmocka_unit_test(close_cancels_a_connect),
        cmocka_unit_test(reset_cancels_a_connect),
        cmocka_unit_test(close_cancels_a_connect_that_hangs),
        cmocka_unit_test(a_stream_may_be_closed_in_its_own_callbacks),
        cmocka_unit_test(a_stream_may_be_closed_when_it_is_connected),
        cmocka_unit_test(what_was_asked_just_before_close_is_answered_before_closed),
    };
    return cmocka_run_group_tests_name("stream close", tests, NULL, NULL);
}
