/* A stream and a listener that record every callback and prove the rules of the contract in each of them:
 *
 * - an answer answers a request that was made, once, and not from inside the call that made it;
 * - no callback runs inside another;
 * - `received` lends 1 to PAL_RECEIVE_SIZE bytes;
 * - close cancels unanswered requests, and nothing else;
 * - `closed` comes when every request has been answered, and nothing comes after it.
 *
 * After `closed` the backend's memory is overwritten, as its caller may do. */
#ifndef TEST_SUPPORT_STREAM_H
#define TEST_SUPPORT_STREAM_H

#include "pal/listener.h"
#include "pal/stream.h"
#include "support/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct test_stream test_stream;

struct test_stream {
    pal_stream stream;
    test_loop *loop;

    /* what was asked and not yet answered */
    bool is_connecting, is_receiving, is_sending, is_closing;
    bool is_in_call;

    uint64_t connected_count, received_count, sent_count, closed_count;
    pal_error connected_error, received_error, sent_error; /* of the last answer */
    uint64_t received_bytes;                               /* in all */
    uint64_t ended_count;                                  /* receives answered with anything but PAL_OK */
    char text[64];                                         /* the first bytes received, terminated */

    bool checks_pattern; /* of the seed, by test_stream_expect_pattern */
    uint64_t pattern_seed;

    /* What a test adds; called last. May be NULL. on_closed may free the test_stream. */
    void (*on_connected)(test_stream *stream);
    void (*on_received)(test_stream *stream, const uint8_t *bytes, size_t size);
    void (*on_sent)(test_stream *stream);
    void (*on_closed)(test_stream *stream);
    void *context;
};

/* All zero except the loop. Before open or connect. */
void test_stream_init(test_stream *stream, test_loop *loop);

pal_error test_stream_open(test_stream *stream, pal_socket socket);
pal_error test_stream_connect(test_stream *stream, const pal_address *address);
void test_stream_receive(test_stream *stream);
void test_stream_send(test_stream *stream, const void *bytes, size_t size);
void test_stream_shutdown(test_stream *stream);
void test_stream_close(test_stream *stream);
void test_stream_reset(test_stream *stream);

/* Closes it and runs the loop until it is closed. */
void test_stream_close_wait(test_stream *stream);

/* Initialises it, connects it to ADDRESS, and runs the loop until it is connected. */
void test_stream_connect_wait(test_stream *stream, test_loop *loop, const pal_address *address);

/* Connects COUNT streams one after the other; those that nobody accepts wait in the listener's backlog. */
void test_streams_connect(test_stream *streams, size_t count, test_loop *loop, const pal_address *address);

void test_streams_close_wait(test_stream *streams, size_t count);

/* From now on: what it receives must be the bytes of test_pattern_fill, from the first of all on. */
void test_stream_expect_pattern(test_stream *stream, uint64_t seed);

/* From now on: receives until the stream ends. */
void test_stream_drain(test_stream *stream);

/* From now on: sends back what it receives, and ends its sending half when the peer has ended its own. */
void test_stream_echo(test_stream *stream);

/* Sends zeros to a peer that does not receive, until a send waits for room. False, after printing it, if the system takes
 * everything. */
bool test_stream_fill(test_stream *stream);

typedef struct test_listener test_listener;

struct test_listener {
    pal_listener listener;
    test_loop *loop;
    bool is_in_call;
    bool is_closing;
    uint64_t accepted_count, failed_count, closed_count;
    pal_error error; /* of the last `accepted` */

    /* The sockets accepted and not yet taken, unless on_accepted takes them. */
    pal_socket sockets[16];
    pal_address peers[16];
    size_t socket_count;

    /* Takes the socket. May be NULL. */
    void (*on_accepted)(test_listener *listener, pal_socket socket, const pal_address *peer);
    void *context;
};

/* Opens it on HOST with PORT (0 for any). */
pal_error test_listener_open(test_listener *listener, test_loop *loop, const char *host, uint16_t port, unsigned backlog);

/* Opens it on a free port of 127.0.0.1, and returns its address. */
pal_address test_listener_start(test_listener *listener, test_loop *loop);

/* The begin and the end of a test of one listener: opens LOOP too, and closes both. */
pal_address test_listener_begin(test_listener *listener, test_loop *loop);
void test_listener_end(test_listener *listener);

/* Opens it on a socket that listens already. */
pal_error test_listener_adopt(test_listener *listener, test_loop *loop, pal_socket socket);

/* A socket that listens at *ADDRESS, which is set. No function returns the port of a bare socket. So a listener gets the port
 * first; if another process takes it in between, the next port is tried. */
pal_socket test_socket_listen(test_loop *loop, pal_address *address);

void test_listener_pause(test_listener *listener);
void test_listener_resume(test_listener *listener);
void test_listener_close(test_listener *listener);

/* Closes it and the sockets that nobody took, and runs the loop until it is closed. */
void test_listener_close_wait(test_listener *listener);

/* Connects CLIENTS, one after the other, to a paused listener of a short backlog until a connect has to wait for room, as on most
 * systems. The last one of *COUNT is that connect. False, after printing it, if all of CAPACITY are connected. */
bool test_listener_fill(test_listener *listener, test_stream *clients, size_t capacity, size_t *count);

/* The oldest socket that was accepted and not yet taken. */
pal_socket test_listener_take(test_listener *listener);

/* Two connected streams on one loop: CLIENT connected, SERVER was accepted. */
typedef struct test_pair {
    test_stream client, server;
} test_pair;

void test_pair_open(test_pair *pair, test_loop *loop);
void test_pair_open_on(test_pair *pair, test_loop *loop, const char *host);

/* Connects them through LISTENER, which accepts nobody else meanwhile. */
void test_pair_connect(test_pair *pair, test_listener *listener);

/* Closes those of the two that are open and runs the loop until they are closed. */
void test_pair_close(test_pair *pair);

/* The begin and the end of a test of one pair: opens LOOP too, and closes both. */
void test_pair_begin(test_pair *pair, test_loop *loop);
void test_pair_end(test_pair *pair);

/* Whether this machine has the IPv6 loopback address; if not, prints that. */
bool test_has_ipv6(void);

#endif
