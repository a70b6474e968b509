/* A conversation on its stream: receive, answer, send. It never receives while it sends an answer, so its memory is bounded
 * whatever the peer does. */
#include "server/connection.h"

#include "pal/container.h"

#include <assert.h>
#include <stddef.h>

static lm_connection *connection_of_stream(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, lm_connection, stream);
}

static lm_connection *connection_of_timer(pal_timer *timer) {
    return PAL_CONTAINER_OF(timer, lm_connection, timer);
}

static const lm_server_settings *settings_of(const lm_connection *connection) {
    return connection->worker->lane.settings;
}

static uint64_t now_of(const lm_connection *connection) {
    return pal_loop_now_ns(&connection->worker->lane.loop);
}

static void connection_set_timer(lm_connection *connection, uint64_t deadline_ns) {
    pal_timer_start(&connection->worker->lane.loop, &connection->timer, deadline_ns);
}

static void connection_restart_idle_timer(lm_connection *connection) {
    if (settings_of(connection)->idle_timeout_ns > 0)
        connection_set_timer(connection, connection->active_ns + settings_of(connection)->idle_timeout_ns);
    else
        pal_timer_stop(&connection->worker->lane.loop, &connection->timer);
}

static void connection_report_message(lm_connection *connection, const lm_message *message) {
    lm_event event = {.kind = LM_EVENT_MESSAGE, .peer = &connection->peer, .message = message};
    lm_lane_report(&connection->worker->lane, &event);
}

static void connection_report_closed(lm_connection *connection, lm_cause cause, pal_error error) {
    lm_event event = {
        .kind = LM_EVENT_CLOSED,
        .peer = &connection->peer,
        .cause = cause,
        .error = error,
        .received_bytes = connection->received_bytes,
        .sent_bytes = connection->sent_bytes,
    };
    lm_lane_report(&connection->worker->lane, &event);
}

static void connection_receive(lm_connection *connection) {
    assert(!connection->is_receiving);
    connection->is_receiving = true;
    pal_stream_receive(&connection->stream);
}

static void connection_close(lm_connection *connection, bool is_reset) {
    connection->state = LM_CONNECTION_CLOSING;
    if (is_reset)
        pal_stream_reset(&connection->stream);
    else
        pal_stream_close(&connection->stream);
}

/* The conversation is over. If the connection still works, reads and drops bytes until the peer ends its half: closing with unread
 * bytes sends a reset, which can overtake the last answer. */
static void connection_finish(lm_connection *connection, lm_cause cause, pal_error error) {
    assert(connection->state < LM_CONNECTION_LINGERING);
    connection_report_closed(connection, cause, error);
    if (connection->state == LM_CONNECTION_SENDING) {
        connection_close(connection, true); /* the peer does not take the answer: there is nothing to save */
        return;
    }
    if (cause == LM_CAUSE_BROKEN || cause == LM_CAUSE_END) {
        connection_close(connection, false);
        return;
    }
    connection->state = LM_CONNECTION_LINGERING;
    uint64_t deadline_ns = now_of(connection) + LM_LINGER_NS;
    if (connection->worker->is_draining && connection->worker->drain_deadline_ns < deadline_ns)
        deadline_ns = connection->worker->drain_deadline_ns;
    connection_set_timer(connection, deadline_ns);
    pal_stream_shutdown(&connection->stream);
    if (!connection->is_receiving)
        connection_receive(connection);
}

static void connection_send(lm_connection *connection, const lm_buffer *output) {
    connection->state = LM_CONNECTION_SENDING;
    connection->sent_bytes += output->size;
    pal_stream_send(&connection->stream, output->bytes, output->size);
}

static void connection_append_answer(lm_connection *connection, lm_buffer *output, const lm_message *message) {
    const lm_server_settings *settings = settings_of(connection);
    size_t begin = lm_conversation_answer_begin(&connection->conversation, output);
    settings->answer(settings->context, &connection->peer, message, output);
    lm_conversation_answer_end(&connection->conversation, output, begin, message);
}

