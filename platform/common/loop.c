/* The pass of the event loop, the same on every system. */
#include "common/loop.h"
#include "pal/clock.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

const char *pal_loop_poller_named(void) {
    const char *name = getenv("LOOPMSG_POLLER");
    return name != NULL && name[0] != '\0' ? name : NULL;
}

void pal_loop_common_open(pal_loop_common *common) {
    *common = (pal_loop_common){0};
    common->now_ns = pal_clock_now_ns();
    pal_mutex_open(&common->mutex);
}

void pal_loop_common_close(pal_loop_common *common) {
    assert(common->ready.first == NULL);
    pal_mutex_close(&common->mutex);
}

void pal_source_set_ready(pal_loop_common *common, pal_source *source) {
    if (source->is_ready)
        return;
    pal_ready *ready = &common->ready;
    source->is_ready = true;
    source->ready_next = NULL;
    source->ready_previous = ready->last;
    if (ready->last != NULL)
        ready->last->ready_next = source;
    else
        ready->first = source;
    ready->last = source;
}

void pal_source_clear_ready(pal_loop_common *common, pal_source *source) {
    if (!source->is_ready)
        return;
    pal_ready *ready = &common->ready;
    if (source->ready_previous != NULL)
        source->ready_previous->ready_next = source->ready_next;
    else
        ready->first = source->ready_next;
    if (source->ready_next != NULL)
        source->ready_next->ready_previous = source->ready_previous;
    else
        ready->last = source->ready_previous;
    source->ready_next = source->ready_previous = NULL;
    source->is_ready = false;
}

/* Runs the sources that are ready now. Those that become ready meanwhile lie behind a marker and wait for the next round. */
static void ready_round(pal_loop_common *common) {
    if (common->ready.first == NULL)
        return;
    pal_source marker = {0};
    pal_source_set_ready(common, &marker);
    for (pal_source *source; (source = common->ready.first) != &marker;) {
        pal_source_clear_ready(common, source);
        source->run(source); /* may free it */
    }
    pal_source_clear_ready(common, &marker);
}

/* Runs the posts made until now. Posts that these make wait for the next pass. */
static void posts_run(pal_loop_common *common) {
    pal_mutex_lock(&common->mutex);
    pal_post *post = common->post_first;
    common->post_first = common->post_last = NULL;
    pal_mutex_unlock(&common->mutex);
    while (post != NULL) {
        pal_post *next = post->next; /* before run, which may free the post */
        post->run(post);
        post = next;
    }
}

void pal_loop_post(pal_loop *loop, pal_post *post) {
    pal_loop_common *common = pal_loop_common_of(loop);
    post->next = NULL;
    pal_mutex_lock(&common->mutex);
    if (common->post_last != NULL)
        common->post_last->next = post;
    else
        common->post_first = post;
    common->post_last = post;
    /* Wake inside the mutex: afterwards, the loop may run the post and be freed. */
    if (common->is_waiting) {
        common->is_waiting = false;
        pal_backend_wake(loop);
    }
    pal_mutex_unlock(&common->mutex);
}

static void loop_wait(pal_loop *loop) {
    pal_loop_common *common = pal_loop_common_of(loop);
    uint64_t deadline_ns = PAL_NO_DEADLINE;
    if (common->ready.first != NULL)
        deadline_ns = 0;
    else if (common->timers.root != NULL)
        deadline_ns = common->timers.root->deadline_ns;

    pal_mutex_lock(&common->mutex);
    if (common->post_first != NULL)
        deadline_ns = 0;
    else
        common->is_waiting = true;
    pal_mutex_unlock(&common->mutex);

    pal_backend_wait(loop, deadline_ns);

    pal_mutex_lock(&common->mutex);
    common->is_waiting = false;
    pal_mutex_unlock(&common->mutex);
}

void pal_loop_run(pal_loop *loop) {
    pal_loop_common *common = pal_loop_common_of(loop);
    while (!common->is_stopping) {
        loop_wait(loop);
        common->now_ns = pal_clock_now_ns();
        pal_timers_run(&common->timers, common->now_ns);
        for (int round = 0; round < PAL_PASS_ROUNDS; round++)
            ready_round(common);
        posts_run(common);
    }
    common->is_stopping = false;
}

void pal_loop_stop(pal_loop *loop) {
    pal_loop_common_of(loop)->is_stopping = true;
}

uint64_t pal_loop_now_ns(const pal_loop *loop) {
    return ((const pal_loop_common *)(const void *)loop->storage)->now_ns;
}

void pal_timer_start(pal_loop *loop, pal_timer *timer, uint64_t deadline_ns) {
    pal_timers *timers = &pal_loop_common_of(loop)->timers;
    assert(timer->expired != NULL);
    if (timer->running)
        pal_timers_remove(timers, timer);
    timer->deadline_ns = deadline_ns;
    pal_timers_insert(timers, timer);
}

void pal_timer_stop(pal_loop *loop, pal_timer *timer) {
    if (timer->running)
        pal_timers_remove(&pal_loop_common_of(loop)->timers, timer);
}
