/* The library's server and client against each other, in one process: a server on a thread of its own, and clients on a loop of the
 * test's. */
#ifndef TEST_CORE_FIXTURE_H
#define TEST_CORE_FIXTURE_H

#include "loopmsg/client.h"
#include "loopmsg/server.h"
#include "pal/thread.h"
#include "support/loop.h"

/* The server writes its events into one text. */
typedef struct test_fixture {
    lm_server *server;
    lm_server_settings settings;
    pal_address addresses[2];
    pal_address bound[2];
    pal_thread thread;
    pal_mutex mutex; /* guards events and accepted_lanes */
    pal_condition heard;
    char events[4096];
    unsigned accepted_lanes;     /* a bit for each lane that took a connection */
    test_loop loop;              /* the clients' */
    uint64_t connect_timeout_ns; /* of the clients, for each address */
} test_fixture;

/* Settings of two threads on a free port of 127.0.0.1, which the test may change before it starts. */
void fixture_open(test_fixture *fixture);
void fixture_start(test_fixture *fixture);

/* Waits until the server has reported TEXT. */
void fixture_wait_event(test_fixture *fixture, const char *text);

/* Stops the server and waits for its end. */
void fixture_stop(test_fixture *fixture);
void fixture_close(test_fixture *fixture);

/* A client that records its callbacks. */
typedef struct test_recorder {
    lm_client client;
    test_loop *loop;
    uint64_t begun_count, failed_count, connected_count, message_count, sent_count, ended_count, closed_count;
    pal_error connected_error, failed_error, sent_error;
    pal_address connected_address;
    lm_cause cause;
    char messages[1024];       /* each with a '|' behind it */
    const lm_buffer *expected; /* if set, before the server sends anything: the bytes that all messages together must be */
    uint64_t matched_bytes;
} test_recorder;

/* Opens it: it starts to connect to the first of COUNT addresses that answers. */
void recorder_open(test_recorder *recorder, test_fixture *fixture, lm_framing_kind framing, const pal_address *addresses,
                   size_t count);

/* Opens it on the fixture's server and waits until it is connected. */
void recorder_connect(test_recorder *recorder, test_fixture *fixture, lm_framing_kind framing);

/* Sends TEXT and waits until it is sent. */
void recorder_send(test_recorder *recorder, const char *text, lm_ending ending);

/* Closes it and waits until it is closed. */
void recorder_close(test_recorder *recorder);

#endif
