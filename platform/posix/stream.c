/* pal_stream on non-blocking sockets. */
#include "pal/stream.h"

#include "common/address.h"
#include "common/trace.h"
#include "pal/container.h"
#include "reactor.h"
#include "sockets.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS: SO_NOSIGPIPE instead, see stream_register */
#endif

typedef struct posix_stream {
    pal_pollable pollable;
    pal_reactor *reactor;
    pal_trace_role role;
    pal_address address; /* PAL_TRACE_CONNECTING: the peer */
    bool is_connecting;  /* requests under way */
    bool is_receiving;
    bool is_sending;
    bool is_closing;
    bool is_sent;            /* is_sending, and the result is in send_error */
    pal_error connect_error; /* is_connecting: an error known from the start, or PAL_OK */
    pal_error send_error;
    uint8_t *unsent; /* what the system has not taken yet, from malloc(); NULL for nothing */
    size_t unsent_size, unsent_offset;
} posix_stream;

static_assert(sizeof(posix_stream) <= sizeof(((pal_stream *)NULL)->storage), "pal_stream holds a stream");

static posix_stream *state_of(pal_stream *stream) {
    return (posix_stream *)(void *)stream->storage;
}

static pal_stream *stream_of(posix_stream *state) {
    return PAL_CONTAINER_OF((void *)state, pal_stream, storage);
}

/* Sets what the poller must watch. Sets the stream ready if it can continue without. */
static void stream_update(posix_stream *state) {
    pal_pollable *pollable = &state->pollable;
    bool is_unsent = state->unsent != NULL;
    pollable->wants_readable = state->is_receiving && !state->is_closing;
    pollable->wants_writable = (state->is_connecting || is_unsent) && !state->is_closing;
    if (state->is_closing || state->is_sent || (state->is_connecting && state->connect_error.status != PAL_OK) ||
        (pollable->wants_readable && pollable->is_readable) || (pollable->wants_writable && pollable->is_writable))
        pal_source_set_ready(&state->reactor->common, &pollable->source);
}

PAL_TRACE_APART static void stream_trace_connect(const posix_stream *state, bool is_pending, pal_error error) {
    pal_trace(.operation = PAL_TRACE_CONNECT, .role = state->role, .socket = (uintptr_t)state->pollable.descriptor,
              .address = &state->address, .is_pending = is_pending, .error = error);
}

