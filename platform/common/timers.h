/* A heap of timers by deadline, for loops and for the simulation's events. Private to platform/. */
#ifndef PAL_COMMON_TIMERS_H
#define PAL_COMMON_TIMERS_H

#include "pal/loop.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct pal_timers {
    pal_timer *root;    /* the earliest */
    pal_timer *started; /* a heap of timers started by callbacks of pal_timers_run, which melds it at its end */
    uint64_t sequence;
    uint64_t run_sequence; /* while is_in_run: timers from this one on are in `started` */
    bool is_in_run;
} pal_timers;

/* Insert a timer that does not run, with its deadline set; remove one that runs. */
void pal_timers_insert(pal_timers *timers, pal_timer *timer);
void pal_timers_remove(pal_timers *timers, pal_timer *timer);

/* Calls every timer with a deadline up to NOW_NS, earliest first. A timer started meanwhile waits for the next call. */
void pal_timers_run(pal_timers *timers, uint64_t now_ns);

#endif
