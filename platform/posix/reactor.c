/* pal_loop on a poller. */
#include "reactor.h"

#include "pal/stream.h"
#include "sockets.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(sizeof(pal_reactor) <= sizeof(pal_loop), "pal_loop holds a reactor");

static const pal_poller *const pollers[] = {
#ifdef __linux__
    &pal_poller_epoll, /* the first is the default */
#endif
    &pal_poller_poll,
#ifdef PAL_HAS_KQUEUE
    &pal_poller_kqueue, /* not the default until it has run on macOS or a BSD */
#endif
};

static const pal_poller *poller_choose(void) {
    const char *name = pal_loop_poller_named();
    if (name == NULL)
        return pollers[0];
    for (size_t i = 0; i < sizeof pollers / sizeof pollers[0]; i++) {
        if (strcmp(name, pollers[i]->name) == 0)
            return pollers[i];
    }
    return NULL;
}

static pal_error reactor_open_wake(pal_reactor *reactor) {
    int ends[2];
    if (pipe(ends) != 0)
        return pal_error_last();
    reactor->wake.descriptor = ends[0];
    reactor->wake.wants_readable = true;
    reactor->wake_writer = ends[1];
    pal_error error;
    if (!pal_descriptor_prepare(ends[0]) || !pal_descriptor_prepare(ends[1]))
        error = pal_error_last();
    else
        error = reactor->poller->add(reactor, &reactor->wake);
    if (error.status != PAL_OK) {
        close(ends[0]);
        close(ends[1]);
    }
    return error;
}

pal_error pal_loop_open(pal_loop *loop) {
    pal_reactor *reactor = reactor_of(loop);
    *reactor = (pal_reactor){0};
    reactor->poller = poller_choose();
    if (reactor->poller == NULL)
        return pal_error_of(PAL_UNSUPPORTED);
    reactor->receive_buffer = malloc(PAL_RECEIVE_SIZE);
    if (reactor->receive_buffer == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    pal_error error = reactor->poller->open(reactor);
    if (error.status == PAL_OK) {
        error = reactor_open_wake(reactor);
        if (error.status != PAL_OK)
            reactor->poller->close(reactor);
    }
    if (error.status != PAL_OK) {
        free(reactor->receive_buffer);
        return error;
    }
    pal_loop_common_open(&reactor->common);
    return pal_ok();
}

void pal_loop_close(pal_loop *loop) {
    pal_reactor *reactor = reactor_of(loop);
    pal_loop_common_close(&reactor->common);
    reactor->poller->remove(reactor, &reactor->wake);
    reactor->poller->close(reactor);
    close(reactor->wake.descriptor);
    close(reactor->wake_writer);
    free(reactor->receive_buffer);
}

const char *pal_loop_poller(const pal_loop *loop) {
    return ((const pal_reactor *)(const void *)loop->storage)->poller->name;
}

void pal_backend_wait(pal_loop *loop, uint64_t deadline_ns) {
    pal_reactor *reactor = reactor_of(loop);
    reactor->poller->wait(reactor, deadline_ns);
    if (reactor->wake.is_readable) {
        char bytes[16]; /* one is there: pal_loop_post wakes a wait once */
        while (read(reactor->wake.descriptor, bytes, sizeof bytes) == (ssize_t)sizeof bytes)
            continue;
        reactor->wake.is_readable = false;
    }
}

void pal_backend_wake(pal_loop *loop) {
    ssize_t result;
    do
        result = write(reactor_of(loop)->wake_writer, "", 1);
    while (result < 0 && errno == EINTR);
    assert(result == 1 || errno == EAGAIN); /* a full pipe wakes as well */
}
