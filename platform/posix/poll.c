/* poll(2), for any Unix: level triggered, so it watches only what somebody waits for. Its waits, and so its timers, count
 * milliseconds. */
#include "reactor.h"

#include "pal/clock.h"

#include <assert.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>

static pal_error poll_open(pal_reactor *reactor) {
    (void)reactor; /* the arrays start empty */
    return pal_ok();
}

static void poll_close(pal_reactor *reactor) {
    free(reactor->poll_descriptors);
    free(reactor->poll_pollables);
}

static bool poll_grow(pal_reactor *reactor) {
    size_t capacity = reactor->poll_capacity > 0 ? 2 * reactor->poll_capacity : 16;
    struct pollfd *descriptors = realloc(reactor->poll_descriptors, capacity * sizeof *descriptors);
    if (descriptors == NULL)
        return false;
    reactor->poll_descriptors = descriptors;
    pal_pollable **pollables = realloc(reactor->poll_pollables, capacity * sizeof *pollables);
    if (pollables == NULL)
        return false;
    reactor->poll_pollables = pollables;
    reactor->poll_capacity = capacity;
    return true;
}

static pal_error poll_add(pal_reactor *reactor, pal_pollable *pollable) {
    if (reactor->poll_count == reactor->poll_capacity && !poll_grow(reactor))
        return pal_error_of(PAL_NO_MEMORY);
    pollable->poll_index = (unsigned)reactor->poll_count;
    reactor->poll_pollables[reactor->poll_count++] = pollable;
    return pal_ok();
}

static void poll_remove(pal_reactor *reactor, pal_pollable *pollable) {
    assert(reactor->poll_pollables[pollable->poll_index] == pollable);
    pal_pollable *last = reactor->poll_pollables[--reactor->poll_count];
    reactor->poll_pollables[pollable->poll_index] = last;
    last->poll_index = pollable->poll_index;
}

static struct pollfd poll_request(const pal_pollable *pollable) {
    bool wants_readable = pollable->wants_readable && !pollable->is_readable;
    bool wants_writable = pollable->wants_writable && !pollable->is_writable;
    short events = (short)((wants_readable ? POLLIN : 0) | (wants_writable ? POLLOUT : 0));
    /* poll reports POLLHUP and POLLERR unasked, again and again: a pollable that waits for nothing must not be in it. */
    return (struct pollfd){.fd = events != 0 ? pollable->descriptor : -1, .events = events};
}

/* Returns DEADLINE_NS as milliseconds from now, rounded up so that no wait ends just before its timer. */
static int poll_timeout_ms(uint64_t deadline_ns) {
    if (deadline_ns == 0)
        return 0;
    if (deadline_ns == PAL_NO_DEADLINE)
        return -1;
    uint64_t now_ns = pal_clock_now_ns();
    if (deadline_ns <= now_ns)
        return 0;
    uint64_t wait_ms = (deadline_ns - now_ns - 1) / PAL_MILLISECOND_NS + 1;
    return wait_ms < INT_MAX ? (int)wait_ms : INT_MAX;
}

static void poll_wait_events(pal_reactor *reactor, uint64_t deadline_ns) {
    size_t count = reactor->poll_count;
    for (size_t i = 0; i < count; i++)
        reactor->poll_descriptors[i] = poll_request(reactor->poll_pollables[i]);
    if (poll(reactor->poll_descriptors, (nfds_t)count, poll_timeout_ms(deadline_ns)) <= 0)
        return; /* no event, or EINTR */
    for (size_t i = 0; i < count; i++) {
        short reported = reactor->poll_descriptors[i].revents;
        bool is_over = (reported & (POLLERR | POLLHUP | POLLNVAL)) != 0; /* reading and writing both return why */
        if (reported != 0)
            pal_reactor_note(reactor, reactor->poll_pollables[i], (reported & POLLIN) != 0 || is_over,
                             (reported & POLLOUT) != 0 || is_over, is_over);
    }
}

const pal_poller pal_poller_poll = {
    .name = "poll",
    .open = poll_open,
    .close = poll_close,
    .add = poll_add,
    .remove = poll_remove,
    .wait = poll_wait_events,
};
