/* The other side of a conversation with the real program: one TCP connection on a loop of its own. Its functions block, and fail
 * the test when they take too long. For the test's own thread only. */
#ifndef TEST_SUPPORT_PEER_H
#define TEST_SUPPORT_PEER_H

#include "support/listener.h"
#include "support/loop.h"
#include "support/stream.h"

#include <stddef.h>
#include <stdint.h>

typedef struct test_peer {
    test_loop loop;
    test_listener listener; /* of a peer that listens */
    test_stream stream;
    uint8_t *bytes; /* received and not yet taken */
    size_t size, capacity;
} test_peer;

/* Connects to 127.0.0.1. It must not move. */
void test_peer_connect(test_peer *peer, uint16_t port);

/* Listens on a free port of 127.0.0.1, which it returns; then waits for one connection. */
uint16_t test_peer_listen(test_peer *peer);
void test_peer_accept(test_peer *peer);

/* Sends it all. When this returns, the system has it. */
void test_peer_send(test_peer *peer, const void *bytes, size_t size);
void test_peer_send_text(test_peer *peer, const char *text);

/* Receives exactly SIZE bytes; fails when the stream ends first. Further bytes stay for the next call. */
void test_peer_receive(test_peer *peer, void *bytes, size_t size);

/* Receives as many bytes as TEXT has and compares. */
void test_peer_expect(test_peer *peer, const char *text);

/* Receives and drops bytes until the stream ends, and returns how it ended: PAL_END or PAL_RESET. */
pal_status test_peer_receive_end(test_peer *peer);

/* The stream ends in good order, without another byte. */
void test_peer_expect_end(test_peer *peer);

/* Ends its sending half. */
void test_peer_shutdown(test_peer *peer);

/* Closes, or resets, the connection and everything else it has. */
void test_peer_close(test_peer *peer);
void test_peer_reset(test_peer *peer);

#endif
