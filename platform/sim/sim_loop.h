/* The loop of the simulation, and what wakes it: a watch, at which the network leaves word. Private to platform/sim. */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include "simulation.h"

/* What a stream or listener has of a loop. */
typedef struct sim_watch {
    pal_source source;
    struct sim_loop *loop;
    struct sim_watch *news_next, *news_previous;
    bool has_news;
} sim_watch;

typedef struct sim_loop {
    pal_loop_common common; /* first */
    sim_watch news;         /* the ring of watches that have some; this one is none itself */
    uint8_t *receive_buffer;
    bool is_woken;
} sim_loop;

static inline sim_loop *sim_loop_of(pal_loop *loop) {
    return (sim_loop *)(void *)loop->storage;
}

/* There is something for the watch to look at: its loop's next pass sets it ready. */
void sim_watch_tell(sim_watch *watch);

/* It is not to hear what it was told. */
void sim_watch_forget(sim_watch *watch);

#endif
