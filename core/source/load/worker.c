/* A worker of the load generator: opens its connections, lets them send by the phase's schedule, and detects the end of the
 * phase. */
#include "load/worker.h"

#include "load/connection.h"
#include "load/schedule.h"
#include "pal/clock.h"
#include "pal/container.h"

#include <assert.h>
#include <stdlib.h>

#define OPENING_MAX 64u    /* connections per worker being opened at a time, so that a server's backlog does not overflow */
#define SCHEDULE_BATCH 64u /* messages made due at a time; then received bytes have their turn */

static lm_load_worker *worker_of_open_timer(pal_timer *timer) {
    return PAL_CONTAINER_OF(timer, lm_load_worker, open_timer);
}

static lm_load_worker *worker_of_schedule_timer(pal_timer *timer) {
    return PAL_CONTAINER_OF(timer, lm_load_worker, schedule_timer);
}

static lm_load_worker *worker_of_end_timer(pal_timer *timer) {
    return PAL_CONTAINER_OF(timer, lm_load_worker, end_timer);
}

static lm_load_worker *worker_of_patience_timer(pal_timer *timer) {
    return PAL_CONTAINER_OF(timer, lm_load_worker, patience_timer);
}

/* -- the end of a phase -- */

static void worker_end(lm_load_worker *worker, bool is_stopped) {
    assert(worker->is_active && worker->pending == 0);
    uint64_t begin_ns = worker->phase.begin_ns, end_ns = pal_clock_now_ns();
    if (worker->is_time_up && !is_stopped)
        end_ns = worker->last_answer_ns > worker->phase.end_ns ? worker->last_answer_ns : worker->phase.end_ns;
    else if (worker->last_answer_ns > 0 && !is_stopped)
        end_ns = worker->last_answer_ns;
    worker->result.elapsed_ns = end_ns > begin_ns ? end_ns - begin_ns : 0;
    worker->is_active = false;
    pal_timer_stop(&worker->loop, &worker->open_timer);
    pal_timer_stop(&worker->loop, &worker->schedule_timer);
    pal_timer_stop(&worker->loop, &worker->end_timer);
    pal_timer_stop(&worker->loop, &worker->patience_timer);
    worker->finished(worker);
}

/* Returns true when every message of this phase is known. */
static bool worker_is_over(const lm_load_worker *worker) {
    if (worker->given_up_count == worker->connection_count)
        return true;
    if (worker->plan->settings.rate > 0)
        return worker->is_schedule_over && (worker->is_time_up || worker->is_exhausted);
    return worker->is_time_up || worker->phase.messages != UINT64_MAX;
}

static void worker_check_end(lm_load_worker *worker) {
    if (worker->is_quitting && worker->open_count == 0)
        pal_loop_stop(&worker->loop);
    if (!worker->is_active)
        return;
    bool has_ended = worker->phase.is_measuring ? worker_is_over(worker) && worker->pending == 0 : worker->unsettled == 0;
    if (has_ended)
        worker_end(worker, false);
}

static void end_timer_expired(pal_timer *timer) {
    lm_load_worker *worker = worker_of_end_timer(timer);
    worker->is_time_up = true;
    if (worker->plan->settings.rate == 0) {
        for (uint32_t i = 0; i < worker->connection_count; i++)
            lm_load_connection_withdraw(&worker->connections[i]);
    }
    worker_check_end(worker);
}

/* Stops waiting for missing answers. */
static void worker_abandon(lm_load_worker *worker, bool is_error) {
    worker->is_schedule_over = true;
    for (uint32_t i = 0; i < worker->connection_count; i++)
        lm_load_connection_abandon(&worker->connections[i], is_error);
    assert(worker->pending == 0);
}

/* When a phase's time is over, missing answers get one more timeout. A phase without a time ends when only connections that fail to
 * open are left; messages in flight have a timeout of their own. */
static bool worker_has_lost_patience(const lm_load_worker *worker) {
    const lm_load_result *result = &worker->result;
    if (!worker->phase.is_measuring)
        return result->connected == worker->patience_connected && lm_load_errors(result) > 0;
    bool is_idle = result->sent == worker->patience_sent && result->sent == result->answered + result->lost;
    return worker->is_time_up || (worker->pending > 0 && is_idle);
}

