/* pal_stream on non-blocking sockets. */
#include "pal/stream.h"

#include "common/address.h"
#include "common/sockets.h"
#include "common/trace.h"
#include "pal/container.h"
#include "reactor.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static posix_stream *posix_of(pal_stream *stream) {
    return (posix_stream *)(void *)stream->storage;
}

static pal_stream *stream_of(posix_stream *posix) {
    return PAL_CONTAINER_OF((void *)posix, pal_stream, storage);
}

/* Sets what the poller must watch. Sets the stream ready if it can continue without. */
static void stream_update(posix_stream *posix) {
    pal_pollable *pollable = &posix->pollable;
    bool is_unsent = posix->unsent != NULL;
    pollable->wants_readable = posix->is_receiving && !posix->is_closing;
    pollable->wants_writable = (posix->is_connecting || is_unsent) && !posix->is_closing;
    if (posix->is_closing || posix->is_sent || (posix->is_connecting && posix->connect_error.status != PAL_OK) ||
        (pollable->wants_readable && pollable->is_readable) || (pollable->wants_writable && pollable->is_writable))
        pal_source_set_ready(&posix->reactor->common, &pollable->source);
}

PAL_TRACE_APART static void stream_trace_connect(const posix_stream *posix, bool is_pending, pal_error error) {
    pal_trace(.operation = PAL_TRACE_CONNECT, .role = posix->role, .socket = (uintptr_t)posix->pollable.descriptor,
              .address = &posix->address, .is_pending = is_pending, .error = error);
}