static pal_error stream_connect_result(posix_stream *state) {
    if (state->connect_error.status != PAL_OK)
        return state->connect_error;
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt(state->pollable.descriptor, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        code = errno;
    if (code == 0 && pal_socket_is_own_peer(state->pollable.descriptor))
        code = ECONNREFUSED;
    pal_error error = pal_error_from_os(code);
    stream_trace_connect(state, false, error);
    return error;
}

/* True for a call that must be tried again later. */
static bool is_to_wait(int code) {
    return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

/* send(2), traced. */
PAL_TRACE_APART static ssize_t stream_send_traced(const posix_stream *state, const void *bytes, size_t size) {
    uint64_t begin_ns = pal_clock_now_ns();
    ssize_t taken = send(state->pollable.descriptor, bytes, size, MSG_NOSIGNAL);
    int code = taken < 0 ? errno : 0;
    pal_trace(.time_ns = begin_ns, .operation = PAL_TRACE_SEND, .role = state->role,
              .socket = (uintptr_t)state->pollable.descriptor, .size = size, .bytes = taken > 0 ? bytes : NULL,
              .done = taken > 0 ? (size_t)taken : 0, .is_pending = is_to_wait(code),
              .error = is_to_wait(code) ? pal_ok() : pal_error_from_os(code));
    errno = code;
    return taken;
}

/* recv(2) into the loop's buffer, traced. */
PAL_TRACE_APART static ssize_t stream_receive_traced(const posix_stream *state) {
    uint8_t *buffer = state->reactor->receive_buffer;
    ssize_t size = recv(state->pollable.descriptor, buffer, PAL_RECEIVE_SIZE, 0);
    int code = size < 0 ? errno : 0;
    pal_error error = is_to_wait(code) ? pal_ok() : pal_error_from_os(code);
    pal_trace(.operation = PAL_TRACE_RECEIVE, .role = state->role, .socket = (uintptr_t)state->pollable.descriptor,
              .size = PAL_RECEIVE_SIZE, .bytes = size > 0 ? buffer : NULL, .done = size > 0 ? (size_t)size : 0,
              .is_pending = is_to_wait(code), .error = size == 0 ? pal_error_of(PAL_END) : error);
    errno = code;
    return size;
}

/* Gives the system up to SIZE bytes. Returns how many it took, or -1 with *ERROR. Fewer than SIZE means that its buffer is full;
 * the poller reports when it has room again (epoll(7)). */
static ssize_t stream_write(posix_stream *state, const void *bytes, size_t size, pal_error *error) {
    ssize_t taken = pal_trace_reporter == NULL ? send(state->pollable.descriptor, bytes, size, MSG_NOSIGNAL)
                                               : stream_send_traced(state, bytes, size);
    if (taken < 0) {
        if (errno == EINTR)
            return 0; /* still writable */
        if (!is_to_wait(errno)) {
            *error = pal_error_last();
            return -1;
        }
        taken = 0;
    }
    state->pollable.is_writable = (size_t)taken == size;
    return taken;
}

static void stream_unsent_free(posix_stream *state) {
    free(state->unsent);
    state->unsent = NULL;
}

/* Sends one more piece of the unsent bytes. */
static void stream_send_more(posix_stream *state) {
    size_t size = state->unsent_size - state->unsent_offset;
    ssize_t taken = stream_write(state, state->unsent + state->unsent_offset, size, &state->send_error);
    if (taken >= 0)
        state->unsent_offset += (size_t)taken;
    if (taken < 0 || state->unsent_offset == state->unsent_size) {
        stream_unsent_free(state);
        state->is_sent = true;
    }
}

static void stream_answer_sent(posix_stream *state, pal_error error) {
    state->is_sending = state->is_sent = false;
    stream_of(state)->handler->sent(stream_of(state), error);
}

static void stream_run_sending(posix_stream *state) {
    if (state->unsent != NULL && state->pollable.is_writable)
        stream_send_more(state);
    if (state->is_sent)
        stream_answer_sent(state, state->send_error);
}

static void stream_answer_received(posix_stream *state, pal_error error, const uint8_t *bytes, size_t size) {
    state->is_receiving = false;
    stream_of(state)->handler->received(stream_of(state), error, bytes, size);
}

/* Receives once into the loop's buffer. */
static void stream_run_receiving(posix_stream *state) {
    uint8_t *buffer = state->reactor->receive_buffer;
    if (!state->is_receiving || state->is_closing || !state->pollable.is_readable)
        return;
    ssize_t size =
        pal_trace_reporter == NULL ? recv(state->pollable.descriptor, buffer, PAL_RECEIVE_SIZE, 0) : stream_receive_traced(state);
    if (size < 0 && is_to_wait(errno)) {
        state->pollable.is_readable = errno == EINTR;
    } else if (size < 0) {
        stream_answer_received(state, pal_error_last(), NULL, 0);
    } else if (size == 0) {
        stream_answer_received(state, pal_error_of(PAL_END), NULL, 0);
    } else {
        /* A short read took everything, so the next bytes raise a new edge (epoll(7)), unless the end was already reported. */
        if (size < PAL_RECEIVE_SIZE && !state->pollable.is_hung_up)
            state->pollable.is_readable = false;
        stream_answer_received(state, pal_ok(), buffer, (size_t)size);
    }
}

static void stream_run_connecting(posix_stream *state) {
    if (state->connect_error.status == PAL_OK && !state->pollable.is_writable)
        return;
    pal_error error = stream_connect_result(state);
    state->is_connecting = false;
    stream_of(state)->handler->connected(stream_of(state), error);
}

/* The socket is closed. Answers what was under way, then calls `closed`. */
static void stream_run_closing(posix_stream *state) {
    pal_stream *stream = stream_of(state);
    pal_error cancelled = pal_error_of(PAL_CANCELLED);
    stream_unsent_free(state);
    if (state->is_connecting)
        stream->handler->connected(stream, cancelled);
    if (state->is_receiving)
        stream_answer_received(state, cancelled, NULL, 0);
    if (state->is_sending)
        stream_answer_sent(state, cancelled);
    stream->handler->closed(stream);
}

/* A stream's share of a round. A callback may make requests or close the stream, but the stream lives until `closed`, the last
 * callback. */
static void stream_run(pal_source *source) {
    posix_stream *state = PAL_CONTAINER_OF(source, posix_stream, pollable.source);
    if (state->is_closing) {
        stream_run_closing(state);
        return;
    }
    if (state->is_connecting) {
        stream_run_connecting(state);
    } else {
        stream_run_sending(state);
        stream_run_receiving(state);
    }
    stream_update(state);
}

static posix_stream *stream_init(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, int descriptor,
                                 pal_trace_role role) {
    posix_stream *state = state_of(stream);
    stream->handler = handler;
    *state =
        (posix_stream){.pollable = {.source.run = stream_run, .descriptor = descriptor}, .reactor = reactor_of(loop), .role = role};
    return state;
}

/* Gives the socket to the poller; closes it on failure. */
static pal_error stream_register(posix_stream *state) {
    int descriptor = state->pollable.descriptor;
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* the first receive reports a peer that is gone already */
#ifdef SO_NOSIGPIPE
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    pal_error error = state->reactor->poller->add(state->reactor, &state->pollable);
    if (error.status != PAL_OK)
        pal_socket_end(descriptor, state->role);
    return error;
}

pal_error pal_stream_open(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_socket socket) {
    posix_stream *state = stream_init(stream, loop, handler, (int)socket.handle, PAL_TRACE_ACCEPTED);
    state->pollable.is_writable = true;
    return stream_register(state);
}

pal_error pal_stream_connect(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, const pal_address *address) {
    int descriptor;
    pal_error error = pal_socket_open(address, PAL_TRACE_CONNECTING, &descriptor);
    if (error.status != PAL_OK)
        return error;
    posix_stream *state = stream_init(stream, loop, handler, descriptor, PAL_TRACE_CONNECTING);
    state->address = *address;
    struct sockaddr_storage storage;
    socklen_t size = pal_address_to_sockaddr(address, &storage);
    /* Registered only now that it connects: an unconnected socket would be reported as hung up. */
    int result = connect(descriptor, (const struct sockaddr *)&storage, size);
    bool is_pending = result != 0 && (errno == EINPROGRESS || errno == EINTR);
    state->connect_error = result == 0 || is_pending ? pal_ok() : pal_error_last();
    if (result != 0) /* an immediate success is traced later, when the socket has not connected to itself */
        stream_trace_connect(state, is_pending, state->connect_error);
    error = stream_register(state);
    if (error.status != PAL_OK)
        return error;
    state->is_connecting = true;
    stream_update(state);
    return pal_ok();
}

void pal_stream_receive(pal_stream *stream) {
    posix_stream *state = state_of(stream);
    assert(!state->is_closing && !state->is_connecting && !state->is_receiving);
    state->is_receiving = true;
    stream_update(state);
}

void pal_stream_send(pal_stream *stream, const void *bytes, size_t size) {
    posix_stream *state = state_of(stream);
    assert(!state->is_closing && !state->is_connecting && !state->is_sending && size > 0);
    state->is_sending = true;
    state->send_error = pal_ok();
    ssize_t taken = state->pollable.is_writable ? stream_write(state, bytes, size, &state->send_error) : 0;
    state->is_sent = taken < 0 || (size_t)taken == size;
    if (!state->is_sent) {
        state->unsent_size = size - (size_t)taken;
        state->unsent_offset = 0;
        state->unsent = malloc(state->unsent_size);
        if (state->unsent != NULL) {
            memcpy(state->unsent, (const uint8_t *)bytes + taken, state->unsent_size);
        } else {
            state->send_error = pal_error_of(PAL_NO_MEMORY);
            state->is_sent = true;
        }
    }
    stream_update(state);
}

void pal_stream_shutdown(pal_stream *stream) {
    posix_stream *state = state_of(stream);
    assert(!state->is_closing && !state->is_connecting && !state->is_sending);
    uint64_t begin_ns = pal_trace_begin_ns();
    int result = shutdown(state->pollable.descriptor, SHUT_WR);
    pal_trace(.time_ns = begin_ns, .operation = PAL_TRACE_SHUTDOWN, .role = state->role,
              .socket = (uintptr_t)state->pollable.descriptor, .error = result == 0 ? pal_ok() : pal_error_last());
}

/* Cancels everything. The socket is closed next. */
static void stream_cancel(posix_stream *state) {
    assert(!state->is_closing);
    state->is_closing = true;
    state->reactor->poller->remove(state->reactor, &state->pollable);
    stream_update(state);
}

void pal_stream_close(pal_stream *stream) {
    posix_stream *state = state_of(stream);
    stream_cancel(state);
    pal_socket_end(state->pollable.descriptor, state->role);
    state->pollable.descriptor = -1;
}

void pal_stream_reset(pal_stream *stream) {
    posix_stream *state = state_of(stream);
    stream_cancel(state);
    pal_socket_abort(state->pollable.descriptor, state->role);
    state->pollable.descriptor = -1;
}
