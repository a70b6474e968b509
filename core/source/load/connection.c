#include "load/connection.h"

#include "load/answers.h"
#include "pal/clock.h"
#include "pal/container.h"

#include <assert.h>
#include <stdlib.h>

#define BATCH_SIZE 65536u                   /* bytes of messages collected for one send */
#define RETRY_NS (100 * PAL_MILLISECOND_NS) /* the pause before a broken connection is opened again */
#define SENT_CAPACITY_MIN 4u

static lm_load_connection *connection_of(lm_connector *connector) {
    return PAL_CONTAINER_OF(connector, lm_load_connection, connector);
}

static lm_load_connection *connection_of_stream(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, lm_load_connection, connector.stream);
}

static void connection_timer_start(lm_load_connection *connection, uint64_t deadline_ns) {
    pal_timer_start(&connection->worker->loop, &connection->connector.timer, deadline_ns);
}

static const lm_load_settings *settings_of(const lm_load_connection *connection) {
    return &connection->worker->plan->settings;
}

/* In the phase that connects: this connection has opened or failed once. */
static void connection_settle(lm_load_connection *connection) {
    if (connection->is_settled)
        return;
    connection->is_settled = true;
    connection->worker->unsettled--;
}

/* -- breaking -- */

void lm_load_connection_withdraw(lm_load_connection *connection) {
    lm_load_worker *worker = connection->worker;
    if (connection->allowed != UINT64_MAX) { /* otherwise only messages in flight were counted */
        assert(worker->pending >= connection->allowed - connection->next_message);
        worker->pending -= connection->allowed - connection->next_message;
    }
    connection->allowed = connection->next_message;
}

/* Counts the messages in flight as lost. */
static void connection_lose(lm_load_connection *connection) {
    lm_load_worker *worker = connection->worker;
    assert(worker->pending >= connection->in_flight);
    worker->pending -= connection->in_flight;
    worker->result.lost += connection->in_flight;
    connection->in_flight = 0;
}

/* Closes it: with a reset if the peer may still send bytes that nobody will read. */
static void connection_close(lm_load_connection *connection, bool is_reset) {
    lm_load_worker *worker = connection->worker;
    pal_timer_stop(&worker->loop, &connection->connector.timer);
    if (connection->state == LOAD_READY)
        worker->ready_count--;
    connection->state = LOAD_CLOSING;
    lm_connector_close(&connection->connector, is_reset);
}

static void connection_count_error(lm_load_connection *connection, lm_load_error cause, pal_error error) {
    lm_load_worker *worker = connection->worker;
    worker->result.errors[cause]++;
    worker->slice_errors++;
    if (cause == LM_LOAD_REFUSED || cause == LM_LOAD_CONNECT_FAILED || cause == LM_LOAD_RESET || cause == LM_LOAD_BROKEN)
        worker->result.last_error = error;
}

/* The stream is closed. The connection is opened again after a pause, in the next phase, or never. */
static void connection_rest(lm_load_connection *connection) {
    lm_load_worker *worker = connection->worker;
    connection->state = LOAD_CLOSED;
    connection_settle(connection);
    if (settings_of(connection)->has_no_reconnect) {
        connection->is_given_up = true;
        worker->given_up_count++;
        lm_load_connection_withdraw(connection);
    } else if (lm_load_worker_is_measuring(worker)) {
        connection_timer_start(connection, pal_clock_now_ns() + RETRY_NS);
    }
}

/* Counts an error and closes the connection. It is opened again later, unless has_no_reconnect. */
static void connection_fail(lm_load_connection *connection, lm_load_error cause, pal_error error) {
    assert(connection->state == LOAD_GREETING || connection->state == LOAD_READY);
    bool was_opening = connection->state != LOAD_READY;
    connection_count_error(connection, cause, error);
    connection_lose(connection);
    connection_close(connection, cause == LM_LOAD_TIMED_OUT || cause == LM_LOAD_WRONG);
    if (was_opening)
        connection->worker->opened(connection->worker);
}

void lm_load_connection_abandon(lm_load_connection *connection, bool is_error) {
    lm_load_connection_withdraw(connection);
    if (connection->in_flight == 0)
        return;
    assert(connection->state == LOAD_READY);
    if (is_error)
        connection_count_error(connection, LM_LOAD_TIMED_OUT, pal_error_of(PAL_TIMED_OUT));
    connection_lose(connection);
    connection_close(connection, true);
}

void lm_load_connection_quit(lm_load_connection *connection) {
    connection->is_given_up = true;
    if (connection->state == LOAD_CONNECTING || connection->state == LOAD_GREETING || connection->state == LOAD_READY)
        connection_close(connection, false);
    else
        pal_timer_stop(&connection->worker->loop, &connection->connector.timer);
}

static lm_load_error broken_cause(pal_error error) {
    if (error.status == PAL_END)
        return LM_LOAD_CLOSED;
    return error.status == PAL_RESET ? LM_LOAD_RESET : LM_LOAD_BROKEN;
}

