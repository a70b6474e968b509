/* Each pass gives a stream and a listener a bounded share, so that none starves the others: neither a stream whose peer always has
 * more to send, nor one that can always send more, nor a listener with many waiting connections. */
#include "pal/container.h"
#include "platform/stream/groups.h"
#include "support/pair.h"
#include "support/stream.h"

#include <stdlib.h>

#define SHARE 16      /* callbacks of one stream in one pass; without a bound, the socket buffers give it 40 and more */
#define PATIENCE 2000 /* callbacks of the flooded stream within which the others must advance one step */
#define STEPS 25
#define FLOOD_SIZE ((size_t)1 << 18)
#define TRICKLE_SIZE ((size_t)256)

/* What one greedy stream or listener got. */
typedef struct share {
    test_loop *loop;
    pal_post pass; /* posts itself again: runs at the end of each pass */
    uint64_t bound;
    uint64_t in_pass, in_all, since_step;
    bool is_over;
} share;

static void share_pass_ended(pal_post *post) {
    share *got = PAL_CONTAINER_OF(post, share, pass);
    test_callback_begin(got->loop);
    got->in_pass = 0;
    if (!got->is_over)
        pal_loop_post(&got->loop->loop, &got->pass);
    test_callback_end(got->loop);
}

static void share_begin(share *got, test_loop *loop, uint64_t bound) {
    *got = (share){.loop = loop, .pass = {.run = share_pass_ended}, .bound = bound};
    pal_loop_post(&loop->loop, &got->pass);
}

static void share_end(share *got) {
    got->is_over = true;
    test_loop_passes(got->loop, 3);
}

/* Counts one callback; false when it was one too many. */
static bool share_count(share *got) {
    got->in_all++;
    if (++got->in_pass > got->bound) {
        test_loop_fail(got->loop, "one stream got more than its share of a pass");
        return false;
    }
    if (++got->since_step > PATIENCE) {
        test_loop_fail(got->loop, "one stream got everything and the others nothing");
        return false;
    }
    return true;
}

static const uint8_t flood_bytes[FLOOD_SIZE];

static void flood_goes_on(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK)
        test_stream_send(stream, flood_bytes, FLOOD_SIZE);
}

static void greedy_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    if (size > 0 && share_count(stream->context))
        test_stream_receive(stream);
}

static void greedy_sent(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK && share_count(stream->context))
        test_stream_send(stream, flood_bytes, TRICKLE_SIZE);
}

/* The others: an echo there and back, a new connection, its end. */
static void take_a_step(test_loop *loop, share *got, test_pair *pair, test_listener *listener, uint64_t step) {
    test_stream_send(&pair->client, "?", 1);
    test_loop_until(loop, pair->client.received_bytes, step);
    got->since_step = 0;
    test_stream visitor;
    pal_address address = pal_listener_address(&listener->listener);
    test_stream_connect_wait(&visitor, loop, &address);
    test_loop_until(loop, listener->accepted_count, step);
    got->since_step = 0;
    pal_socket_close(test_listener_take(listener));
    test_stream_close_wait(&visitor);
    got->since_step = 0;
}

static void others_go_on_beside(test_loop *loop, share *got) {
    test_pair pair;
    test_pair_open(&pair, loop);
    test_stream_echo(&pair.server);
    test_stream_drain(&pair.client);
    test_listener listener;
    test_listener_start(&listener, loop);
    got->since_step = 0;
    for (uint64_t step = 1; step <= STEPS; step++)
        take_a_step(loop, got, &pair, &listener, step);
    test_listener_close_wait(&listener);
    test_pair_close(&pair);
}

static void a_stream_whose_peer_never_stops_sending_gets_its_share_only(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_fill(&pair.client); /* so that much waits when the first receive is asked for */
    pair.client.on_sent = flood_goes_on;
    if (!pair.client.is_sending)
        flood_goes_on(&pair.client);
    share got;
    share_begin(&got, &loop, SHARE);
    pair.server.context = &got;
    pair.server.on_received = greedy_received;
    test_stream_receive(&pair.server);
    test_loop_until(&loop, got.in_all, 100);
    others_go_on_beside(&loop, &got);
    share_end(&got);
    test_pair_end(&pair);
}

static void a_stream_that_can_always_send_more_gets_its_share_only(void **state) {
    (void)state;
    test_loop loop;
    test_pair pair;
    test_pair_begin(&pair, &loop);
    test_stream_drain(&pair.server);
    share got;
    share_begin(&got, &loop, SHARE);
    pair.client.context = &got;
    pair.client.on_sent = greedy_sent;
    test_stream_send(&pair.client, flood_bytes, TRICKLE_SIZE);
    test_loop_until(&loop, got.in_all, 100);
    others_go_on_beside(&loop, &got);
    share_end(&got);
    test_pair_end(&pair);
}

#define KNOCKING 150
#define ACCEPT_BOUND 75 /* accepts in one pass: half of those that wait */

static void knock_accepted(test_listener *listener, pal_socket socket, const pal_address *peer) {
    (void)peer;
    pal_socket_close(socket);
    share_count(listener->context);
}

static void a_listener_with_many_waiting_gets_its_share_only(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_listener_pause(&listener);
    test_stream *clients = calloc(KNOCKING, sizeof *clients);
    assert_non_null(clients);
    test_streams_connect(clients, KNOCKING, &loop, &address);
    share got;
    share_begin(&got, &loop, ACCEPT_BOUND);
    listener.context = &got;
    listener.on_accepted = knock_accepted;
    test_listener_resume(&listener);
    test_loop_until(&loop, listener.accepted_count, KNOCKING);
    share_end(&got);
    test_streams_close_wait(clients, KNOCKING);
    free(clients);
    test_listener_end(&listener);
}

int stream_fair_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_whose_peer_never_stops_sending_gets_its_share_only),
        cmocka_unit_test(a_stream_that_can_always_send_more_gets_its_share_only),
        cmocka_unit_test(a_listener_with_many_waiting_gets_its_share_only),
    };
    return cmocka_run_group_tests_name("fairness", tests, NULL, NULL);
}
