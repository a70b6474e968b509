/* pal_loop's waits on the virtual clock. */
#include "sim_loop.h"

#include "pal/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PASS_NS 2000 /* what a pass takes at least */
#define PASS_SPREAD_NS 6000

static_assert(sizeof(sim_loop) <= sizeof(pal_loop), "pal_loop holds a loop");

void sim_watch_tell(sim_watch *watch) {
    if (watch->has_news)
        return;
    /* Before the others or after them: the system may tell what happened in any order. */
    sim_watch *ring = &watch->loop->news;
    sim_watch *previous = sim_draw(2) == 0 ? ring : ring->news_previous;
    watch->has_news = true;
    watch->news_previous = previous;
    watch->news_next = previous->news_next;
    previous->news_next->news_previous = watch;
    previous->news_next = watch;
    sim_unblock(watch->loop);
}

void sim_watch_forget(sim_watch *watch) {
    if (!watch->has_news)
        return;
    watch->has_news = false;
    watch->news_previous->news_next = watch->news_next;
    watch->news_next->news_previous = watch->news_previous;
}

pal_error pal_loop_open(pal_loop *loop) {
    sim_start();
    sim_loop *self = sim_loop_of(loop);
    const char *name = getenv("LOOPMSG_POLLER");
    if (name != NULL && name[0] != '\0' && strcmp(name, "sim") != 0)
        return pal_error_of(PAL_UNSUPPORTED);
    memset(self, 0, sizeof *self);
    self->receive_buffer = pal_sim_strikes(PAL_SIM_MEMORY) ? NULL : malloc(PAL_RECEIVE_SIZE);
    if (self->receive_buffer == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    self->news.news_next = self->news.news_previous = &self->news;
    pal_loop_common_open(&self->common);
    sim_counts()->loops++;
    return pal_ok();
}

void pal_loop_close(pal_loop *loop) {
    sim_loop *self = sim_loop_of(loop);
    assert(self->news.news_next == &self->news);
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
    if (deadline_ns <= sim_now_ns() || self->is_woken || self->news.news_next != &self->news)
        sim_yield();
    else
        while (!self->is_woken && self->news.news_next == &self->news && sim_block(self, deadline_ns))
            continue;
    self->is_woken = false;
    while (self->news.news_next != &self->news) {
        sim_watch *watch = self->news.news_next;
        sim_watch_forget(watch);
        pal_source_set_ready(&self->common, &watch->source);
    }
}

void pal_backend_wake(pal_loop *loop) {
    sim_loop_of(loop)->is_woken = true;
    sim_unblock(loop->storage);
}