static lm_load_error connect_cause(pal_error error) {
    if (error.status == PAL_REFUSED)
        return LM_LOAD_REFUSED;
    if (error.status == PAL_RESET) /* it was connected, then reset before the connect was answered */
        return LM_LOAD_RESET;
    return error.status == PAL_TIMED_OUT ? LM_LOAD_CONNECT_TIMED_OUT : LM_LOAD_CONNECT_FAILED;
}

/* -- opening -- */

void lm_load_connection_open(lm_load_connection *connection) {
    lm_load_worker *worker = connection->worker;
    assert(connection->state == LOAD_QUEUED && connection->in_flight == 0 && !connection->is_sending);
    connection->offset = 0;
    connection->may_skip_ending = false;
    connection->state = LOAD_CONNECTING;
    worker->open_count++;
    lm_connector_open(&connection->connector, &worker->connecting, worker->address_first);
}

static void connection_ready(lm_load_connection *connection, uint64_t now_ns) {
    lm_load_worker *worker = connection->worker;
    pal_timer_stop(&worker->loop, &connection->connector.timer);
    connection->state = LOAD_READY;
    connection->offset = 0;
    connection->life_message = connection->next_message;
    connection->may_skip_ending = worker->plan->may_skip_ending;
    worker->address_first = lm_connector_address(&connection->connector);
    worker->ready_count++;
    worker->result.connected++;
    lm_histogram_record(&worker->result.connect, now_ns - connection->connector.begun_ns, 1);
    connection_settle(connection);
    worker->opened(worker);
}

static void connection_connected(lm_connector *connector, pal_error error, const pal_address *address) {
    lm_load_connection *connection = connection_of(connector);
    lm_load_worker *worker = connection->worker;
    (void)address;
    assert(connection->state == LOAD_CONNECTING);
    if (error.status != PAL_OK) {
        connection_count_error(connection, connect_cause(error), error);
        connection->state = LOAD_CLOSING;
        worker->opened(worker);
        return;
    }
    pal_stream_receive(lm_connector_stream(connector));
    uint64_t now_ns = pal_clock_now_ns();
    if (worker->plan->greeting.size == 0) {
        connection_ready(connection, now_ns);
        lm_load_connection_flush(connection);
        worker->progressed(worker);
    } else {
        connection->state = LOAD_GREETING;
        connection_timer_start(connection, now_ns + settings_of(connection)->timeout_ns);
    }
}

/* Checks the oldest missing answer. An answer that arrives does not move the timer, so it may expire too early. */
static void connection_answer_timer_expired(lm_load_connection *connection) {
    if (connection->in_flight == 0)
        return;
    uint64_t sent_ns = *lm_load_connection_sent_ns(connection, lm_load_connection_oldest(connection));
    uint64_t deadline_ns = sent_ns + settings_of(connection)->timeout_ns;
    if (deadline_ns > pal_loop_now_ns(&connection->worker->loop))
        connection_timer_start(connection, deadline_ns);
    else
        connection_fail(connection, LM_LOAD_TIMED_OUT, pal_error_of(PAL_TIMED_OUT));
}

static void connection_timer_expired(pal_timer *timer) {
    lm_load_connection *connection = connection_of(PAL_CONTAINER_OF(timer, lm_connector, timer));
    if (connection->state == LOAD_CLOSED) {
        if (lm_load_worker_is_measuring(connection->worker))
            connection->worker->waiting(connection->worker, connection);
    } else if (connection->state == LOAD_CONNECTING) {
        lm_connector_expired(&connection->connector);
    } else if (connection->state == LOAD_GREETING) {
        connection_fail(connection, LM_LOAD_TIMED_OUT, pal_error_of(PAL_TIMED_OUT));
    } else {
        connection_answer_timer_expired(connection);
    }
}

static void connection_closed(lm_connector *connector) {
    lm_load_connection *connection = connection_of(connector);
    lm_load_worker *worker = connection->worker;
    worker->open_count--;
    if (connection->is_given_up)
        connection->state = LOAD_CLOSED; /* lm_load_connection_quit */
    else
        connection_rest(connection);
    worker->progressed(worker);
}

/* -- sending -- */

/* Makes room for the send times of COUNT messages in flight. */
static bool connection_reserve_times(lm_load_connection *connection, uint32_t count) {
    if (count <= connection->sent_capacity)
        return true;
    uint32_t capacity = connection->sent_capacity > 0 ? connection->sent_capacity : SENT_CAPACITY_MIN;
    while (capacity < count)
        capacity *= 2;
    uint64_t *times = malloc(capacity * sizeof *times);
    if (times == NULL)
        return false;
    for (uint64_t message = lm_load_connection_oldest(connection); message < connection->next_message; message++)
        times[message & (capacity - 1)] = *lm_load_connection_sent_ns(connection, message);
    free(connection->sent_ns);
    connection->sent_ns = times;
    connection->sent_capacity = capacity;
    return true;
}

