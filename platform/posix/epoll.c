/* epoll(7), edge triggered: each descriptor is registered once for everything, and the reactor remembers what was told. */
#include "reactor.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EPOLL_BATCH 256 /* events taken by one wait; the rest waits for the next pass */

static pal_error epoll_open(pal_reactor *reactor) {
    reactor->epoll_descriptor = epoll_create1(EPOLL_CLOEXEC);
    return reactor->epoll_descriptor >= 0 ? pal_ok() : pal_error_last();
}

static void epoll_close(pal_reactor *reactor) {
    close(reactor->epoll_descriptor);
}

static pal_error epoll_add(pal_reactor *reactor, pal_pollable *pollable) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = pollable};
    int result = epoll_ctl(reactor->epoll_descriptor, EPOLL_CTL_ADD, pollable->descriptor, &event);
    return result == 0 ? pal_ok() : pal_error_last();
}

static void epoll_remove(pal_reactor *reactor, pal_pollable *pollable) {
    /* Needed although close(2) follows: a child process may hold a copy of the descriptor, which would keep the registration. */
    epoll_ctl(reactor->epoll_descriptor, EPOLL_CTL_DEL, pollable->descriptor, NULL);
}

static void epoll_wait_events(pal_reactor *reactor, uint64_t deadline_ns) {
    struct epoll_event events[EPOLL_BATCH];
    int count = epoll_wait(reactor->epoll_descriptor, events, EPOLL_BATCH, reactor_timeout_ms(deadline_ns));
    for (int i = 0; i < count; i++) { /* -1 on EINTR: as if nothing had happened */
        uint32_t told = events[i].events;
        bool is_over = (told & (EPOLLERR | EPOLLHUP)) != 0; /* reading and writing both tell why */
        reactor_note(reactor, events[i].data.ptr, (told & (EPOLLIN | EPOLLRDHUP)) != 0 || is_over,
                     (told & EPOLLOUT) != 0 || is_over, (told & EPOLLRDHUP) != 0 || is_over);
    }
}

const pal_poller poller_epoll = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .add = epoll_add,
    .remove = epoll_remove,
    .wait = epoll_wait_events,
};
