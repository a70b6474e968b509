/* A thousand streams on one loop. */
#include "pal/system.h"
#include "platform/stream/groups.h"
#include "support/listener.h"
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
    test_listener_start(&all->listener, &all->loop);
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

int stream_many_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_connections_converse_at_once),
    };
    return cmocka_run_group_tests_name("many streams", tests, NULL, NULL);
}
