/* The event loop. One thread runs it and makes all its callbacks.
 *
 * A pass waits for work, runs due timers, gives each ready stream and listener a bounded share, then runs posts. The caller owns
 * the structs and must not move them while they are open. The backend keeps its state in their opaque storage.
 *
 * A loop with one timer, which restarts itself until it has expired COUNT times:
 *
 * @code{.c}
 * typedef struct countdown {
 *     pal_timer timer;
 *     pal_loop *loop;
 *     unsigned left;
 * } countdown;
 *
 * static void countdown_expired(pal_timer *timer) {
 *     countdown *self = PAL_CONTAINER_OF(timer, countdown, timer);
 *     if (--self->left > 0)
 *         pal_timer_start(self->loop, timer, pal_loop_now_ns(self->loop) + 10 * PAL_MILLISECOND_NS);
 *     else
 *         pal_loop_stop(self->loop);
 * }
 *
 * static pal_error count_down(countdown *self, unsigned count) {
 *     pal_loop loop;
 *     pal_error error = pal_loop_open(&loop);
 *     if (error.status != PAL_OK)
 *         return error;
 *     *self = (countdown){.timer.expired = countdown_expired, .loop = &loop, .left = count};
 *     pal_timer_start(&loop, &self->timer, pal_clock_now_ns());
 *     pal_loop_run(&loop);
 *     pal_loop_close(&loop);
 *     return error;
 * }
 * @endcode */
#ifndef PAL_LOOP_H
#define PAL_LOOP_H

#include "pal/public.h"
#include "pal/status.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef struct pal_loop {
    alignas(8) unsigned char storage[512];
} pal_loop;

/* Opens a loop. LOOPMSG_POLLER in the environment chooses another poller of this system, such as "poll".
 * Errors: NO_DESCRIPTORS, NO_MEMORY, UNSUPPORTED (no such poller), OTHER. */
pal_error pal_loop_open(pal_loop *loop);

/* Closes a loop. It must not run, and its streams and listeners must be closed. Drops posts that have not run. */
void pal_loop_close(pal_loop *loop);

/* Runs passes on the calling thread until pal_loop_stop. May be called again afterwards. */
void pal_loop_run(pal_loop *loop);

/* Ends pal_loop_run after the current pass. Call it on the loop's thread, or before the loop runs. From another thread, post it. */
void pal_loop_stop(pal_loop *loop);

/* Returns when this pass started, on the clock of pal_clock_now_ns(). The loop's thread only. */
uint64_t pal_loop_now_ns(const pal_loop *loop);

/* Returns the name of the poller in use, such as "epoll". Static storage; any thread. */
const char *pal_loop_poller(const pal_loop *loop);

/* Returns the poller named in the environment, for an error message; NULL when there is none. Any thread. */
const char *pal_loop_poller_named(void);

/* A function to run on a loop's thread. Caller-owned. Once `run` is called, the post may be freed or posted again. */
typedef struct pal_post {
    void (*run)(struct pal_post *post); /* on the loop's thread */
    struct pal_post *next;              /* the loop's */
} pal_post;

/* Makes LOOP call post->run on its thread; at the end of this pass when called from that thread. Never fails. Posts of one thread
 * run in order. A post that waits must not be posted again. Any thread. */
void pal_loop_post(pal_loop *loop, pal_post *post);

/* A timer: caller-owned, all zero before its first start. */
typedef struct pal_timer {
    void (*expired)(struct pal_timer *timer); /* on the loop's thread; may start the timer again */
    uint64_t deadline_ns;
    /* The loop's: a pairing heap of running timers. */
    uint64_t sequence;
    struct pal_timer *child, *sibling, *previous;
    bool running;
} pal_timer;

/* Calls timer->expired once, in the first pass that starts at or after DEADLINE_NS (absolute, pal_clock_now_ns()). Timers with
 * equal deadlines expire in the order of their starts. Starting a running timer moves it. The loop's thread only.
 *
 * How late a waiting loop wakes depends on its poller:
 * - "epoll": some tens of microseconds on an idle machine (timer interrupt, then a free processor).
 * - "poll": the wait is rounded up to a millisecond.
 * - "kqueue": the wait is asked for in nanoseconds; not measured on macOS and the BSDs.
 * - "iocp": as exact as a high resolution timer (Windows 10 1803); in older versions, clock ticks of up to 16 ms; under Wine,
 * milliseconds. */
void pal_timer_start(pal_loop *loop, pal_timer *timer, uint64_t deadline_ns);

/* Stops a timer; `expired` is not called. Does nothing to a timer that does not run. The loop's thread only. */
void pal_timer_stop(pal_loop *loop, pal_timer *timer);

PAL_PUBLIC_END

#endif
