/* Every byte arrives, once and in order, whatever the sizes of the sends and of the system's buffers. */
#include "platform/stream/groups.h"
#include "support/pair.h"
#include "support/random.h"
#include "support/stream.h"

#include <stdlib.h>
#include <string.h>

#define BIG_SIZE ((size_t)16 << 20) /* several times what the socket buffers of any system hold by default */

/* Sends BIG_SIZE bytes of the stream SEED, and overwrites the caller's memory when the call has returned. */
static void send_big(test_stream *stream, uint64_t seed) {
    uint8_t *bytes = test_pattern_new(seed, BIG_SIZE);
    test_stream_send(stream, bytes, BIG_SIZE);
    memset(bytes, 0xee, BIG_SIZE);
    free(bytes);
}

static void a_big_send_arrives_whole_at_a_reader_that_starts_late(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_expect_pattern(&pair.server, 11);
    send_big(&pair.client, 11);
    test_loop_passes(&loop, 50);
    test_stream_drain(&pair.server);
    test_loop_until(&loop, pair.server.received_bytes, BIG_SIZE);
    test_loop_until(&loop, pair.client.sent_count, 1);
    assert_ok(pair.client.sent_error);
    test_stream_shutdown(&pair.client);
    test_loop_until(&loop, pair.server.ended_count, 1);
    assert_status(pair.server.received_error, PAL_END);
    assert_int_equal(pair.server.received_bytes, BIG_SIZE);
    assert_int_equal(pair.client.sent_count, 1);
    test_pair_end(&pair);
}

/* Neither side's sending holds up its receiving. */
static void big_sends_pass_each_other_in_both_directions(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_expect_pattern(&pair.server, 21);
    test_stream_expect_pattern(&pair.client, 22);
    send_big(&pair.client, 21);
    send_big(&pair.server, 22);
    test_loop_passes(&loop, 20);
    test_stream_drain(&pair.client);
    test_stream_drain(&pair.server);
    test_loop_until(&loop, pair.server.received_bytes, BIG_SIZE);
    test_loop_until(&loop, pair.client.received_bytes, BIG_SIZE);
    test_loop_until(&loop, pair.client.sent_count, 1);
    test_loop_until(&loop, pair.server.sent_count, 1);
    test_pair_end(&pair);
}

#define ECHO_TOTAL ((uint64_t)8 << 20)
#define ECHO_PIECE 100000

typedef struct echo_sender {
    uint64_t random;
    uint64_t sent_bytes;
    uint8_t piece[ECHO_PIECE];
} echo_sender;

static void send_next_piece(test_stream *stream) {
    echo_sender *sender = stream->context;
    if (sender->sent_bytes == ECHO_TOTAL) {
        test_stream_shutdown(stream);
        return;
    }
    /* small and large alike: the bound is random too */
    uint64_t size = 1 + test_random_below(&sender->random, 1 + test_random_below(&sender->random, ECHO_PIECE - 1));
    if (size > ECHO_TOTAL - sender->sent_bytes)
        size = ECHO_TOTAL - sender->sent_bytes;
    test_pattern_fill(31, sender->sent_bytes, sender->piece, (size_t)size);
    sender->sent_bytes += size;
    test_stream_send(stream, sender->piece, (size_t)size);
}

static void pieces_of_random_sizes_come_back_as_they_went(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    echo_sender *sender = calloc(1, sizeof *sender);
    assert_non_null(sender);
    sender->random = 2026;
    pair.client.context = sender;
    pair.client.on_sent = send_next_piece;
    test_stream_expect_pattern(&pair.client, 31);
    test_stream_echo(&pair.server);
    test_stream_drain(&pair.client);
    send_next_piece(&pair.client);
    test_loop_until(&loop, pair.client.ended_count, 1);
    assert_status(pair.client.received_error, PAL_END);
    assert_int_equal(pair.client.received_bytes, ECHO_TOTAL);
    free(sender);
    test_pair_end(&pair);
}

#define NAGLE_ROUNDS 60

/* A second small write must not wait for the acknowledgement of the first, which the peer's system delays for 40 ms or more
 * (RFC 9293, 3.7.4). The median decides, so that a machine that stalls at times changes nothing. */
static void small_writes_go_out_at_once(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_drain(&pair.server);
    test_stream_drain(&pair.client);
    int slow_rounds = 0;
    for (uint64_t round = 0; round < NAGLE_ROUNDS; round++) {
        uint64_t begin_ns = pal_clock_now_ns();
        for (uint64_t write = 1; write <= 2; write++) {
            test_stream_send(&pair.client, "?", 1);
            test_loop_until(&loop, pair.client.sent_count, 2 * round + write);
        }
        test_loop_until(&loop, pair.server.received_bytes, 2 * round + 2);
        test_stream_send(&pair.server, "!", 1);
        test_loop_until(&loop, pair.client.received_bytes, round + 1);
        if (pal_clock_now_ns() - begin_ns > 30 * PAL_MILLISECOND_NS)
            slow_rounds++;
    }
    assert_true(slow_rounds < NAGLE_ROUNDS / 2);
    test_pair_end(&pair);
}

int stream_data_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_big_send_arrives_whole_at_a_reader_that_starts_late),
        cmocka_unit_test(big_sends_pass_each_other_in_both_directions),
        cmocka_unit_test(pieces_of_random_sizes_come_back_as_they_went),
        cmocka_unit_test(small_writes_go_out_at_once),
    };
    return cmocka_run_group_tests_name("stream data", tests, NULL, NULL);
}
