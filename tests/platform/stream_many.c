/* Many streams on one loop: a thousand at once, and none of them starved by one that never stops. */
#include "pal/system.h"
#include "pal/thread.h"
#include "platform/stream_groups.h"
#include "support/stream.h"

#include <stdlib.h>

#define CONNECTIONS 1000
#define CONNECTING_AT_ONCE 50     /* what the shortest of backlogs holds */
#define DESCRIPTORS_FOR_OTHERS 64 /* standard streams, pollers, the listener, the sanitizers */

typedef struct crowd {
    test_loop loop;
    test_listener listener;
    test_stream *clients, *servers;
    uint64_t wanted, started, connected_count, accepted_count, echoed_count, closed_count;
} crowd;

static void crowd_connect_next(crowd *all) {
    if (all->started == all->wanted)
        return;
    test_stream *client = &all->clients[all->started++];
    pal_address address = pal_listener_address(&all->listener.listener);
    pal_error error = test_stream_connect(client, &address);
    if (error.status != PAL_OK)
        test_loop_fail(&all->loop, "a stream of the crowd could not begin to connect");
}

static void crowd_connected(test_stream *stream) {
    crowd *all = stream->context;
    if (stream->connected_error.status != PAL_OK)
        test_loop_fail(&all->loop, "a stream of the crowd could not connect");
    all->connected_count++;
    crowd_connect_next(all);
}

static void crowd_accepted(test_listener *listener, pal_socket socket, const pal_address *peer) {
    (void)peer;
    crowd *all = listener->context;
    if (all->accepted_count == all->wanted) {
        pal_socket_close(socket);
        test_loop_fail(&all->loop, "more connections were accepted than made");
        return;
    }
    test_stream *server = &all->servers[all->accepted_count++];
    if (test_stream_open(server, socket).status != PAL_OK) {
        test_loop_fail(&all->loop, "an accepted socket of the crowd could not be opened");
        return;
    }
    test_stream_echo(server);
}

static void crowd_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    crowd *all = stream->context;
    if (size > 0 && stream->received_bytes < sizeof(uint64_t))
        test_stream_receive(stream);
    else if (size > 0)
        all->echoed_count++;
}

static void crowd_closed(test_stream *stream) {
    crowd *all = stream->context;
    all->closed_count++;
}

static uint64_t connections_allowed(void) {
    uint64_t limit = pal_system_raise_descriptor_limit();
    if (limit >= 2 * CONNECTIONS + DESCRIPTORS_FOR_OTHERS)
        return CONNECTIONS;
    uint64_t allowed = (limit - DESCRIPTORS_FOR_OTHERS) / 2;
    print_message("%u connections instead of %u: the limit is %u descriptors\n", (unsigned)allowed, CONNECTIONS, (unsigned)limit);
    return allowed;
}

static void crowd_open(crowd *all) {
    all->wanted = connections_allowed();
    assert_true(all->wanted >= 100);
    test_loop_open(&all->loop);
    assert_ok(test_listener_open(&all->listener, &all->loop, "127.0.0.1", 0, 0));
    all->listener.on_accepted = crowd_accepted;
    all->listener.context = all;
    all->clients = calloc((size_t)all->wanted, sizeof *all->clients);
    all->servers = calloc((size_t)all->wanted, sizeof *all->servers);
    assert_non_null(all->clients);
    assert_non_null(all->servers);
    for (uint64_t i = 0; i < all->wanted; i++) {
        test_stream_init(&all->clients[i], &all->loop);
        all->clients[i].on_connected = crowd_connected;
        all->clients[i].on_received = crowd_received;
        all->clients[i].on_closed = crowd_closed;
        all->clients[i].context = all;
        test_stream_init(&all->servers[i], &all->loop);
        all->servers[i].on_closed = crowd_closed;
        all->servers[i].context = all;
    }
}

static void a_thousand_connections_converse_at_once(void **state) {
    (void)state;
    static crowd all;
    crowd_open(&all);
    for (int i = 0; i < CONNECTING_AT_ONCE; i++)
        crowd_connect_next(&all);
    test_loop_until(&all.loop, all.connected_count, all.wanted);
    test_loop_until(&all.loop, all.accepted_count, all.wanted);
    for (uint64_t i = 0; i < all.wanted; i++) {
        test_stream_send(&all.clients[i], &i, sizeof i);
        test_stream_receive(&all.clients[i]);
    }
    test_loop_until(&all.loop, all.echoed_count, all.wanted);
    for (uint64_t i = 0; i < all.wanted; i++) {
        assert_memory_equal(all.clients[i].text, &i, sizeof i);
        test_stream_close(&all.clients[i]);
        test_stream_close(&all.servers[i]);
    }
    test_loop_until(&all.loop, all.closed_count, 2 * all.wanted);
    test_listener_close_wait(&all.listener);
    free(all.clients);
    free(all.servers);
    test_loop_close(&all.loop);
}

/* Fairness. A peer on a thread of its own floods one stream of the loop, in one direction or the other, as fast as the machine can;
 * meanwhile other streams of the loop converse, and connections are made and accepted. */

#define FLOOD_SIZE ((size_t)1 << 20)
#define FLOOD_SHARE                                                                                                                \
    2000 /* callbacks of the flooded stream in which the others must have come a step further; a starving loop knows no end */
#define FAIR_STEPS 50

typedef struct flooder {
    test_loop loop; /* the thread's */
    test_stream stream;
    pal_post stop;
    pal_socket socket;
    uint64_t stopped_count;
    uint8_t *bytes;
    bool sends;
} flooder;

