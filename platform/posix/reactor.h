/* Completion on top of readiness: a poller reports which descriptors are ready, and the reactor remembers it. Private to
 * platform/posix.
 *
 * No event can be stale: a poller's wait turns a whole batch into flags before any callback runs, and a closed descriptor leaves
 * the poller before the next wait. */
#ifndef PAL_POSIX_REACTOR_H
#define PAL_POSIX_REACTOR_H

#include "common/loop.h"
#include "native.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A descriptor that a poller watches. */
typedef struct pal_pollable {
    pal_source source;
    int descriptor;
    unsigned poll_index; /* poll.c: its place in the arrays */
    bool is_readable;    /* remembered: a read may return bytes */
    bool is_writable;    /* remembered: a write may take bytes */
    bool is_hung_up;     /* the end of the stream was reported: after a short read, read again to find it */
    bool wants_readable; /* something waits for is_readable */
    bool wants_writable;
} pal_pollable;

typedef struct pal_reactor pal_reactor;

typedef struct pal_poller {
    const char *name;
    pal_error (*open)(pal_reactor *reactor); /* the poller's members are zero */
    void (*close)(pal_reactor *reactor);
    pal_error (*add)(pal_reactor *reactor, pal_pollable *pollable); /* errors: NO_MEMORY, NO_DESCRIPTORS */
    void (*remove)(pal_reactor *reactor, pal_pollable *pollable);   /* before its descriptor is closed */
    void (*wait)(pal_reactor *reactor, uint64_t deadline_ns);       /* reports by pal_reactor_note; as pal_backend_wait */
} pal_poller;

/* Each has its own file: poll.c, epoll.c, kqueue.c. */
extern const pal_poller pal_poller_poll;
#ifdef __linux__
extern const pal_poller pal_poller_epoll;
#endif
#ifdef PAL_HAS_KQUEUE
extern const pal_poller pal_poller_kqueue;
#endif

struct pal_reactor {
    pal_loop_common common; /* first */
    const pal_poller *poller;
    pal_pollable wake; /* the reading end of the pipe that pal_backend_wake writes to */
    int wake_writer;
    uint8_t *receive_buffer; /* PAL_RECEIVE_SIZE bytes, lent to one `received` at a time */

    int epoll_descriptor; /* epoll.c */
    int timer_descriptor;
    uint64_t timer_deadline_ns;      /* what the timer is set to; 0 for not set */
    int kqueue_descriptor;           /* kqueue.c */
    struct pollfd *poll_descriptors; /* poll.c: two arrays side by side, grown by doubling */
    pal_pollable **poll_pollables;
    size_t poll_count, poll_capacity;
};

static inline pal_reactor *reactor_of(pal_loop *loop) {
    return (pal_reactor *)(void *)loop->storage;
}

/* A poller reports one pollable. Remembers it, and sets the source ready if it waits for it. */
static inline void pal_reactor_note(pal_reactor *reactor, pal_pollable *pollable, bool is_readable, bool is_writable,
                                    bool is_hung_up) {
    pollable->is_readable = pollable->is_readable || is_readable;
    pollable->is_writable = pollable->is_writable || is_writable;
    pollable->is_hung_up = pollable->is_hung_up || is_hung_up;
    if (pollable == &reactor->wake)
        return;
    if ((pollable->wants_readable && pollable->is_readable) || (pollable->wants_writable && pollable->is_writable))
        pal_source_set_ready(&reactor->common, &pollable->source);
}

#endif