/* Notes why the conversation ends, if RESULT ends it. */
static void connection_note_result(lm_connection *connection, lm_conversation_result result) {
    static const lm_cause causes[] = {
        [LM_CONVERSATION_FAREWELL] = LM_CAUSE_FAREWELL,
        [LM_CONVERSATION_TOO_LONG] = LM_CAUSE_TOO_LONG,
        [LM_CONVERSATION_TRUNCATED] = LM_CAUSE_TRUNCATED,
        [LM_CONVERSATION_NO_MEMORY] = LM_CAUSE_NO_MEMORY,
    };
    if (result != LM_CONVERSATION_MESSAGE && result != LM_CONVERSATION_MORE) {
        connection->is_ending = true;
        connection->cause = causes[result];
    }
}

/* Continues when the worker's output has the answers: sends it, delays it, or receives. */
static void connection_go_on(lm_connection *connection) {
    lm_buffer *output = &connection->worker->output;
    if (output->failed) {
        connection_finish(connection, LM_CAUSE_NO_MEMORY, pal_error_of(PAL_NO_MEMORY));
    } else if (output->size > 0 && settings_of(connection)->delay_ns > 0) {
        lm_buffer held = connection->held;
        connection->held = *output;
        *output = held;
        connection->state = LM_CONNECTION_DELAYING;
        connection_set_timer(connection, now_of(connection) + settings_of(connection)->delay_ns);
    } else if (output->size > 0) {
        connection_send(connection, output);
    } else if (connection->is_ending) {
        connection->state = LM_CONNECTION_RECEIVING;
        connection_finish(connection, connection->cause, pal_ok());
    } else {
        connection->state = LM_CONNECTION_RECEIVING;
        connection_receive(connection);
    }
    if (output->capacity > 4 * LM_OUTPUT_SIZE)
        lm_buffer_free(output); /* one large answer; the stream has copied the rest */
}

/* Answers messages in BYTES into the worker's output, as many as one send should carry. Returns how many bytes are left. */
static size_t connection_answer(lm_connection *connection, const uint8_t *bytes, size_t size) {
    lm_buffer *output = &connection->worker->output;
    size_t output_limit = settings_of(connection)->delay_ns > 0 ? 1 : LM_OUTPUT_SIZE; /* each answer has its own delay */
    lm_buffer_clear(output);
    while (output->size < output_limit && !output->failed) {
        lm_message message;
        lm_conversation_result result = lm_conversation_next(&connection->conversation, &bytes, &size, &message);
        connection_note_result(connection, result);
        if (result != LM_CONVERSATION_MESSAGE)
            break;
        connection->active_ns = now_of(connection);
        connection_report_message(connection, &message);
        connection_append_answer(connection, output, &message);
    }
    return connection->is_ending ? 0 : size;
}

/* Answers the bytes left of a receive. If there are none, this makes the framing free the answered message. */
static void connection_answer_input(lm_connection *connection) {
    lm_buffer *input = &connection->input;
    size_t left = connection_answer(connection, input->bytes, input->size);
    lm_buffer_consume(input, input->size - left);
    if (left == 0)
        lm_buffer_free(input);
    connection_go_on(connection);
}

static void connection_end_received(lm_connection *connection) {
    lm_message message;
    lm_conversation_result result = lm_conversation_end(&connection->conversation, &message);
    connection->is_ending = true;
    connection->cause = LM_CAUSE_END;
    connection_note_result(connection, result);
    lm_buffer_clear(&connection->worker->output);
    if (result == LM_CONVERSATION_MESSAGE) {
        connection_report_message(connection, &message);
        connection_append_answer(connection, &connection->worker->output, &message);
    }
    connection_go_on(connection);
}

static void stream_received(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size) {
    lm_connection *connection = connection_of_stream(stream);
    connection->is_receiving = false;
    if (connection->state == LM_CONNECTION_CLOSING)
        return;
    if (connection->state == LM_CONNECTION_LINGERING) {
        if (error.status == PAL_OK)
            connection_receive(connection);
        else
            connection_close(connection, false);
        return;
    }
    assert(connection->state == LM_CONNECTION_RECEIVING && connection->input.size == 0);
    if (error.status == PAL_END) {
        connection_end_received(connection);
        return;
    }
    if (error.status != PAL_OK) {
        connection_finish(connection, LM_CAUSE_BROKEN, error);
        return;
    }
    connection->received_bytes += size;
    size_t left = connection_answer(connection, bytes, size);
    if (left > 0) {
        lm_buffer_append(&connection->input, bytes + (size - left), left);
        if (connection->input.failed) {
            connection_finish(connection, LM_CAUSE_NO_MEMORY, pal_error_of(PAL_NO_MEMORY));
            return;
        }
    }
    connection_go_on(connection);
}