/* Collects at least one and at most COUNT messages. Returns how many. */
static uint32_t connection_compose(lm_load_connection *connection, uint32_t count) {
    const lm_load_plan *plan = connection->worker->plan;
    lm_buffer *output = &connection->worker->output;
    uint32_t composed = 0;
    lm_buffer_clear(output);
    while (composed < count && output->size < BATCH_SIZE && !output->failed) {
        lm_payload payload = lm_payload_of(&plan->payload, connection->number, connection->next_message + composed);
        size_t begin = lm_framing_append_begin(plan->settings.framing, output);
        uint8_t *bytes = lm_buffer_reserve(output, payload.size);
        if (bytes != NULL) {
            lm_payload_copy(&payload, 0, bytes, payload.size);
            output->size += payload.size;
        }
        lm_framing_append_end(plan->settings.framing, output, begin, plan->expectation.ending);
        composed++;
    }
    return composed;
}

void lm_load_connection_flush(lm_load_connection *connection) {
    lm_load_worker *worker = connection->worker;
    if (connection->state != LOAD_READY || connection->is_sending || !worker->is_active)
        return;
    uint64_t room = worker->plan->settings.pipeline - connection->in_flight;
    uint64_t waiting = connection->allowed - connection->next_message;
    uint32_t count = (uint32_t)(waiting < room ? waiting : room);
    if (count == 0)
        return;
    count = connection_compose(connection, count);
    lm_buffer *output = &worker->output;
    if (output->failed || !connection_reserve_times(connection, connection->in_flight + count)) {
        connection_fail(connection, LM_LOAD_BROKEN, pal_error_of(PAL_NO_MEMORY));
        return;
    }
    uint64_t now_ns = pal_clock_now_ns();
    if (connection->in_flight == 0 && !connection->connector.timer.running)
        connection_timer_start(connection, now_ns + worker->plan->settings.timeout_ns);
    for (uint32_t i = 0; i < count; i++)
        *lm_load_connection_sent_ns(connection, connection->next_message + i) = now_ns;
    connection->next_message += count;
    connection->in_flight += count;
    worker->result.sent += count;
    worker->result.bytes_sent += output->size;
    if (connection->allowed == UINT64_MAX)
        worker->pending += count;
    connection->is_sending = true;
    pal_stream_send(lm_connector_stream(&connection->connector), output->bytes, output->size);
}

static void stream_sent(pal_stream *stream, pal_error error) {
    lm_load_connection *connection = connection_of_stream(stream);
    connection->is_sending = false;
    if (connection->state != LOAD_READY)
        return; /* being closed */
    if (error.status != PAL_OK)
        connection_fail(connection, broken_cause(error), error);
    else
        lm_load_connection_flush(connection);
}

/* -- receiving -- */

static void stream_received(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size) {
    lm_load_connection *connection = connection_of_stream(stream);
    lm_load_worker *worker = connection->worker;
    if (connection->state != LOAD_GREETING && connection->state != LOAD_READY)
        return; /* being closed */
    if (error.status != PAL_OK) {
        connection_fail(connection, broken_cause(error), error);
        return;
    }
    uint64_t now_ns = pal_clock_now_ns();
    worker->result.bytes_received += size;
    if (connection->state == LOAD_GREETING) {
        size_t taken = lm_load_greeting_take(connection, bytes, size);
        if (taken == 0) {
            connection_fail(connection, LM_LOAD_WRONG, pal_ok());
            return;
        }
        bytes += taken;
        size -= taken;
        if (connection->offset == worker->plan->greeting.size)
            connection_ready(connection, now_ns);
    }
    if (connection->state == LOAD_READY) {
        if (!lm_load_answers_take(connection, bytes, size, now_ns)) {
            connection_fail(connection, LM_LOAD_WRONG, pal_ok());
            return;
        }
        lm_load_connection_flush(connection);
        worker->progressed(worker);
    }
    if (connection->state == LOAD_GREETING || connection->state == LOAD_READY)
        pal_stream_receive(lm_connector_stream(&connection->connector));
}

lm_connector_plan lm_load_connection_plan(lm_load_worker *worker) {
    return (lm_connector_plan){.stream = {.connected = lm_connector_stream_connected,
                                          .received = stream_received,
                                          .sent = stream_sent,
                                          .closed = lm_connector_stream_closed},
                               .loop = &worker->loop,
                               .addresses = worker->plan->settings.addresses,
                               .address_count = worker->plan->settings.address_count,
                               .timeout_ns = worker->plan->settings.timeout_ns,
                               .connected = connection_connected,
                               .closed = connection_closed};
}

void lm_load_connection_init(lm_load_connection *connection, lm_load_worker *worker, uint64_t number) {
    connection->worker = worker;
    connection->number = number;
    connection->connector.timer.expired = connection_timer_expired;
}
