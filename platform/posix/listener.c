/* pal_listener on accept(2). */
#include "pal/listener.h"

#include "common/sockaddr.h"
#include "reactor.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#define ACCEPT_SHARE 16 /* accepts of one listener in one round */

typedef struct posix_listener {
    pal_pollable pollable; /* first */
    pal_reactor *reactor;
    pal_address address;
    bool is_paused;
    bool is_closing;
} posix_listener;

static_assert(sizeof(posix_listener) <= sizeof(((pal_listener *)NULL)->storage), "pal_listener holds a listener");

static posix_listener *posix_of(pal_listener *listener) {
    return (posix_listener *)(void *)listener->storage;
}

static pal_listener *listener_of(posix_listener *posix) {
    return (pal_listener *)(void *)((unsigned char *)posix - offsetof(pal_listener, storage));
}

static void listener_update(posix_listener *posix) {
    posix->pollable.wants_readable = !posix->is_paused && !posix->is_closing;
    if (posix->is_closing || (posix->pollable.wants_readable && posix->pollable.is_readable))
        pal_source_set_ready(&posix->reactor->common, &posix->pollable.source);
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

/* One accept. What concerns only one connection (accept(2) lists it under Linux) is passed over: the next may be sound. */
static void listener_accept_once(posix_listener *posix) {
    pal_listener *listener = listener_of(posix);
    struct sockaddr_storage peer = {0};
    int descriptor = accept_prepared(posix->pollable.descriptor, &peer);
    if (descriptor >= 0) {
        pal_address address;
        if (pal_address_from_sockaddr((const struct sockaddr *)&peer, &address))
            listener->handler->accepted(listener, pal_ok(), (pal_socket){(uintptr_t)descriptor}, &address);
        else
            close(descriptor);
        return;
    }
    switch (errno) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        posix->pollable.is_readable = false;
        return;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP: {
        pal_error error = pal_error_last();
        posix->is_paused = true;
        listener->handler->accepted(listener, error, (pal_socket){0}, NULL);
        return;
    }
    default:
        return;
    }
}

static void listener_run(pal_source *source) {
    posix_listener *posix = (posix_listener *)(void *)source;
    if (posix->is_closing) {
        listener_of(posix)->handler->closed(listener_of(posix));
        return;
    }
    for (int i = 0; i < ACCEPT_SHARE && posix->pollable.is_readable && !posix->is_paused && !posix->is_closing; i++)
        listener_accept_once(posix);
    listener_update(posix);
}

/* Binds and listens; false with errno. */
static bool socket_listen(int descriptor, const pal_address *address, unsigned backlog) {
    struct sockaddr_storage storage;
    socklen_t size = pal_address_to_sockaddr(address, &storage);
    int on = 1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return false;
    if (address->family == PAL_IPV6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
        return false;
    /* The kernel lowers what is over its maximum (listen(2)). */
    int limit = backlog > 0 && backlog < INT_MAX ? (int)backlog : INT_MAX;
    return bind(descriptor, (const struct sockaddr *)&storage, size) == 0 && listen(descriptor, limit) == 0;
}

pal_error pal_listener_open(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, const pal_address *address,
                            unsigned backlog) {
    posix_listener *posix = posix_of(listener);
    listener->handler = handler;
    int descriptor = pal_socket_open(address->family == PAL_IPV4 ? AF_INET : AF_INET6);
    if (descriptor < 0)
        return pal_error_last();
    *posix = (posix_listener){.pollable = {.source.run = listener_run, .descriptor = descriptor}, .reactor = reactor_of(loop)};
    pal_error error;
    if (!socket_listen(descriptor, address, backlog))
        error = pal_error_last();
    else if (!pal_socket_local_address(descriptor, &posix->address))
        error = pal_error_of(PAL_OTHER);
    else
        error = posix->reactor->poller->add(posix->reactor, &posix->pollable);
    if (error.status != PAL_OK) {
        close(descriptor);
        return error;
    }
    listener_update(posix);
    return pal_ok();
}

pal_address pal_listener_address(const pal_listener *listener) {
    return ((const posix_listener *)(const void *)listener->storage)->address;
}

void pal_listener_pause(pal_listener *listener) {
    posix_of(listener)->is_paused = true;
    listener_update(posix_of(listener));
}

void pal_listener_resume(pal_listener *listener) {
    posix_of(listener)->is_paused = false;
    listener_update(posix_of(listener));
}

void pal_listener_close(pal_listener *listener) {
    posix_listener *posix = posix_of(listener);
    assert(!posix->is_closing);
    posix->is_closing = true;
    posix->reactor->poller->remove(posix->reactor, &posix->pollable);
    close(posix->pollable.descriptor);
    listener_update(posix);
}
