/* How a connection ends: each side's half on its own, after its last byte; or with a reset. */
#include "platform/stream/groups.h"
#include "support/pair.h"
#include "support/random.h"
#include "support/stream.h"

#include <stdlib.h>

#define END_SIZE ((size_t)300000) /* over what one receive or one pass takes */

static void sent_ends_the_half(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK)
        test_stream_shutdown(stream);
}

/* Sends, and ends its half at once. The peer receives only later, and finds bytes and end together. */
static void the_end_is_seen_after_all_bytes(void **state) {
    (void)state;
    const size_t sizes[] = {1, PAL_RECEIVE_SIZE - 1, PAL_RECEIVE_SIZE, PAL_RECEIVE_SIZE + 1, END_SIZE};
    uint8_t *bytes = test_pattern_new(3, END_SIZE);
    test_loop loop;
    test_loop_open(&loop);
    for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
        test_pair pair;
        test_pair_open(&pair, &loop);
        test_stream_expect_pattern(&pair.server, 3);
        pair.client.on_sent = sent_ends_the_half;
        test_stream_send(&pair.client, bytes, sizes[i]);
        test_loop_passes(&loop, 10);
        test_stream_drain(&pair.server);
        test_loop_until(&loop, pair.server.ended_count, 1);
        assert_status(pair.server.received_error, PAL_END);
        assert_int_equal(pair.server.received_bytes, sizes[i]);
        test_pair_close(&pair);
    }
    free(bytes);
    test_loop_close(&loop);
}

static void the_end_answers_a_receive_that_waits(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_receive(&pair.server);
    test_loop_passes(&loop, 5);
    test_stream_shutdown(&pair.client);
    test_loop_until(&loop, pair.server.ended_count, 1);
    assert_status(pair.server.received_error, PAL_END);
    test_pair_end(&pair);
}

static void a_close_after_the_last_byte_is_an_end_for_the_peer(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_send(&pair.client, "bye", 3);
    test_loop_until(&loop, pair.client.sent_count, 1);
    test_stream_close_wait(&pair.client);
    test_stream_drain(&pair.server);
    test_loop_until(&loop, pair.server.ended_count, 1);
    assert_status(pair.server.received_error, PAL_END);
    assert_string_equal(pair.server.text, "bye");
    test_pair_end(&pair);
}

/* FIRST ends its half. SECOND still sends much, and then ends its own half. */
static void end_one_half_then_the_other(test_loop *loop, test_stream *first, test_stream *second) {
    uint8_t *bytes = test_pattern_new(5, END_SIZE);
    test_stream_shutdown(first);
    test_stream_drain(second);
    test_loop_until(loop, second->ended_count, 1);
    assert_status(second->received_error, PAL_END);
    assert_int_equal(second->received_bytes, 0);

    test_stream_expect_pattern(first, 5);
    test_stream_drain(first);
    test_stream_send(second, bytes, END_SIZE);
    test_loop_until(loop, second->sent_count, 1);
    assert_ok(second->sent_error);
    test_loop_until(loop, first->received_bytes, END_SIZE);
    assert_int_equal(first->ended_count, 0);
    test_stream_shutdown(second);
    test_loop_until(loop, first->ended_count, 1);
    assert_status(first->received_error, PAL_END);
    free(bytes);
}

static void each_side_may_end_its_half_and_the_other_still_sends(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    end_one_half_then_the_other(&loop, &pair.client, &pair.server);
    test_pair_close(&pair);
    test_pair_open(&pair, &loop);
    end_one_half_then_the_other(&loop, &pair.server, &pair.client);
    test_pair_end(&pair);
}

static void a_reset_breaks_the_receive_that_waits(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_receive(&pair.client);
    test_loop_passes(&loop, 5);
    test_stream_reset(&pair.server);
    test_loop_until(&loop, pair.client.received_count, 1);
    assert_status(pair.client.received_error, PAL_RESET);
    test_stream_send(&pair.client, "anybody?", 8);
    test_loop_until(&loop, pair.client.sent_count, 1);
    assert_status(pair.client.sent_error, PAL_RESET);
    test_pair_end(&pair);
}

/* The server's side resets. The client, which does not receive, has not noticed. */
static void reset_unnoticed(test_pair *pair, test_loop *loop) {
    test_stream_reset(&pair->server);
    test_loop_until(loop, pair->server.closed_count, 1);
    test_loop_passes(loop, 10);
}

static void a_reset_breaks_the_receive_that_comes_after_it(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    reset_unnoticed(&pair, &loop);
    test_stream_receive(&pair.client);
    test_loop_until(&loop, pair.client.received_count, 1);
    assert_status(pair.client.received_error, PAL_RESET);
    test_pair_end(&pair);
}

static void a_reset_breaks_the_send_that_waits_for_room(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    if (!test_stream_fill(&pair.client)) {
        test_pair_end(&pair);
        skip();
    }
    uint64_t sent_count = pair.client.sent_count;
    test_stream_reset(&pair.server);
    test_loop_until(&loop, pair.client.sent_count, sent_count + 1);
    assert_status(pair.client.sent_error, PAL_RESET);
    test_pair_end(&pair);
}

/* shutdown of a connection that is already broken is no error: the next receive reports it. */
static void a_shutdown_after_a_reset_does_no_harm(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    reset_unnoticed(&pair, &loop);
    test_stream_shutdown(&pair.client);
    test_stream_receive(&pair.client);
    test_loop_until(&loop, pair.client.received_count, 1);
    assert_status(pair.client.received_error, PAL_RESET);
    test_pair_end(&pair);
}

#define SENDS_TO_NOBODY 10000

/* The peer is gone, so sends fail at some point: with an error, and not with a signal that ends the process. */
static void sends_to_a_peer_that_has_gone_end_in_an_error(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_close_wait(&pair.server);
    uint64_t sends = 0;
    do {
        test_stream_send(&pair.client, "hello?", 6);
        test_loop_until(&loop, pair.client.sent_count, ++sends);
    } while (pair.client.sent_error.status == PAL_OK && sends < SENDS_TO_NOBODY);
    assert_status(pair.client.sent_error, PAL_RESET);
    test_stream_send(&pair.client, "hello?", 6);
    test_loop_until(&loop, pair.client.sent_count, sends + 1);
    assert_status(pair.client.sent_error, PAL_RESET);
    test_pair_end(&pair);
}

int stream_end_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_seen_after_all_bytes),
        cmocka_unit_test(the_end_answers_a_receive_that_waits),
        cmocka_unit_test(a_close_after_the_last_byte_is_an_end_for_the_peer),
        cmocka_unit_test(each_side_may_end_its_half_and_the_other_still_sends),
        cmocka_unit_test(a_reset_breaks_the_receive_that_waits),
        cmocka_unit_test(a_reset_breaks_the_receive_that_comes_after_it),
        cmocka_unit_test(a_reset_breaks_the_send_that_waits_for_room),
        cmocka_unit_test(a_shutdown_after_a_reset_does_no_harm),
        cmocka_unit_test(sends_to_a_peer_that_has_gone_end_in_an_error),
    };
    return cmocka_run_group_tests_name("stream end", tests, NULL, NULL);
}