static void patience_timer_expired(pal_timer *timer) {
    lm_load_worker *worker = worker_of_patience_timer(timer);
    if (worker_has_lost_patience(worker)) {
        worker_abandon(worker, true);
        worker_end(worker, false);
        return;
    }
    worker->patience_sent = worker->result.sent;
    worker->patience_connected = worker->result.connected;
    pal_timer_start(&worker->loop, timer, pal_clock_now_ns() + worker->plan->settings.timeout_ns);
}

void lm_load_worker_stop(lm_load_worker *worker) {
    if (!worker->is_active)
        return;
    worker_abandon(worker, false);
    worker_end(worker, true);
}

/* -- the schedule of an open loop -- */

static void connection_become_due(lm_load_connection *connection, uint64_t late_ns) {
    lm_load_worker *worker = connection->worker;
    worker->result.due++;
    lm_histogram_record(&worker->result.lateness, late_ns, 1);
    if (connection->is_given_up)
        return;
    connection->allowed++;
    worker->pending++;
    lm_load_connection_flush(connection);
}

static void schedule_timer_expired(pal_timer *timer) {
    lm_load_worker *worker = worker_of_schedule_timer(timer);
    uint64_t rate = worker->plan->settings.rate, due_ns = 0;
    for (uint32_t i = 0; i < SCHEDULE_BATCH; i++) {
        uint64_t index = lm_load_schedule_index(worker);
        due_ns = worker->phase.begin_ns + lm_load_schedule_ns(index, rate);
        worker->is_exhausted = index >= worker->phase.messages;
        worker->is_schedule_over = worker->is_exhausted || due_ns >= worker->phase.end_ns;
        if (worker->is_schedule_over) {
            worker_check_end(worker);
            return;
        }
        uint64_t now_ns = pal_clock_now_ns();
        if (due_ns > now_ns)
            break;
        connection_become_due(&worker->connections[worker->schedule_index], now_ns - due_ns);
        lm_load_schedule_advance(worker);
    }
    pal_timer_start(&worker->loop, timer, due_ns);
}

/* -- opening connections -- */

static void worker_open_more(lm_load_worker *worker) {
    const lm_load_settings *settings = &worker->plan->settings;
    if (worker->is_opening)
        return; /* called from inside the loop below, which continues */
    worker->is_opening = true;
    while (worker->queue_first != NULL && worker->is_active) {
        if (settings->connect_rate > 0) {
            if (worker->open_next_ns > pal_clock_now_ns()) {
                pal_timer_start(&worker->loop, &worker->open_timer, worker->open_next_ns);
                break;
            }
            worker->open_next_ns += lm_load_schedule_ns(settings->workers, settings->connect_rate);
        } else if (worker->opening_count >= OPENING_MAX) {
            break;
        }
        lm_load_connection *connection = worker->queue_first;
        worker->queue_first = connection->next;
        if (worker->queue_first == NULL)
            worker->queue_last = NULL;
        worker->opening_count++;
        lm_load_connection_open(connection);
    }
    worker->is_opening = false;
}

static void open_timer_expired(pal_timer *timer) {
    worker_open_more(worker_of_open_timer(timer));
}

static void worker_enqueue(lm_load_worker *worker, lm_load_connection *connection) {
    assert(connection->state == LOAD_CLOSED && !connection->is_given_up);
    if (worker->queue_first == NULL && worker->open_next_ns < pal_clock_now_ns())
        worker->open_next_ns = pal_clock_now_ns(); /* do not catch up on connections not opened in the meantime */
    connection->state = LOAD_QUEUED;
    connection->next = NULL;
    if (worker->queue_last != NULL)
        worker->queue_last->next = connection;
    else
        worker->queue_first = connection;
    worker->queue_last = connection;
}

static void worker_queue(lm_load_worker *worker, lm_load_connection *connection) {
    worker_enqueue(worker, connection);
    worker_open_more(worker);
}

static void worker_opened(lm_load_worker *worker) {
    assert(worker->opening_count > 0);
    worker->opening_count--;
    worker_open_more(worker);
}

/* -- the start of a phase -- */

/* Returns how many messages of a phase a connection has to send in a closed loop. */
static uint64_t connection_share(const lm_load_connection *connection) {
    const lm_load_worker *worker = connection->worker;
    uint64_t connections = worker->plan->settings.connections, messages = worker->phase.messages;
    return messages / connections + (connection->number < messages % connections ? 1 : 0);
}

