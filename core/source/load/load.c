/* The load generator's coordinator: starts each phase on every worker, collects slices while it runs, and adds up the results.
 * Workers hand over their results under a mutex, at most twice per slice; nothing else is shared. */
#include "loopmsg/load.h"

#include "load/plan.h"
#include "load/worker.h"
#include "pal/clock.h"
#include "pal/container.h"
#include "pal/system.h"
#include "pal/thread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SCHEDULE_LEAD_NS PAL_MILLISECOND_NS /* an open loop starts this much later, so that every worker is ready */

typedef struct load_thread {
    lm_load *load;
    lm_load_worker worker;
    pal_thread thread;
    pal_post begin_post, stop_post, slice_post, quit_post; /* to the worker's loop */
    pal_post finished_post, sliced_post;                   /* to the coordinator's */
    uint64_t ready;                                        /* connections at its last hand-over; guarded by the mutex */
} load_thread;

struct lm_load {
    lm_load_plan plan;
    lm_load_handler handler;
    pal_loop loop;
    load_thread *threads;
    uint32_t thread_count; /* started */

    lm_load_phase phase;
    uint32_t running; /* workers whose phase has not ended */
    uint32_t slicing; /* workers that still owe a slice */
    uint64_t slice_begin_ns;
    pal_timer slice_timer;
    bool is_stopped;

    pal_mutex mutex; /* guards the members below */
    lm_load_result *result;
    lm_histogram slice;
    uint64_t slice_answered, slice_errors;
    pal_post stop_post;
    bool is_stop_posted;
};

/* -- on a worker's thread -- */

static void hand_over_slice(load_thread *thread) {
    lm_load *load = thread->load;
    lm_load_worker *worker = &thread->worker;
    lm_histogram_add(&load->slice, &worker->slice);
    lm_histogram_clear(&worker->slice);
    load->slice_answered += worker->slice_answered;
    load->slice_errors += worker->slice_errors;
    thread->ready = worker->ready_count;
    worker->slice_answered = worker->slice_errors = 0;
}

static void hand_over_result(load_thread *thread) {
    lm_load_result *result = &thread->worker.result;
    if (thread->load->plan.settings.rate == 0) { /* in a closed loop, a message is due when it is sent */
        lm_histogram_add(&result->response, &result->service);
        result->due = result->sent;
    }
    lm_load_result_add(thread->load->result, result);
    lm_histogram_clear(&result->connect);
    lm_histogram_clear(&result->response);
    lm_histogram_clear(&result->service);
    lm_histogram_clear(&result->lateness);
    memset(result, 0, offsetof(lm_load_result, connect)); /* everything before the histograms */
}

static void worker_finished(lm_load_worker *worker) {
    load_thread *thread = PAL_CONTAINER_OF(worker, load_thread, worker);
    lm_load *load = thread->load;
    pal_mutex_lock(&load->mutex);
    hand_over_slice(thread);
    hand_over_result(thread);
    pal_mutex_unlock(&load->mutex);
    pal_loop_post(&load->loop, &thread->finished_post);
}

static void begin_post_run(pal_post *post) {
    load_thread *thread = PAL_CONTAINER_OF(post, load_thread, begin_post);
    lm_load_worker_begin(&thread->worker, &thread->load->phase);
}

static void stop_post_run(pal_post *post) {
    load_thread *thread = PAL_CONTAINER_OF(post, load_thread, stop_post);
    lm_load_worker_stop(&thread->worker);
}

static void quit_post_run(pal_post *post) {
    load_thread *thread = PAL_CONTAINER_OF(post, load_thread, quit_post);
    lm_load_worker_quit(&thread->worker);
}

static void slice_post_run(pal_post *post) {
    load_thread *thread = PAL_CONTAINER_OF(post, load_thread, slice_post);
    lm_load *load = thread->load;
    pal_mutex_lock(&load->mutex);
    hand_over_slice(thread);
    pal_mutex_unlock(&load->mutex);
    pal_loop_post(&load->loop, &thread->sliced_post);
}

/* -- on the thread that runs the phases -- */

uint64_t lm_load_connections_open(lm_load *load) {
    uint64_t ready = 0;
    pal_mutex_lock(&load->mutex);
    for (uint32_t i = 0; i < load->thread_count; i++)
        ready += load->threads[i].ready;
    pal_mutex_unlock(&load->mutex);
    return ready;
}

