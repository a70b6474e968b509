/* A heap of timers by deadline: a loop's, and the events of the simulation. Private to platform/. */
#ifndef PAL_COMMON_TIMERS_H
#define PAL_COMMON_TIMERS_H

#include "pal/loop.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct pal_timers {
    pal_timer *root;    /* the earliest */
    pal_timer *started; /* a heap of its own: started in a callback of pal_timers_run, at whose end it joins the others */
    uint64_t sequence;
    uint64_t run_sequence; /* while is_in_run: timers from this one on are in `started` */
    bool is_in_run;
} pal_timers;

void pal_timers_insert(pal_timers *timers, pal_timer *timer);
void pal_timers_remove(pal_timers *timers, pal_timer *timer);

/* Calls every timer whose deadline has come by NOW_NS, earliest first; one started meanwhile waits for the next call. */
void pal_timers_run(pal_timers *timers, uint64_t now_ns);

#endif