static void connection_begin(lm_load_connection *connection) {
    lm_load_worker *worker = connection->worker;
    assert(connection->in_flight == 0);
    connection->phase_message = connection->allowed = connection->next_message;
    connection->is_settled = worker->phase.is_measuring;
    if (connection->is_given_up)
        return;
    if (worker->phase.is_measuring && worker->plan->settings.rate == 0) {
        bool has_share = worker->phase.messages != UINT64_MAX;
        connection->allowed = has_share ? connection->next_message + connection_share(connection) : UINT64_MAX;
        worker->pending += has_share ? connection_share(connection) : 0;
    }
    if (connection->state == LOAD_CLOSED) {
        pal_timer_stop(&worker->loop, &connection->connector.timer);
        worker_enqueue(worker, connection);
    }
}

static void worker_start_timers(lm_load_worker *worker) {
    const lm_load_phase *phase = &worker->phase;
    const lm_load_connection *first = worker->connections;
    bool has_end = phase->end_ns != UINT64_MAX;
    if (has_end)
        pal_timer_start(&worker->loop, &worker->end_timer, phase->end_ns);
    if (phase->is_measuring && worker->plan->settings.rate > 0)
        pal_timer_start(&worker->loop, &worker->schedule_timer, lm_load_schedule_due_ns(worker, first, first->phase_message));
    worker->patience_sent = worker->patience_connected = 0;
    uint64_t from_ns = has_end ? phase->end_ns : phase->begin_ns;
    pal_timer_start(&worker->loop, &worker->patience_timer, from_ns + worker->plan->settings.timeout_ns);
}

void lm_load_worker_begin(lm_load_worker *worker, const lm_load_phase *phase) {
    assert(!worker->is_active && worker->pending == 0);
    worker->phase = *phase;
    worker->is_active = true;
    worker->is_time_up = worker->is_schedule_over = worker->is_exhausted = false;
    worker->last_answer_ns = 0;
    worker->schedule_round = 0;
    worker->schedule_index = 0;
    worker->unsettled = phase->is_measuring ? 0 : worker->connection_count;
    for (uint32_t i = 0; i < worker->connection_count; i++)
        connection_begin(&worker->connections[i]);
    worker_start_timers(worker);
    worker_open_more(worker);
    for (uint32_t i = 0; i < worker->connection_count; i++)
        lm_load_connection_flush(&worker->connections[i]);
    worker_check_end(worker);
}

/* -- the worker's life -- */

pal_error lm_load_worker_open(lm_load_worker *worker) {
    const lm_load_settings *settings = &worker->plan->settings;
    uint32_t workers = (uint32_t)settings->workers;
    assert(worker->number < workers && workers <= settings->connections);
    worker->connection_count = (uint32_t)((settings->connections - worker->number - 1) / workers + 1);
    worker->connections = calloc(worker->connection_count, sizeof *worker->connections);
    if (worker->connections == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    for (uint32_t i = 0; i < worker->connection_count; i++)
        lm_load_connection_init(&worker->connections[i], worker, worker->number + (uint64_t)i * workers);
    worker->waiting = worker_queue;
    worker->opened = worker_opened;
    worker->progressed = worker_check_end;
    worker->connecting = lm_load_connection_plan(worker);
    worker->open_timer.expired = open_timer_expired;
    worker->schedule_timer.expired = schedule_timer_expired;
    worker->end_timer.expired = end_timer_expired;
    worker->patience_timer.expired = patience_timer_expired;
    if (settings->connect_rate > 0)
        worker->open_next_ns = pal_clock_now_ns() + lm_load_schedule_ns(worker->number, settings->connect_rate);
    pal_error error = pal_loop_open(&worker->loop);
    if (error.status != PAL_OK)
        free(worker->connections);
    return error;
}

void lm_load_worker_main(void *context) {
    lm_load_worker *worker = context;
    pal_loop_run(&worker->loop);
}

void lm_load_worker_quit(lm_load_worker *worker) {
    assert(!worker->is_active);
    worker->is_quitting = true;
    for (uint32_t i = 0; i < worker->connection_count; i++)
        lm_load_connection_quit(&worker->connections[i]);
    worker_check_end(worker);
}

void lm_load_worker_close(lm_load_worker *worker) {
    assert(worker->open_count == 0);
    for (uint32_t i = 0; i < worker->connection_count; i++)
        free(worker->connections[i].sent_ns);
    free(worker->connections);
    lm_buffer_free(&worker->output);
    pal_loop_close(&worker->loop);
}
