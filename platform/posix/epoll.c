/* epoll(7), edge triggered: each descriptor is registered once for all events, and the reactor remembers what was reported.
 * epoll_wait counts milliseconds, so a descriptor of timerfd_create(2) keeps the deadline. */
#include "reactor.h"

#include "pal/clock.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define EPOLL_BATCH 256 /* events per wait; the rest waits for the next pass */

/* The timer's event is the one without a pollable. */
static pal_error epoll_open_timer(pal_reactor *reactor) {
    reactor->timer_descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (reactor->timer_descriptor < 0)
        return pal_error_last();
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    if (epoll_ctl(reactor->epoll_descriptor, EPOLL_CTL_ADD, reactor->timer_descriptor, &event) == 0)
        return pal_ok();
    pal_error error = pal_error_last();
    close(reactor->timer_descriptor);
    return error;
}

static pal_error epoll_open(pal_reactor *reactor) {
    reactor->epoll_descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (reactor->epoll_descriptor < 0)
        return pal_error_last();
    pal_error error = epoll_open_timer(reactor);
    if (error.status != PAL_OK)
        close(reactor->epoll_descriptor);
    return error;
}

static void epoll_close(pal_reactor *reactor) {
    close(reactor->timer_descriptor);
    close(reactor->epoll_descriptor);
}

static pal_error epoll_add(pal_reactor *reactor, pal_pollable *pollable) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = pollable};
    int result = epoll_ctl(reactor->epoll_descriptor, EPOLL_CTL_ADD, pollable->descriptor, &event);
    return result == 0 ? pal_ok() : pal_error_last();
}

static void epoll_remove(pal_reactor *reactor, pal_pollable *pollable) {
    /* Needed although close(2) follows: a child process may hold a copy of the descriptor, which keeps the registration. */
    epoll_ctl(reactor->epoll_descriptor, EPOLL_CTL_DEL, pollable->descriptor, NULL);
}

/* Makes the timer end the wait by DEADLINE_NS, and returns the timeout for epoll_wait. A timer set to an earlier time stays: this
 * costs one empty pass, but deadlines that move with every message cost no system call. */
static int epoll_set_timer(pal_reactor *reactor, uint64_t deadline_ns) {
    if (deadline_ns <= reactor->common.now_ns) /* also for 0 */
        return 0;
    bool is_set = reactor->timer_deadline_ns != 0 && reactor->timer_deadline_ns <= deadline_ns;
    if (deadline_ns == PAL_NO_DEADLINE || is_set)
        return -1;
    struct itimerspec time = {
        .it_value = {.tv_sec = (time_t)(deadline_ns / PAL_SECOND_NS), .tv_nsec = (long)(deadline_ns % PAL_SECOND_NS)}};
    int result = timerfd_settime(reactor->timer_descriptor, TFD_TIMER_ABSTIME, &time, NULL);
    assert(result == 0);
    (void)result;
    reactor->timer_deadline_ns = deadline_ns;
    return -1;
}

static void epoll_wait_events(pal_reactor *reactor, uint64_t deadline_ns) {
    struct epoll_event events[EPOLL_BATCH];
    int timeout_ms = epoll_set_timer(reactor, deadline_ns);
    int count = epoll_wait(reactor->epoll_descriptor, events, EPOLL_BATCH, timeout_ms);
    for (int i = 0; i < count; i++) { /* -1 on EINTR: like no event */
        if (events[i].data.ptr == NULL) {
            /* The timer has expired. It need not be read: setting it again makes a new edge. */
            reactor->timer_deadline_ns = 0;
            continue;
        }
        uint32_t reported = events[i].events;
        bool is_over = (reported & (EPOLLERR | EPOLLHUP)) != 0; /* reading and writing both return why */
        pal_reactor_note(reactor, events[i].data.ptr, (reported & (EPOLLIN | EPOLLRDHUP)) != 0 || is_over,
                         (reported & EPOLLOUT) != 0 || is_over, (reported & EPOLLRDHUP) != 0 || is_over);
    }
}

const pal_poller pal_poller_epoll = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .add = epoll_add,
    .remove = epoll_remove,
    .wait = epoll_wait_events,
};
