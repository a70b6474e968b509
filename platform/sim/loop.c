/* pal_loop's waits on the virtual clock. */
#include "sim/loop.h"

#include "pal/stream.h"
#include "sim/chance.h"
#include "sim/schedule.h"
#include "sim/simulation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PASS_NS 2000 /* the shortest time of a pass */
#define PASS_SPREAD_NS 6000

static_assert(sizeof(sim_loop) <= sizeof(pal_loop), "pal_loop holds a loop");

pal_error pal_loop_open(pal_loop *loop) {
    sim_start();
    sim_loop *self = sim_loop_of(loop);
    const char *poller = pal_loop_poller_named();
    if (poller != NULL && strcmp(poller, "sim") != 0)
        return pal_error_of(PAL_UNSUPPORTED);
    memset(self, 0, sizeof *self);
    self->receive_buffer = sim_strikes(PAL_SIM_MEMORY) ? NULL : malloc(PAL_RECEIVE_SIZE);
    if (self->receive_buffer == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    sim_news_open(&self->news);
    pal_loop_common_open(&self->common);
    sim_counts()->loops++;
    return pal_ok();
}

void pal_loop_close(pal_loop *loop) {
    sim_loop *self = sim_loop_of(loop);
    assert(sim_news_is_empty(&self->news));
    for (const pal_post *post = self->common.post_first; post != NULL; post = post->next)
        sim_counts()->dropped_posts++;
    pal_loop_common_close(&self->common);
    free(self->receive_buffer);
    sim_counts()->loops--;
}

const char *pal_loop_poller(const pal_loop *loop) {
    (void)loop;
    return "sim";
}

void pal_backend_wait(pal_loop *loop, uint64_t deadline_ns) {
    sim_loop *self = sim_loop_of(loop);
    sim_work(PASS_NS + sim_draw(PASS_SPREAD_NS));
    if (deadline_ns <= sim_now_ns() || self->is_woken || !sim_news_is_empty(&self->news))
        sim_yield();
    else
        while (!self->is_woken && sim_news_is_empty(&self->news) && sim_block(&self->news, deadline_ns))
            continue;
    self->is_woken = false;
    for (sim_watch *watch; (watch = sim_news_take(&self->news)) != NULL;)
        sim_loop_set_ready(watch);
}

void pal_backend_wake(pal_loop *loop) {
    sim_loop *self = sim_loop_of(loop);
    self->is_woken = true;
    sim_unblock(&self->news);
}