static void load_end_slice(lm_load *load) {
    uint64_t now_ns = pal_clock_now_ns(), open = lm_load_connections_open(load);
    pal_mutex_lock(&load->mutex);
    lm_load_slice slice = {
        .begin_ns = load->slice_begin_ns - load->phase.begin_ns,
        .length_ns = now_ns > load->slice_begin_ns ? now_ns - load->slice_begin_ns : 0,
        .answered = load->slice_answered,
        .errors = load->slice_errors,
        .open = open,
        .p50_ns = lm_histogram_quantile_ns(&load->slice, 0.5),
        .p99_ns = lm_histogram_quantile_ns(&load->slice, 0.99),
        .max_ns = load->slice.max_ns,
    };
    lm_histogram_clear(&load->slice);
    load->slice_answered = load->slice_errors = 0;
    pal_mutex_unlock(&load->mutex);
    load->slice_begin_ns = now_ns;
    if (load->handler.slice != NULL)
        load->handler.slice(load->handler.context, &slice);
}

static void load_end_if_over(lm_load *load) {
    if (load->running == 0 && load->slicing == 0)
        pal_loop_stop(&load->loop);
}

static void finished_post_run(pal_post *post) {
    load_thread *thread = PAL_CONTAINER_OF(post, load_thread, finished_post);
    lm_load *load = thread->load;
    load->running--;
    load_end_if_over(load);
}

/* Slices end at multiples of the interval, even after a late one. The last one ends with the phase, so no slice holds only the few
 * answers that arrive after the phase's time. */
static void slice_timer_start(lm_load *load) {
    const lm_load_phase *phase = &load->phase;
    uint64_t interval_ns = load->plan.settings.interval_ns, now_ns = pal_clock_now_ns();
    uint64_t count = now_ns > phase->begin_ns ? (now_ns - phase->begin_ns) / interval_ns : 0;
    uint64_t end_ns = phase->begin_ns + (count + 1) * interval_ns;
    if (end_ns >= phase->end_ns && end_ns - phase->end_ns < interval_ns)
        end_ns += interval_ns;
    pal_timer_start(&load->loop, &load->slice_timer, end_ns);
}

static void sliced_post_run(pal_post *post) {
    load_thread *thread = PAL_CONTAINER_OF(post, load_thread, sliced_post);
    lm_load *load = thread->load;
    if (--load->slicing > 0)
        return;
    load_end_slice(load);
    if (load->running > 0)
        slice_timer_start(load);
    load_end_if_over(load);
}

static void slice_timer_expired(pal_timer *timer) {
    lm_load *load = PAL_CONTAINER_OF(timer, lm_load, slice_timer);
    load->slicing = load->thread_count;
    for (uint32_t i = 0; i < load->thread_count; i++)
        pal_loop_post(&load->threads[i].worker.loop, &load->threads[i].slice_post);
}

static void load_stop_run(pal_post *post) {
    lm_load *load = PAL_CONTAINER_OF(post, lm_load, stop_post);
    load->is_stopped = true;
    for (uint32_t i = 0; i < load->thread_count; i++)
        pal_loop_post(&load->threads[i].worker.loop, &load->threads[i].stop_post);
}

void lm_load_stop(lm_load *load) {
    pal_mutex_lock(&load->mutex);
    if (!load->is_stop_posted)
        pal_loop_post(&load->loop, &load->stop_post);
    load->is_stop_posted = true;
    pal_mutex_unlock(&load->mutex);
}

static void load_run(lm_load *load, const lm_load_phase *phase, lm_load_result *result) {
    memset(result, 0, sizeof *result);
    result->begin_wall_ns = pal_clock_wall_ns();
    if (load->is_stopped)
        return;
    uint64_t processor_ns = pal_system_processor_time_ns();
    load->phase = *phase;
    load->result = result;
    load->running = load->thread_count;
    load->slice_begin_ns = phase->begin_ns;
    slice_timer_start(load);
    for (uint32_t i = 0; i < load->thread_count; i++)
        pal_loop_post(&load->threads[i].worker.loop, &load->threads[i].begin_post);
    pal_loop_run(&load->loop);
    pal_timer_stop(&load->loop, &load->slice_timer);
    if (load->slice_answered > 0 || load->slice_errors > 0)
        load_end_slice(load);
    result->processor_ns = pal_system_processor_time_ns() - processor_ns;
}

void lm_load_connect(lm_load *load, lm_load_result *result) {
    lm_load_phase phase = {.begin_ns = pal_clock_now_ns(), .end_ns = UINT64_MAX, .messages = UINT64_MAX};
    load_run(load, &phase, result);
}

