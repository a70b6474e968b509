/* The event loop: one thread runs it, and everything that belongs to it is called back on that thread.
 *
 * A pass waits until something can be done, runs due timers, gives every stream and listener that can go on a bounded share, and
 * ends with what was posted. Structs are caller-owned, must not move while open, and hold the backend's own state in opaque
 * storage.
 *
 * A loop with nothing but a timer, which starts itself again until it has expired so many times:
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

/* Opens a loop. Errors: NO_DESCRIPTORS, NO_MEMORY, OTHER. LOOPMSG_POLLER in the environment names another poller of this system
 * ("poll"); an unknown name is UNSUPPORTED. */
pal_error pal_loop_open(pal_loop *loop);

/* Closes a loop that does not run and whose streams and listeners are all closed. Posts not yet run are dropped. */
void pal_loop_close(pal_loop *loop);

/* Runs passes on the calling thread until pal_loop_stop; may be called again afterwards. */
void pal_loop_run(pal_loop *loop);

/* Ends pal_loop_run after the current pass. The loop's own thread only, or before it runs; another thread posts a call to it. */
void pal_loop_stop(pal_loop *loop);

/* The time this pass began, on the clock of pal_clock_now_ns(). The loop's own thread only. */
uint64_t pal_loop_now_ns(const pal_loop *loop);

/* The poller in use, such as "epoll". Static storage; any thread. */
const char *pal_loop_poller(const pal_loop *loop);

/* The poller that the environment names, for the sentence that says why no loop was opened; NULL where it names none. Any thread. */
const char *pal_loop_poller_named(void);

/* Something to run on a loop's thread. Caller-owned; free to go, or to be posted again, from the moment its run is called. */
typedef struct pal_post {
    void (*run)(struct pal_post *post); /* on the loop's thread */
    struct pal_post *next;              /* the loop's */
} pal_post;

/* Asks LOOP to call post->run on its thread, at the end of this pass when called from that thread. Never fails, keeps the order of
 * one caller. A post that waits must not be posted again. Any thread: the one call of this header for which that holds. */
void pal_loop_post(pal_loop *loop, pal_post *post);

/* A timer: caller-owned, all zero before its first start. */
typedef struct pal_timer {
    void (*expired)(struct pal_timer *timer); /* on the loop's thread; may start the timer again */
    uint64_t deadline_ns;
    /* the loop's: a pairing heap of the timers that run */
    uint64_t sequence;
    struct pal_timer *child, *sibling, *previous;
    bool running;
} pal_timer;

/* Calls timer->expired once, in the first pass that begins at or after DEADLINE_NS (absolute, pal_clock_now_ns()). Timers of one
 * deadline expire in the order they were started. Starting a running timer moves it. The loop's own thread only.
 *
 * How soon after the deadline a waiting loop begins that pass is the system's: with "epoll" as soon as its timers interrupt and the thread
 * gets a processor, which is some tens of microseconds on a machine that is not busy; with "poll" the wait is rounded up to a millisecond;
 * "kqueue" is asked for nanoseconds, and what macOS and the BSDs make of them was not measured; with "iocp" as its high resolution timers
 * are (Windows 10 1803; without them, clock ticks of up to 16 ms), and under Wine rounded to milliseconds. */
void pal_timer_start(pal_loop *loop, pal_timer *timer, uint64_t deadline_ns);

/* Stops a timer; it will not be called. Stopping one that does not run does nothing. The loop's own thread only. */
void pal_timer_stop(pal_loop *loop, pal_timer *timer);

PAL_PUBLIC_END

#endif
