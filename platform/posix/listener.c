/* pal_listener on accept(2). */
#include "pal/listener.h"

#include "common/address.h"
#include "common/trace.h"
#include "pal/container.h"
#include "reactor.h"
#include "sockets.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#define ACCEPT_SHARE 16 /* accepts of one listener in one round */

typedef struct posix_listener {
    pal_pollable pollable;
    pal_reactor *reactor;
    pal_address address;
    bool is_paused;
    bool is_closing;
} posix_listener;

static_assert(sizeof(posix_listener) <= sizeof(((pal_listener *)NULL)->storage), "pal_listener holds a listener");

static posix_listener *state_of(pal_listener *listener) {
    return (posix_listener *)(void *)listener->storage;
}

static pal_listener *listener_of(posix_listener *state) {
    return PAL_CONTAINER_OF((void *)state, pal_listener, storage);
}

static void listener_update(posix_listener *state) {
    state->pollable.wants_readable = !state->is_paused && !state->is_closing;
    if (state->is_closing || (state->pollable.wants_readable && state->pollable.is_readable))
        pal_source_set_ready(&state->reactor->common, &state->pollable.source);
}

static int accept_prepared(int descriptor, struct sockaddr_storage *peer) {
    socklen_t size = sizeof *peer;
#ifdef SOCK_NONBLOCK
    return accept4(descriptor, (struct sockaddr *)peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    int accepted = accept(descriptor, (struct sockaddr *)peer, &size);
    if (accepted >= 0 && !pal_descriptor_prepare(accepted)) {
        close(accepted);
        return -1;
    }
    return accepted;
#endif
}

/* CODE is errno when DESCRIPTOR is invalid. */
static void listener_trace_accept(const posix_listener *state, int descriptor, const pal_address *peer, int code) {
    bool is_pending = code == EAGAIN || code == EWOULDBLOCK;
    pal_trace(.operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)state->pollable.descriptor,
              .accepted = descriptor >= 0 ? (uintptr_t)descriptor : 0, .address = peer, .is_pending = is_pending,
              .error = is_pending ? pal_ok() : pal_error_from_os(code));
}

/* Accepts once. Skips errors of one connection (accept(2) lists them for Linux): the next connection may be good. */
static void listener_accept_once(posix_listener *state) {
    pal_listener *listener = listener_of(state);
    struct sockaddr_storage peer = {0};
    int descriptor = accept_prepared(state->pollable.descriptor, &peer);
    int code = descriptor >= 0 ? 0 : errno;
    pal_address address = {0};
    bool is_known = descriptor >= 0 && pal_address_from_sockaddr((const struct sockaddr *)&peer, &address);
    listener_trace_accept(state, descriptor, is_known ? &address : NULL, code);
    if (descriptor >= 0) {
        if (is_known)
            listener->handler->accepted(listener, pal_ok(), (pal_socket){(uintptr_t)descriptor}, &address);
        else
            pal_socket_end(descriptor, PAL_TRACE_ACCEPTED);
        return;
    }
    switch (code) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        state->pollable.is_readable = false;
        return;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
        state->is_paused = true;
        listener->handler->accepted(listener, pal_error_from_os(code), (pal_socket){0}, NULL);
        return;
    default:
        return;
    }
}

static void listener_run(pal_source *source) {
    posix_listener *state = PAL_CONTAINER_OF(source, posix_listener, pollable.source);
    if (state->is_closing) {
        listener_of(state)->handler->closed(listener_of(state));
        return;
    }
    for (int i = 0; i < ACCEPT_SHARE && state->pollable.is_readable && !state->is_paused && !state->is_closing; i++)
        listener_accept_once(state);
    listener_update(state);
}

pal_error pal_listener_start(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, int descriptor) {
    posix_listener *state = state_of(listener);
    listener->handler = handler;
    *state = (posix_listener){.pollable = {.source.run = listener_run, .descriptor = descriptor}, .reactor = reactor_of(loop)};
    pal_error error;
    if (!pal_socket_local_address(descriptor, &state->address))
        error = pal_error_of(PAL_INVALID);
    else
        error = state->reactor->poller->add(state->reactor, &state->pollable);
    if (error.status == PAL_OK)
        listener_update(state);
    else
        pal_socket_end(descriptor, PAL_TRACE_LISTENING);
    return error;
}

pal_error pal_listener_adopt(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, pal_socket socket) {
    int descriptor = (int)socket.handle;
    pal_error error = pal_ok();
    if (!pal_socket_is_listening(descriptor))
        error = pal_error_of(PAL_INVALID);
    else if (!pal_descriptor_prepare(descriptor))
        error = pal_error_last();
    if (error.status == PAL_OK)
        return pal_listener_start(listener, loop, handler, descriptor);
    pal_socket_close(socket);
    return error;
}

pal_address pal_listener_address(const pal_listener *listener) {
    return ((const posix_listener *)(const void *)listener->storage)->address;
}

void pal_listener_pause(pal_listener *listener) {
    assert(!state_of(listener)->is_closing);
    state_of(listener)->is_paused = true;
    listener_update(state_of(listener));
}

void pal_listener_resume(pal_listener *listener) {
    assert(!state_of(listener)->is_closing);
    state_of(listener)->is_paused = false;
    listener_update(state_of(listener));
}

void pal_listener_close(pal_listener *listener) {
    posix_listener *state = state_of(listener);
    assert(!state->is_closing);
    state->is_closing = true;
    state->reactor->poller->remove(state->reactor, &state->pollable);
    pal_socket_end(state->pollable.descriptor, PAL_TRACE_LISTENING);
    listener_update(state);
}
