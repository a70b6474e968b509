/* Each request is answered by exactly one callback, never from inside the call that made it: whether it can be answered at once or
 * has to wait. The recording stream of tests/support proves it in every callback; these tests create the cases. */
#include "platform/stream/groups.h"
#include "support/pair.h"
#include "support/random.h"
#include "support/stream.h"

#include <stdlib.h>

static void a_receive_waits_for_bytes_and_is_answered_once(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_receive(&pair.server);
    test_loop_passes(&loop, 10);
    assert_int_equal(pair.server.received_count, 0);
    test_stream_send(&pair.client, "hello", 5);
    test_loop_until(&loop, pair.server.received_bytes, 5);
    test_loop_passes(&loop, 10);
    assert_int_equal(pair.server.received_count, 1);
    assert_string_equal(pair.server.text, "hello");
    assert_int_equal(pair.client.sent_count, 1);
    assert_ok(pair.client.sent_error);
    test_pair_end(&pair);
}

/* The bytes came before the request: a backend that waits for an edge must remember that it has seen it. */
static void a_receive_finds_the_bytes_that_came_before_it(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    for (uint64_t round = 1; round <= 5; round++) {
        test_stream_send(&pair.client, "x", 1);
        test_loop_until(&loop, pair.client.sent_count, round);
        test_loop_passes(&loop, 10);
        assert_int_equal(pair.server.received_count, round - 1);
        test_stream_receive(&pair.server);
        assert_int_equal(pair.server.received_count, round - 1);
        test_loop_until(&loop, pair.server.received_count, round);
        assert_ok(pair.server.received_error);
    }
    test_pair_end(&pair);
}

/* One receive takes all the bytes: the next one finds nothing, which is neither an end nor an answer. */
static void a_receive_that_took_all_there_was_leaves_the_next_one_waiting(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    uint8_t *bytes = calloc(1, PAL_RECEIVE_SIZE);
    assert_non_null(bytes);
    test_stream_send(&pair.client, bytes, PAL_RECEIVE_SIZE);
    test_stream_drain(&pair.server);
    test_loop_until(&loop, pair.server.received_bytes, PAL_RECEIVE_SIZE);
    uint64_t receives = pair.server.received_count;
    test_loop_passes(&loop, 20);
    assert_int_equal(pair.server.received_count, receives);
    assert_int_equal(pair.server.ended_count, 0);
    test_stream_send(&pair.client, "more", 4);
    test_loop_until(&loop, pair.server.received_bytes, PAL_RECEIVE_SIZE + 4);
    free(bytes);
    test_pair_end(&pair);
}

/* More bytes than that come in pieces of at most PAL_RECEIVE_SIZE, as the recording stream checks. */
static void much_that_waits_comes_in_bounded_pieces(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    size_t size = 1 << 20;
    uint8_t *bytes = test_pattern_new(7, size);
    test_stream_expect_pattern(&pair.server, 7);
    test_stream_send(&pair.client, bytes, size);
    test_loop_passes(&loop, 20);
    test_stream_drain(&pair.server);
    test_loop_until(&loop, pair.server.received_bytes, size);
    assert_true(pair.server.received_count >= size / PAL_RECEIVE_SIZE);
    test_loop_until(&loop, pair.client.sent_count, 1);
    assert_ok(pair.client.sent_error);
    free(bytes);
    test_pair_end(&pair);
}

static void sends_are_answered_while_a_receive_waits(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_receive(&pair.client);
    test_stream_drain(&pair.server);
    for (uint64_t round = 1; round <= 20; round++) {
        test_stream_send(&pair.client, "abc", 3);
        assert_int_equal(pair.client.sent_count, round - 1);
        test_loop_until(&loop, pair.client.sent_count, round);
        assert_ok(pair.client.sent_error);
    }
    test_loop_until(&loop, pair.server.received_bytes, 60);
    assert_int_equal(pair.client.received_count, 0);
    test_stream_send(&pair.server, "answer", 6);
    test_loop_until(&loop, pair.client.received_count, 1);
    assert_string_equal(pair.client.text, "answer");
    test_pair_end(&pair);
}

static void received_sends_the_ball_back(test_stream *stream, const uint8_t *bytes, size_t size) {
    if (size > 0)
        test_stream_send(stream, bytes, size);
}

static void sent_waits_for_the_ball(test_stream *stream) {
    test_stream_receive(stream);
}

/* Both sides ask from inside their callbacks, where an answer at once would recurse. */
static void requests_made_in_callbacks_are_answered_after_them(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_echo(&pair.server);
    pair.client.on_received = received_sends_the_ball_back;
    pair.client.on_sent = sent_waits_for_the_ball;
    test_stream_send(&pair.client, "ball", 4);
    test_loop_until(&loop, pair.client.received_bytes, 4 * 500);
    assert_memory_equal(pair.client.text, "ballballball", 12);
    test_pair_end(&pair);
}

static void a_connect_is_answered_once_and_not_from_inside_the_call(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream client;
    test_stream_init(&client, &loop);
    assert_ok(test_stream_connect(&client, &address));
    assert_int_equal(client.connected_count, 0);
    test_loop_until(&loop, client.connected_count, 1);
    assert_ok(client.connected_error);
    test_loop_passes(&loop, 10);
    assert_int_equal(client.connected_count, 1);
    test_stream_close_wait(&client);
    test_listener_end(&listener);
}

static void a_connect_that_nobody_answers_is_refused(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &address));
    test_stream client;
    test_stream_init(&client, &loop);
    assert_ok(test_stream_connect(&client, &address));
    test_loop_until(&loop, client.connected_count, 1);
    assert_status(client.connected_error, PAL_REFUSED);
    test_loop_passes(&loop, 10);
    test_stream_close_wait(&client);
    assert_int_equal(client.connected_count, 1);
    test_loop_close(&loop);
}

static void a_stream_that_only_closes_is_only_closed(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_close(&pair.client);
    assert_int_equal(pair.client.closed_count, 0);
    test_loop_until(&loop, pair.client.closed_count, 1);
    test_stream_reset(&pair.server);
    assert_int_equal(pair.server.closed_count, 0);
    test_loop_until(&loop, pair.server.closed_count, 1);
    test_loop_passes(&loop, 10);
    assert_int_equal(pair.client.received_count + pair.client.sent_count, 0);
    assert_int_equal(pair.server.received_count + pair.server.sent_count, 0);
    test_pair_end(&pair);
}

int stream_requests_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receive_waits_for_bytes_and_is_answered_once),
        cmocka_unit_test(a_receive_finds_the_bytes_that_came_before_it),
        cmocka_unit_test(a_receive_that_took_all_there_was_leaves_the_next_one_waiting),
        cmocka_unit_test(much_that_waits_comes_in_bounded_pieces),
        cmocka_unit_test(sends_are_answered_while_a_receive_waits),
        cmocka_unit_test(requests_made_in_callbacks_are_answered_after_them),
        cmocka_unit_test(a_connect_is_answered_once_and_not_from_inside_the_call),
        cmocka_unit_test(a_connect_that_nobody_answers_is_refused),
        cmocka_unit_test(a_stream_that_only_closes_is_only_closed),
    };
    return cmocka_run_group_tests_name("stream requests", tests, NULL, NULL);
}
