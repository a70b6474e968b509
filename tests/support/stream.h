/* A stream that records every callback and proves the rules of the contract in each of them:
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

/* From now on: sends back what it receives, and closes when the peer has ended its half or something has failed. */
void test_stream_serve(test_stream *stream);

/* Sends zeros to a peer that does not receive, until a send waits for room. False, after printing it, if the system takes
 * everything. */
bool test_stream_fill(test_stream *stream);

#endif
