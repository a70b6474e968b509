/* What every backend's loop shares: the pass, its timers, its posts and the queue of ready sources. A backend's loop struct starts
 * with a pal_loop_common, and the backend supplies the two pal_backend_ functions. Private to platform/. */
#ifndef PAL_COMMON_LOOP_H
#define PAL_COMMON_LOOP_H

#include "common/timers.h"
#include "pal/loop.h"
#include "pal/thread.h"

#include <stdbool.h>
#include <stdint.h>

#define PAL_NO_DEADLINE UINT64_MAX

/* How many times a pass goes over the ready queue. With two, the second round answers what the first completed, so a receive, a
 * send and their answers take one wait of the system, not two. Each source gets at most two shares. */
#define PAL_PASS_ROUNDS 2

/* A stream or listener. `run` does one bounded share of its work, and may set it ready again for the next round. */
typedef struct pal_source {
    void (*run)(struct pal_source *source);
    struct pal_source *ready_next, *ready_previous;
    bool is_ready;
} pal_source;

typedef struct pal_ready {
    pal_source *first, *last;
} pal_ready;

typedef struct pal_loop_common {
    pal_timers timers;
    pal_ready ready;
    uint64_t now_ns;
    bool is_stopping;

    pal_mutex mutex; /* guards the rest */
    pal_post *post_first, *post_last;
    bool is_waiting; /* in pal_backend_wait and not yet woken: a post must wake it */
} pal_loop_common;

static inline pal_loop_common *pal_loop_common_of(pal_loop *loop) {
    return (pal_loop_common *)(void *)loop->storage;
}

/* Opens what the loops share, once nothing of the backend can fail any more. Close it before the rest; its ready queue must be
 * empty. */
void pal_loop_common_open(pal_loop_common *common);
void pal_loop_common_close(pal_loop_common *common);

/* Puts SOURCE at the end of the ready queue unless it is there; takes it out if it is. */
void pal_source_set_ready(pal_loop_common *common, pal_source *source);
void pal_source_clear_ready(pal_loop_common *common, pal_source *source);

/* Waits for the system until DEADLINE_NS (0: do not wait; PAL_NO_DEADLINE: unlimited) or pal_backend_wake, and sets sources ready.
 * Calls no callback. */
void pal_backend_wait(pal_loop *loop, uint64_t deadline_ns);

/* Ends the current wait or the next one. Any thread. */
void pal_backend_wake(pal_loop *loop);

#endif
