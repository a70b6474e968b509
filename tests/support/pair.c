#include "support/pair.h"

void test_pair_connect(test_pair *pair, test_listener *listener) {
    pal_address address = pal_listener_address(&listener->listener);
    uint64_t accepted_count = listener->accepted_count;
    test_stream_connect_wait(&pair->client, listener->loop, &address);
    test_loop_until(listener->loop, listener->accepted_count, accepted_count + 1);
    test_stream_init(&pair->server, listener->loop);
    assert_ok(test_stream_open(&pair->server, test_listener_take(listener)));
}

void test_pair_open(test_pair *pair, test_loop *loop) {
    test_listener listener;
    test_listener_start(&listener, loop);
    test_pair_connect(pair, &listener);
    test_listener_close_wait(&listener);
}

void test_pair_close(test_pair *pair) {
    test_stream *streams[] = {&pair->client, &pair->server};
    for (size_t i = 0; i < TEST_COUNT(streams); i++) {
        if (streams[i]->closed_count == 0 && !streams[i]->is_closing)
            test_stream_close(streams[i]);
    }
    for (size_t i = 0; i < TEST_COUNT(streams); i++)
        test_loop_until(streams[i]->loop, streams[i]->closed_count, 1);
    test_loop_passes(pair->client.loop, 3);
}

void test_pair_begin(test_pair *pair, test_loop *loop) {
    test_loop_open(loop);
    test_pair_open(pair, loop);
}

void test_pair_end(test_pair *pair) {
    test_pair_close(pair);
    test_loop_close(pair->client.loop);
}