static void stream_sent(pal_stream *stream, pal_error error) {
    lm_connection *connection = connection_of_stream(stream);
    if (connection->state != LM_CONNECTION_SENDING)
        return; /* closing */
    connection->state = LM_CONNECTION_RECEIVING;
    connection->active_ns = now_of(connection);
    if (error.status != PAL_OK) {
        connection_finish(connection, LM_CAUSE_BROKEN, error);
    } else if (connection->is_ending) {
        connection_finish(connection, connection->cause, pal_ok());
    } else {
        connection_answer_input(connection);
    }
}

static void stream_closed(pal_stream *stream) {
    lm_connection *connection = connection_of_stream(stream);
    lm_worker *worker = connection->worker;
    pal_timer_stop(&worker->lane.loop, &connection->timer);
    lm_conversation_close(&connection->conversation);
    lm_buffer_free(&connection->input);
    lm_buffer_free(&connection->held);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        worker->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    worker->released(connection);
}

static const pal_stream_handler stream_handler = {.received = stream_received, .sent = stream_sent, .closed = stream_closed};

static void timer_expired(pal_timer *timer) {
    lm_connection *connection = connection_of_timer(timer);
    switch (connection->state) {
    case LM_CONNECTION_DELAYING:
        connection->active_ns = now_of(connection);
        connection_restart_idle_timer(connection);
        connection_send(connection, &connection->held);
        lm_buffer_free(&connection->held);
        break;
    case LM_CONNECTION_RECEIVING:
    case LM_CONNECTION_SENDING:
        /* A message only notes its time. Starting the timer again here costs less than moving it for each message. */
        if (connection->active_ns + settings_of(connection)->idle_timeout_ns > now_of(connection))
            connection_restart_idle_timer(connection);
        else
            connection_finish(connection, LM_CAUSE_IDLE, pal_ok());
        break;
    case LM_CONNECTION_LINGERING:
        connection_close(connection, false);
        break;
    case LM_CONNECTION_CLOSING:
        break;
    }
}

void lm_connection_start(lm_connection *connection) {
    lm_worker *worker = connection->worker;
    connection->previous = NULL;
    connection->next = worker->connections;
    if (connection->next != NULL)
        connection->next->previous = connection;
    worker->connections = connection;
    connection->timer.expired = timer_expired;
    connection->active_ns = now_of(connection);
    lm_conversation_open(&connection->conversation, &settings_of(connection)->conversation);
    lm_event event = {.kind = LM_EVENT_ACCEPTED, .peer = &connection->peer};
    lm_lane_report(&worker->lane, &event);

    pal_error error = pal_stream_open(&connection->stream, &worker->lane.loop, &stream_handler, connection->socket);
    if (error.status != PAL_OK) {
        connection_report_closed(connection, LM_CAUSE_BROKEN, error);
        stream_closed(&connection->stream);
        return;
    }
    connection_restart_idle_timer(connection);
    lm_buffer_clear(&worker->output);
    lm_conversation_greet(&connection->conversation, &worker->output);
    if (worker->output.failed)
        connection_finish(connection, LM_CAUSE_NO_MEMORY, pal_error_of(PAL_NO_MEMORY));
    else if (worker->output.size > 0)
        connection_send(connection, &worker->output);
    else
        connection_receive(connection);
}

void lm_connection_drain(lm_connection *connection) {
    if (connection->state == LM_CONNECTION_RECEIVING) {
        connection_finish(connection, LM_CAUSE_STOPPED, pal_ok());
    } else if (connection->state == LM_CONNECTION_DELAYING || connection->state == LM_CONNECTION_SENDING) {
        if (!connection->is_ending)
            connection->cause = LM_CAUSE_STOPPED;
        connection->is_ending = true;
    }
}

void lm_connection_abort(lm_connection *connection) {
    if (connection->state < LM_CONNECTION_LINGERING)
        connection_report_closed(connection, LM_CAUSE_STOPPED, pal_ok());
    if (connection->state != LM_CONNECTION_CLOSING)
        connection_close(connection, true);
}
