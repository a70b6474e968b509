/* The loop of the simulation. Private to platform/sim. */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include "pal/container.h"
#include "sim/watch.h"

typedef struct sim_loop {
    pal_loop_common common; /* first */
    sim_news news;
    uint8_t *receive_buffer;
    bool is_woken;
} sim_loop;

static inline sim_loop *sim_loop_of(pal_loop *loop) {
    return (sim_loop *)(void *)loop->storage;
}

static inline sim_loop *sim_loop_of_watch(const sim_watch *watch) {
    return PAL_CONTAINER_OF(watch->news, sim_loop, news);
}

/* Makes the watch's stream or listener ready in this pass. */
static inline void sim_loop_set_ready(sim_watch *watch) {
    pal_source_set_ready(&sim_loop_of_watch(watch)->common, &watch->source);
}

#endif