void lm_load_measure(lm_load *load, uint64_t duration_ns, uint64_t messages, lm_load_result *result) {
    assert(duration_ns > 0 || messages > 0);
    lm_load_phase phase = {.is_measuring = true, .begin_ns = pal_clock_now_ns(), .end_ns = UINT64_MAX, .messages = UINT64_MAX};
    if (load->plan.settings.rate > 0)
        phase.begin_ns += SCHEDULE_LEAD_NS;
    if (duration_ns > 0)
        phase.end_ns = phase.begin_ns + duration_ns;
    if (messages > 0)
        phase.messages = messages;
    load_run(load, &phase, result);
}

/* -- opening -- */

static pal_error thread_start(lm_load *load, uint32_t number) {
    load_thread *thread = &load->threads[number];
    lm_load_worker *worker = &thread->worker;
    thread->load = load;
    worker->plan = &load->plan;
    worker->number = number;
    worker->finished = worker_finished;
    thread->begin_post.run = begin_post_run;
    thread->stop_post.run = stop_post_run;
    thread->slice_post.run = slice_post_run;
    thread->quit_post.run = quit_post_run;
    thread->finished_post.run = finished_post_run;
    thread->sliced_post.run = sliced_post_run;
    pal_error error = lm_load_worker_open(worker);
    if (error.status != PAL_OK)
        return error;
    error = pal_thread_start(&thread->thread, lm_load_worker_main, worker);
    if (error.status != PAL_OK)
        lm_load_worker_close(worker);
    return error;
}

static pal_error threads_start(lm_load *load) {
    uint32_t workers = (uint32_t)load->plan.settings.workers;
    load->threads = calloc(workers, sizeof *load->threads);
    if (load->threads == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    for (uint32_t i = 0; i < workers; i++) {
        pal_error error = thread_start(load, i);
        if (error.status != PAL_OK)
            return error;
        load->thread_count++;
    }
    return pal_ok();
}

static void settings_check(const lm_load_settings *settings) {
    assert(settings->address_count >= 1 && settings->address_count <= LM_ADDRESSES_MAX);
    assert(settings->connections >= 1 && settings->connections <= LM_LOAD_CONNECTIONS_MAX);
    assert(settings->workers >= 1 && settings->workers <= LM_LOAD_WORKERS_MAX);
    assert(settings->size_min <= settings->size_max && settings->size_max <= LM_MESSAGE_SIZE_MAX);
    assert(settings->pipeline >= 1 && settings->pipeline <= LM_LOAD_PIPELINE_MAX);
    assert(settings->rate <= LM_LOAD_RATE_MAX && settings->connect_rate <= LM_LOAD_RATE_MAX);
    assert(settings->timeout_ns > 0 && settings->interval_ns >= LM_LOAD_INTERVAL_MIN_NS);
    (void)settings;
}

pal_error lm_load_open(lm_load **result, const lm_load_settings *settings, const lm_load_handler *handler) {
    settings_check(settings);
    lm_load *load = calloc(1, sizeof *load);
    if (load == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    if (!lm_load_plan_open(&load->plan, settings)) {
        free(load);
        return pal_error_of(PAL_NO_MEMORY);
    }
    pal_error error = pal_loop_open(&load->loop);
    if (error.status != PAL_OK) {
        lm_load_plan_close(&load->plan);
        free(load);
        return error;
    }
    load->handler = *handler;
    load->slice_timer.expired = slice_timer_expired;
    load->stop_post.run = load_stop_run;
    pal_mutex_open(&load->mutex);
    error = threads_start(load);
    if (error.status != PAL_OK) {
        lm_load_close(load);
        return error;
    }
    *result = load;
    return pal_ok();
}

void lm_load_close(lm_load *load) {
    for (uint32_t i = 0; i < load->thread_count; i++)
        pal_loop_post(&load->threads[i].worker.loop, &load->threads[i].quit_post);
    for (uint32_t i = 0; i < load->thread_count; i++) {
        pal_thread_join(&load->threads[i].thread);
        lm_load_worker_close(&load->threads[i].worker);
    }
    free(load->threads);
    pal_loop_close(&load->loop);
    pal_mutex_close(&load->mutex);
    lm_load_plan_close(&load->plan);
    free(load);
}

const char *lm_load_poller(const lm_load *load) {
    return pal_loop_poller(&load->loop);
}
