#include "support/peer.h"

#include <stdlib.h>
#include <string.h>

#define PEER_SIZE_MAX ((size_t)64 << 20)

static void peer_keep(test_stream *stream, const uint8_t *bytes, size_t size) {
    test_peer *peer = stream->context;
    if (peer->size + size > peer->capacity) {
        size_t capacity = peer->capacity == 0 ? PAL_RECEIVE_SIZE : peer->capacity;
        while (capacity < peer->size + size)
            capacity *= 2;
        uint8_t *grown = capacity <= PEER_SIZE_MAX ? realloc(peer->bytes, capacity) : NULL;
        if (grown == NULL) {
            test_loop_fail(peer->stream.loop, "a peer has no memory for what it received");
            return;
        }
        peer->bytes = grown;
        peer->capacity = capacity;
    }
    if (size > 0)
        memcpy(peer->bytes + peer->size, bytes, size);
    peer->size += size;
}

static void peer_prepare(test_peer *peer) {
    *peer = (test_peer){0};
    test_loop_open(&peer->loop);
}

static void stream_prepare(test_peer *peer) {
    test_stream_init(&peer->stream, &peer->loop);
    peer->stream.on_received = peer_keep;
    peer->stream.context = peer;
}

void test_peer_connect(test_peer *peer, uint16_t port) {
    peer_prepare(peer);
    stream_prepare(peer);
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", port, &address));
    assert_ok(test_stream_connect(&peer->stream, &address));
    test_loop_until(&peer->loop, peer->stream.connected_count, 1);
    assert_ok(peer->stream.connected_error);
}

uint16_t test_peer_listen(test_peer *peer) {
    peer_prepare(peer);
    return test_listener_start(&peer->listener, &peer->loop).port;
}

void test_peer_accept(test_peer *peer) {
    stream_prepare(peer);
    test_loop_until(&peer->loop, peer->listener.accepted_count, 1);
    assert_ok(test_stream_open(&peer->stream, test_listener_take(&peer->listener)));
}

void test_peer_send(test_peer *peer, const void *bytes, size_t size) {
    test_stream_send(&peer->stream, bytes, size);
    test_loop_until(&peer->loop, peer->stream.sent_count, peer->stream.sent_count + 1);
    assert_ok(peer->stream.sent_error);
}

void test_peer_send_text(test_peer *peer, const char *text) {
    test_peer_send(peer, text, strlen(text));
}

static void peer_receive_once(test_peer *peer) {
    test_stream_receive(&peer->stream);
    test_loop_until(&peer->loop, peer->stream.received_count, peer->stream.received_count + 1);
}

/* Fails unless SIZE bytes are there or come. */
static void peer_await(test_peer *peer, size_t size) {
    while (peer->size < size) {
        if (peer->stream.ended_count > 0)
            fail_msg("the stream ended (%s) after %u of %u bytes: '%.*s'", pal_status_name(peer->stream.received_error.status),
                     (unsigned)peer->size, (unsigned)size, (int)(peer->size < 400 ? peer->size : 400),
                     peer->size > 0 ? (const char *)peer->bytes : "");
        peer_receive_once(peer);
    }
}

static void peer_drop(test_peer *peer, size_t size) {
    peer->size -= size;
    if (peer->size > 0)
        memmove(peer->bytes, peer->bytes + size, peer->size);
}

void test_peer_receive(test_peer *peer, void *bytes, size_t size) {
    peer_await(peer, size);
    if (size > 0)
        memcpy(bytes, peer->bytes, size);
    peer_drop(peer, size);
}

void test_peer_expect(test_peer *peer, const char *text) {
    size_t size = strlen(text);
    peer_await(peer, size);
    if (memcmp(peer->bytes, text, size) != 0)
        fail_msg("received '%.*s', not '%s'", (int)size, (const char *)peer->bytes, text);
    peer_drop(peer, size);
}

pal_status test_peer_receive_end(test_peer *peer) {
    while (peer->stream.ended_count == 0) {
        peer->size = 0;
        peer_receive_once(peer);
    }
    peer->size = 0;
    return peer->stream.received_error.status;
}

void test_peer_expect_end(test_peer *peer) {
    while (peer->stream.ended_count == 0 && peer->size == 0)
        peer_receive_once(peer);
    if (peer->size > 0)
        fail_msg("'%.*s' came where the stream should end", (int)peer->size, (const char *)peer->bytes);
    assert_status(peer->stream.received_error, PAL_END);
}

void test_peer_shutdown(test_peer *peer) {
    test_stream_shutdown(&peer->stream);
}

static void peer_free(test_peer *peer) {
    if (peer->listener.loop != NULL)
        test_listener_close_wait(&peer->listener);
    test_loop_close(&peer->loop);
    free(peer->bytes);
    peer->bytes = NULL;
}

void test_peer_close(test_peer *peer) {
    if (peer->stream.loop != NULL)
        test_stream_close_wait(&peer->stream);
    peer_free(peer);
}

void test_peer_reset(test_peer *peer) {
    test_stream_reset(&peer->stream);
    test_loop_until(&peer->loop, peer->stream.closed_count, 1);
    peer_free(peer);
}
