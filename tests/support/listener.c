#include "support/listener.h"

#include "pal/container.h"

#include <string.h>

#define PORT_TRIES 16

static test_listener *callback_begin(pal_listener *pal) {
    test_listener *listener = PAL_CONTAINER_OF(pal, test_listener, listener);
    test_callback_begin(listener->loop);
    if (listener->is_in_call)
        test_loop_fail(listener->loop, "a listener called back from inside a call");
    if (listener->closed_count > 0)
        test_loop_fail(listener->loop, "a callback came after closed");
    return listener;
}

static void keep_socket(test_listener *listener, pal_socket socket, const pal_address *peer) {
    if (listener->socket_count == TEST_COUNT(listener->sockets)) {
        pal_socket_close(socket);
        test_loop_fail(listener->loop, "more connections were accepted than the test expects");
        return;
    }
    listener->sockets[listener->socket_count] = socket;
    listener->peers[listener->socket_count] = *peer;
    listener->socket_count++;
}

static void accepted(pal_listener *pal, pal_error error, pal_socket socket, const pal_address *peer) {
    test_listener *listener = callback_begin(pal);
    if (listener->is_closing)
        test_loop_fail(listener->loop, "a connection was accepted after close");
    listener->error = error;
    if (error.status == PAL_OK) {
        listener->accepted_count++;
        if (listener->on_accepted != NULL)
            listener->on_accepted(listener, socket, peer);
        else
            keep_socket(listener, socket, peer);
    } else {
        listener->failed_count++;
    }
    test_callback_end(listener->loop);
}

static void closed(pal_listener *pal) {
    test_listener *listener = callback_begin(pal);
    if (!listener->is_closing)
        test_loop_fail(listener->loop, "closed came without a close");
    listener->closed_count++;
    memset(listener->listener.storage, 0xdd, sizeof listener->listener.storage);
    test_callback_end(listener->loop);
}

static const pal_listener_handler handler = {.accepted = accepted, .closed = closed};

pal_address test_listener_start(test_listener *listener, test_loop *loop) {
    assert_ok(test_listener_open(listener, loop, "127.0.0.1", 0, 0));
    return pal_listener_address(&listener->listener);
}

pal_address test_listener_begin(test_listener *listener, test_loop *loop) {
    test_loop_open(loop);
    return test_listener_start(listener, loop);
}

pal_error test_listener_adopt(test_listener *listener, test_loop *loop, pal_socket socket) {
    memset(listener, 0, sizeof *listener);
    listener->loop = loop;
    listener->is_in_call = true;
    pal_error error = pal_listener_adopt(&listener->listener, &loop->loop, &handler, socket);
    listener->is_in_call = false;
    return error;
}

pal_error test_listener_open(test_listener *listener, test_loop *loop, const char *host, uint16_t port, unsigned backlog) {
    memset(listener, 0, sizeof *listener);
    listener->loop = loop;
    listener->is_in_call = true;
    pal_address address;
    assert_true(pal_address_parse(host, port, &address));
    pal_error error = pal_listener_open(&listener->listener, &loop->loop, &handler, &address, backlog);
    listener->is_in_call = false;
    return error;
}

pal_socket test_socket_listen(test_loop *loop, pal_address *address) {
    for (int i = 0; i < PORT_TRIES; i++) {
        test_listener listener;
        *address = test_listener_start(&listener, loop);
        test_listener_close_wait(&listener);
        pal_socket socket;
        pal_error error = pal_socket_listen(address, 0, &socket);
        if (error.status == PAL_OK)
            return socket;
        assert_status(error, PAL_ADDRESS_IN_USE);
    }
    fail_msg("%d ports in turn were taken by others", PORT_TRIES);
    return (pal_socket){0};
}

bool test_has_ipv6(void) {
    pal_address address;
    assert_true(pal_address_parse("::1", 0, &address));
    pal_socket socket;
    pal_error error = pal_socket_listen(&address, 0, &socket);
    if (error.status != PAL_OK) {
        char text[PAL_ERROR_TEXT_SIZE];
        print_message("skipped: no IPv6 here: ::1 cannot be bound: %s\n", pal_error_text(error, text, sizeof text));
        return false;
    }
    pal_socket_close(socket);
    return true;
}

void test_listener_pause(test_listener *listener) {
    listener->is_in_call = true;
    pal_listener_pause(&listener->listener);
    listener->is_in_call = false;
}

void test_listener_resume(test_listener *listener) {
    listener->is_in_call = true;
    pal_listener_resume(&listener->listener);
    listener->is_in_call = false;
}

void test_listener_close(test_listener *listener) {
    listener->is_in_call = true;
    listener->is_closing = true;
    pal_listener_close(&listener->listener);
    listener->is_in_call = false;
}

void test_listener_close_wait(test_listener *listener) {
    if (!listener->is_closing)
        test_listener_close(listener);
    while (listener->socket_count > 0)
        pal_socket_close(test_listener_take(listener));
    test_loop_until(listener->loop, listener->closed_count, 1);
}

void test_listener_end(test_listener *listener) {
    test_listener_close_wait(listener);
    test_loop_close(listener->loop);
}

pal_socket test_listener_take(test_listener *listener) {
    assert_true(listener->socket_count > 0);
    pal_socket socket = listener->sockets[0];
    listener->socket_count--;
    memmove(listener->sockets, listener->sockets + 1, listener->socket_count * sizeof listener->sockets[0]);
    memmove(listener->peers, listener->peers + 1, listener->socket_count * sizeof listener->peers[0]);
    return socket;
}

bool test_listener_fill(test_listener *listener, test_stream *clients, size_t capacity, size_t *count) {
    pal_address address = pal_listener_address(&listener->listener);
    for (*count = 0; *count < capacity;) {
        test_stream *client = &clients[(*count)++];
        test_stream_init(client, listener->loop);
        assert_ok(test_stream_connect(client, &address));
        test_loop_passes(listener->loop, 30);
        if (client->connected_count == 0)
            return true;
    }
    print_message("skipped: on this system no connect waits for a full backlog\n");
    return false;
}
