/* A listener that records every callback and proves in each of them that none comes from inside a call, inside another callback or
 * after `closed`, and that nothing is accepted after close. */
#ifndef TEST_SUPPORT_LISTENER_H
#define TEST_SUPPORT_LISTENER_H

#include "pal/listener.h"
#include "support/loop.h"
#include "support/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Whether this machine has the IPv6 loopback address; if not, prints that. */
bool test_has_ipv6(void);

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

#endif