static void flood_sent(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK) {
        const flooder *flood = stream->context;
        test_stream_send(stream, flood->bytes, FLOOD_SIZE);
    }
}

static void flood_closed(test_stream *stream) {
    flooder *flood = stream->context;
    flood->stopped_count = 1;
}

static void flood_stop(pal_post *post) {
    flooder *flood = (flooder *)(void *)((unsigned char *)post - offsetof(flooder, stop));
    test_stream_reset(&flood->stream);
}

static void flood_run(void *context) {
    flooder *flood = context;
    test_stream_init(&flood->stream, &flood->loop);
    flood->stream.context = flood;
    flood->stream.on_closed = flood_closed;
    if (test_stream_open(&flood->stream, flood->socket).status != PAL_OK) {
        test_loop_fail(&flood->loop, "the flooding stream could not be opened");
        return;
    }
    if (flood->sends) {
        flood->stream.on_sent = flood_sent;
        test_stream_send(&flood->stream, flood->bytes, FLOOD_SIZE);
    } else {
        test_stream_drain(&flood->stream);
    }
    test_loop_run_until(&flood->loop, &flood->stopped_count, 1, "the flood to be stopped");
}

/* The flooded stream's callbacks since the others' last step. */
typedef struct flooded {
    test_stream stream;
    uint64_t callbacks;
    uint64_t callbacks_in_all;
    uint8_t *bytes;
    bool sends;
} flooded;

static void flooded_goes_on(test_stream *stream) {
    flooded *this = (flooded *)(void *)stream;
    if (stream->received_error.status != PAL_OK || stream->sent_error.status != PAL_OK)
        return;
    this->callbacks_in_all++;
    if (++this->callbacks > FLOOD_SHARE) {
        test_loop_fail(stream->loop, "one stream got everything and the others nothing");
        return;
    }
    if (this->sends)
        test_stream_send(stream, this->bytes, FLOOD_SIZE);
    else
        test_stream_receive(stream);
}

static void flooded_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    (void)size;
    flooded_goes_on(stream);
}

/* The others: an echo and a new connection, again and again. */
static void step_beside_the_flood(test_loop *loop, flooded *one, test_pair *pair, test_listener *listener, uint64_t step) {
    test_stream_send(&pair->client, "?", 1);
    test_loop_until(loop, pair->client.received_bytes, step);
    one->callbacks = 0;
    test_stream visitor;
    test_stream_init(&visitor, loop);
    pal_address address = pal_listener_address(&listener->listener);
    assert_ok(test_stream_connect(&visitor, &address));
    test_loop_until(loop, visitor.connected_count, 1);
    one->callbacks = 0;
    test_loop_until(loop, listener->accepted_count, step + 1);
    one->callbacks = 0;
    pal_socket_close(test_listener_take(listener));
    test_stream_close_wait(&visitor);
    one->callbacks = 0;
}

static void flood_open(flooded *one, flooder *flood, test_loop *loop, test_listener *listener, bool loop_sends) {
    pal_address address = pal_listener_address(&listener->listener);
    one->bytes = calloc(1, FLOOD_SIZE);
    assert_non_null(one->bytes);
    one->sends = loop_sends;
    test_stream_init(&one->stream, loop);
    assert_ok(test_stream_connect(&one->stream, &address));
    test_loop_until(loop, one->stream.connected_count, 1);
    test_loop_until(loop, listener->accepted_count, 1);
    one->stream.on_received = flooded_received;
    one->stream.on_sent = flooded_goes_on;
    flood->socket = test_listener_take(listener);
    flood->bytes = one->bytes;
    flood->sends = !loop_sends;
    flood->stop.run = flood_stop;
    test_loop_open(&flood->loop);
}

static void others_go_on_beside_a_flood(bool loop_sends) {
    test_loop loop;
    test_loop_open(&loop);
    test_pair pair;
    test_pair_open(&pair, &loop);
    test_stream_echo(&pair.server);
    test_stream_drain(&pair.client);
    test_listener listener;
    assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", 0, 0));
    static flooded one;
    static flooder flood;
    one = (flooded){0};
    flood = (flooder){0};
    flood_open(&one, &flood, &loop, &listener, loop_sends);

    pal_thread thread;
    assert_ok(pal_thread_start(&thread, flood_run, &flood));
    if (loop_sends)
        test_stream_send(&one.stream, one.bytes, FLOOD_SIZE);
    else
        test_stream_receive(&one.stream);
    test_loop_until(&loop, one.callbacks_in_all, 20);
    one.callbacks = 0;
    for (uint64_t step = 1; step <= FAIR_STEPS; step++)
        step_beside_the_flood(&loop, &one, &pair, &listener, step);

    pal_loop_post(&flood.loop.loop, &flood.stop);
    pal_thread_join(&thread);
    assert_loop(&flood.loop);
    test_loop_close(&flood.loop);
    test_stream_close_wait(&one.stream);
    free(one.bytes);
    test_listener_close_wait(&listener);
    test_pair_close(&pair);
    test_loop_close(&loop);
}

static void a_flood_of_bytes_received_starves_no_other(void **state) {
    (void)state;
    others_go_on_beside_a_flood(false);
}

static void a_flood_of_bytes_sent_starves_no_other(void **state) {
    (void)state;
    others_go_on_beside_a_flood(true);
}

int stream_many_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_connections_converse_at_once),
        cmocka_unit_test(a_flood_of_bytes_received_starves_no_other),
        cmocka_unit_test(a_flood_of_bytes_sent_starves_no_other),
    };
    return cmocka_run_group_tests_name("many streams", tests, NULL, NULL);
}
