/* After `closed` the memory is the caller's: to free, or to open again at once, often with the same descriptor number. A system's
 * event for the former stream must not reach the next one. */
#include "platform/stream/groups.h"
#include "support/listener.h"
#include "support/stream.h"

#include <stdlib.h>

static void closed_frees(test_stream *stream) {
    uint64_t *freed_count = stream->context;
    free(stream);
    ++*freed_count;
}

/* Connects CLIENT, and returns its server in memory of its own. */
static test_stream *open_heap_server(test_stream *client, test_loop *loop) {
    test_listener listener;
    pal_address address = test_listener_start(&listener, loop);
    test_stream_connect_wait(client, loop, &address);
    test_loop_until(loop, listener.accepted_count, 1);
    test_stream *server = malloc(sizeof *server);
    assert_non_null(server);
    test_stream_init(server, loop);
    assert_ok(test_stream_open(server, test_listener_take(&listener)));
    test_listener_close_wait(&listener);
    return server;
}

static void closed_may_free_the_stream(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    for (uint64_t round = 0; round < 20; round++) {
        test_stream client;
        test_stream *server = open_heap_server(&client, &loop);
        uint64_t freed_count = 0;
        server->on_closed = closed_frees;
        server->context = &freed_count;
        test_stream_receive(server);
        if (round % 4 == 3)
            test_stream_fill(server); /* the system's copy of a send goes too */
        test_loop_passes(&loop, round % 3 + 1);
        test_stream_send(&client, "x", 1); /* an event that may come before or after the close */
        if (round % 2 == 0)
            test_stream_close(server);
        else
            test_stream_reset(server);
        test_loop_until(&loop, freed_count, 1);
        test_stream_close_wait(&client);
        test_loop_passes(&loop, 3);
    }
    test_loop_close(&loop);
}

#define CROSSING 8

typedef struct cross {
    test_stream *servers[CROSSING];
    uint64_t closed_by_another;
    uint64_t freed_count;
} cross;

static void cross_closed(test_stream *stream) {
    cross *shared = stream->context;
    free(stream);
    shared->freed_count++;
}

/* The first stream that gets an event closes all the others, which have events in the same batch. */
static void cross_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    cross *shared = stream->context;
    if (size == 0)
        return; /* cancelled by another; the recording stream has checked that */
    for (size_t i = 0; i < CROSSING; i++) {
        test_stream *other = shared->servers[i];
        if (other != stream && !other->is_closing) {
            test_stream_close(other);
            shared->closed_by_another++;
        }
    }
    test_stream_close(stream);
}

static void a_callback_may_close_streams_whose_events_came_in_the_same_batch(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    cross shared = {0};
    test_stream clients[CROSSING];
    for (size_t i = 0; i < CROSSING; i++) {
        shared.servers[i] = open_heap_server(&clients[i], &loop);
        shared.servers[i]->context = &shared;
        shared.servers[i]->on_closed = cross_closed;
        shared.servers[i]->on_received = cross_received;
        test_stream_receive(shared.servers[i]);
    }
    test_loop_passes(&loop, 3);
    for (size_t i = 0; i < CROSSING; i++)
        test_stream_send(&clients[i], "news", 4);
    test_loop_until(&loop, shared.freed_count, CROSSING);
    assert_int_equal(shared.closed_by_another, CROSSING - 1);
    test_streams_close_wait(clients, CROSSING);
    test_loop_close(&loop);
}

/* The next stream gets the memory and, on POSIX, the descriptor of the former one, while the peer of that one still sends. */
static void a_stream_opened_in_the_same_memory_hears_nothing_of_the_one_before(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    pal_address address = test_listener_begin(&listener, &loop);
    test_stream server; /* one memory for all */
    for (uint64_t round = 0; round < 200; round++) {
        test_stream client;
        test_stream_connect_wait(&client, &loop, &address);
        test_loop_until(&loop, listener.accepted_count, round + 1);
        test_stream_init(&server, &loop);
        assert_ok(test_stream_open(&server, test_listener_take(&listener)));
        test_stream_receive(&server);
        test_stream_send(&client, "own", 3);
        test_loop_until(&loop, server.received_count, 1);
        assert_ok(server.received_error);
        assert_string_equal(server.text, "own");
        test_loop_until(&loop, client.sent_count, 1);
        test_stream_receive(&server);
        test_stream_send(&client, "stale", 5);
        test_stream_close(&server);
        test_loop_until(&loop, server.closed_count, 1);
        test_stream_close_wait(&client);
    }
    test_listener_end(&listener);
}

int stream_reuse_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_may_free_the_stream),
        cmocka_unit_test(a_callback_may_close_streams_whose_events_came_in_the_same_batch),
        cmocka_unit_test(a_stream_opened_in_the_same_memory_hears_nothing_of_the_one_before),
    };
    return cmocka_run_group_tests_name("stream reuse", tests, NULL, NULL);
}
