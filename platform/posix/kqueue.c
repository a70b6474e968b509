/* kqueue(2), for macOS and the BSDs, edge triggered (EV_CLEAR): each descriptor is registered once for reading and once for
 * writing, and the reactor remembers what was reported. Its waits count nanoseconds, so it needs no timer among the descriptors. */
#include "reactor.h"

#include "pal/clock.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/types.h>

#include <sys/event.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define KQUEUE_BATCH 256 /* events per wait; the rest waits for the next pass */

/* The longest wait: some systems refuse years (XNU accepts 100,000,000 seconds). After it, the loop waits again. */
#define KQUEUE_WAIT_MAX_NS (86400 * PAL_SECOND_NS)

static pal_error kqueue_open(pal_reactor *reactor) {
    reactor->kqueue_descriptor = kqueue();
    if (reactor->kqueue_descriptor < 0)
        return pal_error_last();
    if (fcntl(reactor->kqueue_descriptor, F_SETFD, FD_CLOEXEC) == 0)
        return pal_ok();
    pal_error error = pal_error_last();
    close(reactor->kqueue_descriptor);
    return error;
}

static void kqueue_close(pal_reactor *reactor) {
    close(reactor->kqueue_descriptor);
}

/* Sets FLAGS for both directions of POLLABLE. Some systems cannot watch the reading end of a pipe for writing. */
static pal_error kqueue_change(const pal_reactor *reactor, pal_pollable *pollable, unsigned short flags) {
    uintptr_t ident = (uintptr_t)pollable->descriptor;
    struct kevent changes[] = {
        {.ident = ident, .filter = EVFILT_READ, .flags = flags, .udata = (void *)pollable},
        {.ident = ident, .filter = EVFILT_WRITE, .flags = flags, .udata = (void *)pollable},
    };
    int result = kevent(reactor->kqueue_descriptor, changes, pollable == &reactor->wake ? 1 : 2, NULL, 0, NULL);
    return result == 0 ? pal_ok() : pal_error_last();
}

static pal_error kqueue_add(pal_reactor *reactor, pal_pollable *pollable) {
    return kqueue_change(reactor, pollable, EV_ADD | EV_CLEAR); /* a half registration ends with the descriptor */
}

/* On the systems of kqueue, the close(2) that follows would do this; where a library imitates kqueue, it does not. */
static void kqueue_remove(pal_reactor *reactor, pal_pollable *pollable) {
    (void)kqueue_change(reactor, pollable, EV_DELETE);
}

/* Returns the wait until DEADLINE_NS; NULL for unlimited. */
static const struct timespec *kqueue_timeout(uint64_t deadline_ns, struct timespec *timeout) {
    *timeout = (struct timespec){0};
    if (deadline_ns == PAL_NO_DEADLINE)
        return NULL;
    uint64_t now_ns = deadline_ns > 0 ? pal_clock_now_ns() : 0;
    if (deadline_ns <= now_ns)
        return timeout;
    uint64_t wait_ns = deadline_ns - now_ns < KQUEUE_WAIT_MAX_NS ? deadline_ns - now_ns : KQUEUE_WAIT_MAX_NS;
    timeout->tv_sec = (time_t)(wait_ns / PAL_SECOND_NS);
    timeout->tv_nsec = (long)(wait_ns % PAL_SECOND_NS);
    return timeout;
}

static void kqueue_wait_events(pal_reactor *reactor, uint64_t deadline_ns) {
    struct kevent events[KQUEUE_BATCH];
    struct timespec timeout;
    int count = kevent(reactor->kqueue_descriptor, NULL, 0, events, KQUEUE_BATCH, kqueue_timeout(deadline_ns, &timeout));
    for (int i = 0; i < count; i++) { /* -1 on EINTR: like no event */
        bool is_for_reading = events[i].filter == EVFILT_READ;
        assert(is_for_reading || events[i].filter == EVFILT_WRITE);
        /* EV_EOF of a filter is the end of that direction; the next call returns its reason. */
        bool is_end_of_stream = is_for_reading && (events[i].flags & EV_EOF) != 0;
        pal_reactor_note(reactor, events[i].udata, is_for_reading, !is_for_reading, is_end_of_stream);
    }
}

const pal_poller pal_poller_kqueue = {
    .name = "kqueue",
    .open = kqueue_open,
    .close = kqueue_close,
    .add = kqueue_add,
    .remove = kqueue_remove,
    .wait = kqueue_wait_events,
};