static pal_error stream_connect_result(posix_stream *posix) {
    if (posix->connect_error.status != PAL_OK)
        return posix->connect_error;
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt(posix->pollable.descriptor, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        code = errno;
    if (code == 0 && pal_socket_is_own_peer(posix->pollable.descriptor))
        code = ECONNREFUSED;
    pal_error error = pal_error_from_os(code);
    stream_trace_connect(posix, false, error);
    return error;
}

/* True for a call that must be tried again later. */
static bool is_to_wait(int code) {
    return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

/* send(2), traced. */
PAL_TRACE_APART static ssize_t stream_send_traced(const posix_stream *posix, const void *bytes, size_t size) {
    uint64_t begin_ns = pal_clock_now_ns();
    ssize_t taken = send(posix->pollable.descriptor, bytes, size, MSG_NOSIGNAL);
    int code = taken < 0 ? errno : 0;
    pal_trace(.time_ns = begin_ns, .operation = PAL_TRACE_SEND, .role = posix->role,
              .socket = (uintptr_t)posix->pollable.descriptor, .size = size, .bytes = taken > 0 ? bytes : NULL,
              .done = taken > 0 ? (size_t)taken : 0, .is_pending = is_to_wait(code),
              .error = is_to_wait(code) ? pal_ok() : pal_error_from_os(code));
    errno = code;
    return taken;
}

/* recv(2) into the loop's buffer, traced. */
PAL_TRACE_APART static ssize_t stream_receive_traced(const posix_stream *posix) {
    uint8_t *buffer = posix->reactor->receive_buffer;
    ssize_t size = recv(posix->pollable.descriptor, buffer, PAL_RECEIVE_SIZE, 0);
    int code = size < 0 ? errno : 0;
    pal_error error = is_to_wait(code) ? pal_ok() : pal_error_from_os(code);
    pal_trace(.operation = PAL_TRACE_RECEIVE, .role = posix->role, .socket = (uintptr_t)posix->pollable.descriptor,
              .size = PAL_RECEIVE_SIZE, .bytes = size > 0 ? buffer : NULL, .done = size > 0 ? (size_t)size : 0,
              .is_pending = is_to_wait(code), .error = size == 0 ? pal_error_of(PAL_END) : error);
    errno = code;
    return size;
}

/* Gives the system up to SIZE bytes. Returns how many it took, or -1 with *ERROR. Fewer than SIZE means that its buffer is full;
 * the poller reports when it has room again (epoll(7)). */
static ssize_t stream_write(posix_stream *posix, const void *bytes, size_t size, pal_error *error) {
    ssize_t taken = pal_trace_reporter == NULL ? send(posix->pollable.descriptor, bytes, size, MSG_NOSIGNAL)
                                               : stream_send_traced(posix, bytes, size);
    if (taken < 0) {
        if (errno == EINTR)
            return 0; /* still writable */
        if (!is_to_wait(errno)) {
            *error = pal_error_last();
            return -1;
        }
        taken = 0;
    }
    posix->pollable.is_writable = (size_t)taken == size;
    return taken;
}

static void stream_unsent_free(posix_stream *posix) {
    free(posix->unsent);
    posix->unsent = NULL;
}

/* Sends one more piece of the unsent bytes. */
static void stream_send_more(posix_stream *posix) {
    size_t size = posix->unsent_size - posix->unsent_offset;
    ssize_t taken = stream_write(posix, posix->unsent + posix->unsent_offset, size, &posix->send_error);
    if (taken >= 0)
        posix->unsent_offset += (size_t)taken;
    if (taken < 0 || posix->unsent_offset == posix->unsent_size) {
        stream_unsent_free(posix);
        posix->is_sent = true;
    }
}

static void stream_answer_sent(posix_stream *posix, pal_error error) {
    pal_stream *stream = stream_of(posix);
    posix->is_sending = posix->is_sent = false;
    stream->handler->sent(stream, error);
}

/* Receives once, at most the size of the loop's buffer. */
static void stream_receive_once(posix_stream *posix) {
    pal_stream *stream = stream_of(posix);
    uint8_t *buffer = posix->reactor->receive_buffer;
    ssize_t size =
        pal_trace_reporter == NULL ? recv(posix->pollable.descriptor, buffer, PAL_RECEIVE_SIZE, 0) : stream_receive_traced(posix);
    if (size < 0 && is_to_wait(errno)) {
        posix->pollable.is_readable = errno == EINTR;
        return;
    }
    posix->is_receiving = false;
    if (size < 0) {
        stream->handler->received(stream, pal_error_last(), NULL, 0);
    } else if (size == 0) {
        stream->handler->received(stream, pal_error_of(PAL_END), NULL, 0);
    } else {
        /* A short read took everything, so the next bytes raise a new edge (epoll(7)), unless the end was already reported. */
        if (size < PAL_RECEIVE_SIZE && !posix->pollable.is_hung_up)
            posix->pollable.is_readable = false;
        stream->handler->received(stream, pal_ok(), buffer, (size_t)size);
    }
}

/* The descriptor is closed. Answers what was under way, then calls `closed`. */
static void stream_answer_closing(posix_stream *posix) {
    pal_stream *stream = stream_of(posix);
    pal_error cancelled = pal_error_of(PAL_CANCELLED);
    stream_unsent_free(posix);
    if (posix->is_connecting)
        stream->handler->connected(stream, cancelled);
    if (posix->is_receiving)
        stream->handler->received(stream, cancelled, NULL, 0);
    if (posix->is_sending)
        stream_answer_sent(posix, cancelled);
    stream->handler->closed(stream);
}

/* A stream's share of a round. A callback may make requests or close the stream, but the stream lives until `closed`, the last
 * callback. */
static void stream_run(pal_source *source) {
    posix_stream *posix = PAL_CONTAINER_OF(source, posix_stream, pollable.source);
    pal_pollable *pollable = &posix->pollable;
    if (posix->is_closing) {
        stream_answer_closing(posix);
        return;
    }
    if (posix->is_connecting) {
        if (pollable->is_writable || posix->connect_error.status != PAL_OK) {
            pal_error error = stream_connect_result(posix);
            posix->is_connecting = false;
            stream_of(posix)->handler->connected(stream_of(posix), error);
        }
    } else {
        if (posix->unsent != NULL && pollable->is_writable)
            stream_send_more(posix);
        if (posix->is_sent)
            stream_answer_sent(posix, posix->send_error);
        if (posix->is_receiving && pollable->is_readable && !posix->is_closing)
            stream_receive_once(posix);
    }
    stream_update(posix);
}

static posix_stream *stream_init(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, int descriptor) {
    posix_stream *posix = posix_of(stream);
    stream->handler = handler;
    *posix = (posix_stream){
        .pollable = {.source.run = stream_run, .descriptor = descriptor}, .reactor = reactor_of(loop), .role = PAL_TRACE_ACCEPTED};
    return posix;
}

/* Gives the descriptor to the poller; closes it on failure. */
static pal_error stream_register(posix_stream *posix) {
    int descriptor = posix->pollable.descriptor;
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* the first receive reports a peer that is gone already */
#ifdef SO_NOSIGPIPE
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    pal_error error = posix->reactor->poller->add(posix->reactor, &posix->pollable);
    if (error.status != PAL_OK)
        pal_socket_end(descriptor, posix->role);
    return error;
}

pal_error pal_stream_open(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_socket socket) {
    posix_stream *posix = stream_init(stream, loop, handler, (int)socket.handle);
    pal_error error = stream_register(posix);
    posix->pollable.is_writable = true;
    return error;
}

pal_error pal_stream_connect(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, const pal_address *address) {
    struct sockaddr_storage storage;
    socklen_t size = pal_address_to_sockaddr(address, &storage);
    int descriptor;
    pal_error error = pal_socket_open(address, PAL_TRACE_CONNECTING, &descriptor);
    if (error.status != PAL_OK)
        return error;
    posix_stream *posix = stream_init(stream, loop, handler, descriptor);
    posix->role = PAL_TRACE_CONNECTING;
    posix->address = *address;
    /* Registered only now that it connects: an unconnected socket would be reported as hung up. */
    int result = connect(descriptor, (const struct sockaddr *)&storage, size);
    bool is_pending = result != 0 && (errno == EINPROGRESS || errno == EINTR);
    posix->connect_error = result == 0 || is_pending ? pal_ok() : pal_error_last();
    if (result != 0) /* an immediate success is traced later, when the socket has not connected to itself */
        stream_trace_connect(posix, is_pending, posix->connect_error);
    error = stream_register(posix);
    if (error.status != PAL_OK)
        return error;
    posix->is_connecting = true;
    stream_update(posix);
    return pal_ok();
}

void pal_stream_receive(pal_stream *stream) {
    posix_stream *posix = posix_of(stream);
    assert(!posix->is_closing && !posix->is_connecting && !posix->is_receiving);
    posix->is_receiving = true;
    stream_update(posix);
}

void pal_stream_send(pal_stream *stream, const void *bytes, size_t size) {
    posix_stream *posix = posix_of(stream);
    assert(!posix->is_closing && !posix->is_connecting && !posix->is_sending && size > 0);
    posix->is_sending = true;
    posix->send_error = pal_ok();
    ssize_t taken = posix->pollable.is_writable ? stream_write(posix, bytes, size, &posix->send_error) : 0;
    posix->is_sent = taken < 0 || (size_t)taken == size;
    if (!posix->is_sent) {
        posix->unsent_size = size - (size_t)taken;
        posix->unsent_offset = 0;
        posix->unsent = malloc(posix->unsent_size);
        if (posix->unsent != NULL) {
            memcpy(posix->unsent, (const uint8_t *)bytes + taken, posix->unsent_size);
        } else {
            posix->send_error = pal_error_of(PAL_NO_MEMORY);
            posix->is_sent = true;
        }
    }
    stream_update(posix);
}

void pal_stream_shutdown(pal_stream *stream) {
    posix_stream *posix = posix_of(stream);
    assert(!posix->is_closing && !posix->is_connecting && !posix->is_sending);
    uint64_t begin_ns = pal_trace_begin_ns();
    int result = shutdown(posix->pollable.descriptor, SHUT_WR);
    pal_trace(.time_ns = begin_ns, .operation = PAL_TRACE_SHUTDOWN, .role = posix->role,
              .socket = (uintptr_t)posix->pollable.descriptor, .error = result == 0 ? pal_ok() : pal_error_last());
}

/* OPERATION is how its end is traced. */
static void stream_end(posix_stream *posix, pal_trace_operation operation) {
    assert(!posix->is_closing);
    posix->is_closing = true;
    posix->reactor->poller->remove(posix->reactor, &posix->pollable);
    pal_trace(.operation = operation, .role = posix->role, .socket = (uintptr_t)posix->pollable.descriptor);
    close(posix->pollable.descriptor);
    posix->pollable.descriptor = -1;
    stream_update(posix);
}

void pal_stream_close(pal_stream *stream) {
    stream_end(posix_of(stream), PAL_TRACE_CLOSE);
}

void pal_stream_reset(pal_stream *stream) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(posix_of(stream)->pollable.descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    stream_end(posix_of(stream), PAL_TRACE_RESET);
}
