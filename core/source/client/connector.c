/* Happy Eyeballs: of several attempts under way, the first that connects wins. A node stands for its attempt; NULL stands for the
 * first attempt, on the connector's own stream. */
#include "loopmsg/connector.h"

#include "pal/container.h"

#include <assert.h>
#include <stdlib.h>

enum {
    CONNECTOR_CLOSED,
    CONNECTOR_CONNECTING,
    CONNECTOR_CONNECTED,
    CONNECTOR_CLOSING /* its owner closed it, or every attempt has failed: streams are being closed */
};

enum {
    ATTEMPT_NONE, /* there is no stream */
    ATTEMPT_CONNECTING,
    ATTEMPT_CLOSING,
    ATTEMPT_WON
};

static_assert(ATTEMPT_WON == LM_CONNECTOR_FIRST_WON, "the header's inline function uses this state's value");

struct lm_attempt {
    pal_stream stream; /* first: lm_connector_stream() finds it there */
    lm_connector *connector;
    lm_attempt *next; /* the attempt that started before this one; once connected, the winner is the head */
    uint64_t begun_ns;
    uint8_t address;
    uint8_t state;
};

static const pal_stream_handler other_handler;

/* The stream's handler is in the plan, so a connector needs no pointer to the plan. */
static const lm_connector_plan *plan_of(const lm_connector *connector) {
    return PAL_CONTAINER_OF(connector->stream.handler, const lm_connector_plan, stream);
}

static lm_connector *connector_of(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, lm_connector, stream);
}

static lm_attempt *attempt_of(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, lm_attempt, stream);
}

static pal_stream *attempt_stream(lm_connector *connector, lm_attempt *other) {
    return other != NULL ? &other->stream : &connector->stream;
}

static uint8_t *attempt_state(lm_connector *connector, lm_attempt *other) {
    return other != NULL ? &other->state : &connector->first_state;
}

static uint64_t attempt_begun_ns(const lm_connector *connector, const lm_attempt *other) {
    return other != NULL ? other->begun_ns : connector->begun_ns;
}

static const pal_address *attempt_address(const lm_connector *connector, const lm_attempt *other) {
    return &plan_of(connector)->addresses[other != NULL ? other->address : connector->address_first];
}

/* Returns the winner's node. */
static lm_attempt *connector_winner(const lm_connector *connector) {
    assert(connector->state == CONNECTOR_CONNECTED);
    return connector->first_state == ATTEMPT_WON ? NULL : connector->others;
}

static bool connector_has_more(const lm_connector *connector) {
    return connector->begun < plan_of(connector)->address_count;
}

/* Returns when the next attempt is due. While there is a next one, the last one is under way: its failure would have started the
 * next. */
static uint64_t connector_next_ns(const lm_connector *connector) {
    return attempt_begun_ns(connector, connector->others) + LM_ATTEMPT_DELAY_NS;
}

/* -- starting -- */

/* Returns the number of the next address in the list. */
static uint8_t connector_take_address(lm_connector *connector) {
    return (uint8_t)((connector->address_first + connector->begun++) % plan_of(connector)->address_count);
}

static pal_error connector_begin_first(lm_connector *connector) {
    const lm_connector_plan *plan = plan_of(connector);
    const pal_address *address = &plan->addresses[connector_take_address(connector)];
    if (plan->attempt_begun != NULL)
        plan->attempt_begun(connector, address);
    pal_error error = pal_stream_connect(&connector->stream, plan->loop, &plan->stream, address);
    if (error.status == PAL_OK)
        connector->first_state = ATTEMPT_CONNECTING;
    return error;
}

static pal_error connector_begin_other(lm_connector *connector) {
    const lm_connector_plan *plan = plan_of(connector);
    uint8_t number = connector_take_address(connector);
    if (plan->attempt_begun != NULL)
        plan->attempt_begun(connector, &plan->addresses[number]);
    lm_attempt *other = calloc(1, sizeof *other);
    if (other == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    pal_error error = pal_stream_connect(&other->stream, plan->loop, &other_handler, &plan->addresses[number]);
    if (error.status != PAL_OK) {
        free(other);
        return error;
    }
    other->connector = connector;
    other->begun_ns = pal_clock_now_ns();
    other->address = number;
    other->state = ATTEMPT_CONNECTING;
    other->next = connector->others;
    connector->others = other;
    return error;
}

static bool connector_is_empty(const lm_connector *connector) {
    return connector->first_state == ATTEMPT_NONE && connector->others == NULL;
}

static void connector_check_closed(lm_connector *connector) {
    if (connector->state != CONNECTOR_CLOSING || !connector_is_empty(connector))
        return;
    connector->state = CONNECTOR_CLOSED;
    plan_of(connector)->closed(connector);
}

/* Sets the timer for the next attempt, or for the first timeout of an attempt under way. */
static void connector_start_timer(lm_connector *connector) {
    const lm_connector_plan *plan = plan_of(connector);
    uint64_t deadline_ns = connector_has_more(connector) ? connector_next_ns(connector) : UINT64_MAX;
    if (plan->timeout_ns > 0) {
        if (connector->first_state == ATTEMPT_CONNECTING && connector->begun_ns + plan->timeout_ns < deadline_ns)
            deadline_ns = connector->begun_ns + plan->timeout_ns;
        for (const lm_attempt *other = connector->others; other != NULL; other = other->next) {
            if (other->state == ATTEMPT_CONNECTING && other->begun_ns + plan->timeout_ns < deadline_ns)
                deadline_ns = other->begun_ns + plan->timeout_ns;
        }
    }
    if (deadline_ns != UINT64_MAX)
        pal_timer_start(plan->loop, &connector->timer, deadline_ns);
    else
        pal_timer_stop(plan->loop, &connector->timer);
}

/* Returns false when the owner has closed the connector in response. */
static bool connector_report_failed(lm_connector *connector, const pal_address *address, pal_error error) {
    const lm_connector_plan *plan = plan_of(connector);
    if (plan->attempt_failed != NULL)
        plan->attempt_failed(connector, address, error);
    return connector->state == CONNECTOR_CONNECTING;
}

/* Starts the next attempt if it IS_DUE, and each further one while they fail to start. When all have failed, reports it with the
 * reason ERROR. */
static void connector_go_on(lm_connector *connector, bool is_due, pal_error error) {
    const lm_connector_plan *plan = plan_of(connector);
    while (is_due && connector_has_more(connector)) {
        pal_error begun = connector->begun == 0 ? connector_begin_first(connector) : connector_begin_other(connector);
        is_due = begun.status != PAL_OK;
        if (!is_due) {
            connector->in_flight++;
            break;
        }
        error = begun;
        size_t number = (connector->address_first + connector->begun - 1u) % plan->address_count;
        if (!connector_report_failed(connector, &plan->addresses[number], error))
            return;
    }
    if (connector->in_flight > 0) {
        connector_start_timer(connector);
        return;
    }
    assert(!connector_has_more(connector));
    pal_timer_stop(plan->loop, &connector->timer);
    connector->state = CONNECTOR_CLOSING;
    plan->connected(connector, error, NULL);
    connector_check_closed(connector);
}

void lm_connector_open(lm_connector *connector, const lm_connector_plan *plan, size_t first) {
    assert(plan->address_count >= 1 && plan->address_count <= UINT8_MAX && first < plan->address_count);
    assert(connector->timer.expired != NULL && !connector->timer.running);
    connector->stream.handler = &plan->stream;
    connector->begun_ns = pal_clock_now_ns();
    connector->others = NULL;
    connector->begun = connector->in_flight = 0;
    connector->address_first = (uint8_t)first;
    connector->first_state = ATTEMPT_NONE;
    connector->state = CONNECTOR_CONNECTING;
    connector_go_on(connector, true, pal_ok());
}

/* -- ending -- */

/* Closes the stream of an attempt that was under way. */
static void attempt_close(lm_connector *connector, lm_attempt *other) {
    assert(*attempt_state(connector, other) == ATTEMPT_CONNECTING && connector->in_flight > 0);
    *attempt_state(connector, other) = ATTEMPT_CLOSING;
    connector->in_flight--;
    pal_stream_close(attempt_stream(connector, other));
}

static void attempt_fail(lm_connector *connector, lm_attempt *other, pal_error error) {
    bool is_last_begun = other == connector->others;
    attempt_close(connector, other);
    if (connector_report_failed(connector, attempt_address(connector, other), error))
        connector_go_on(connector, is_last_begun, error);
}

/* Closes the streams of all attempts under way. */
static void connector_close_attempts(lm_connector *connector) {
    if (connector->first_state == ATTEMPT_CONNECTING)
        attempt_close(connector, NULL);
    for (lm_attempt *other = connector->others; other != NULL; other = other->next) {
        if (other->state == ATTEMPT_CONNECTING)
            attempt_close(connector, other);
    }
}

/* Removes a node from the list. */
static void connector_unlink(lm_connector *connector, const lm_attempt *other) {
    lm_attempt **link = &connector->others;
    while (*link != other)
        link = &(*link)->next;
    *link = other->next;
}

static void attempt_win(lm_connector *connector, lm_attempt *other) {
    const lm_connector_plan *plan = plan_of(connector);
    *attempt_state(connector, other) = ATTEMPT_WON;
    connector->in_flight--;
    connector_close_attempts(connector);
    if (other != NULL) {
        connector_unlink(connector, other);
        other->next = connector->others;
        connector->others = other;
    }
    connector->state = CONNECTOR_CONNECTED;
    pal_timer_stop(plan->loop, &connector->timer);
    plan->connected(connector, pal_ok(), attempt_address(connector, other));
}

static void attempt_answered(lm_connector *connector, lm_attempt *other, pal_error error) {
    if (*attempt_state(connector, other) != ATTEMPT_CONNECTING)
        return; /* given up */
    if (error.status == PAL_OK)
        attempt_win(connector, other);
    else
        attempt_fail(connector, other, error);
}

static bool attempt_is_over(lm_connector *connector, lm_attempt *other, uint64_t now_ns) {
    uint64_t timeout_ns = plan_of(connector)->timeout_ns;
    return timeout_ns > 0 && *attempt_state(connector, other) == ATTEMPT_CONNECTING &&
           now_ns >= attempt_begun_ns(connector, other) + timeout_ns;
}

void lm_connector_expired(lm_connector *connector) {
    assert(connector->state == CONNECTOR_CONNECTING);
    uint64_t now_ns = pal_loop_now_ns(plan_of(connector)->loop);
    lm_attempt *other = connector->others; /* attempts that a failure starts stand before it */
    if (attempt_is_over(connector, NULL, now_ns))
        attempt_fail(connector, NULL, pal_error_of(PAL_TIMED_OUT));
    for (; other != NULL && connector->state == CONNECTOR_CONNECTING; other = other->next) {
        if (attempt_is_over(connector, other, now_ns))
            attempt_fail(connector, other, pal_error_of(PAL_TIMED_OUT));
    }
    if (connector->state == CONNECTOR_CONNECTING)
        connector_go_on(connector, connector_has_more(connector) && now_ns >= connector_next_ns(connector), pal_ok());
}

bool lm_connector_close(lm_connector *connector, bool is_reset) {
    assert(connector->state != CONNECTOR_CLOSED);
    if (connector->state == CONNECTOR_CLOSING)
        return true; /* it closes by itself */
    if (connector->state == CONNECTOR_CONNECTED) {
        lm_attempt *winner = connector_winner(connector);
        pal_stream *stream = attempt_stream(connector, winner);
        *attempt_state(connector, winner) = ATTEMPT_CLOSING;
        if (is_reset)
            pal_stream_reset(stream);
        else
            pal_stream_close(stream);
    } else {
        pal_timer_stop(plan_of(connector)->loop, &connector->timer);
        connector_close_attempts(connector);
    }
    bool is_empty = connector_is_empty(connector);
    connector->state = is_empty ? CONNECTOR_CLOSED : CONNECTOR_CLOSING;
    return !is_empty;
}

size_t lm_connector_address(const lm_connector *connector) {
    return (size_t)(attempt_address(connector, connector_winner(connector)) - plan_of(connector)->addresses);
}

/* -- the streams' callbacks -- */

void lm_connector_stream_connected(pal_stream *stream, pal_error error) {
    attempt_answered(connector_of(stream), NULL, error);
}

void lm_connector_stream_closed(pal_stream *stream) {
    lm_connector *connector = connector_of(stream);
    assert(connector->first_state == ATTEMPT_CLOSING);
    connector->first_state = ATTEMPT_NONE;
    connector_check_closed(connector);
}

static void other_connected(pal_stream *stream, pal_error error) {
    attempt_answered(attempt_of(stream)->connector, attempt_of(stream), error);
}

static void other_received(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size) {
    lm_connector *connector = attempt_of(stream)->connector;
    plan_of(connector)->stream.received(&connector->stream, error, bytes, size);
}

static void other_sent(pal_stream *stream, pal_error error) {
    lm_connector *connector = attempt_of(stream)->connector;
    plan_of(connector)->stream.sent(&connector->stream, error);
}

static void other_closed(pal_stream *stream) {
    lm_attempt *other = attempt_of(stream);
    lm_connector *connector = other->connector;
    assert(other->state == ATTEMPT_CLOSING);
    connector_unlink(connector, other);
    free(other);
    connector_check_closed(connector);
}

static const pal_stream_handler other_handler = {
    .connected = other_connected, .received = other_received, .sent = other_sent, .closed = other_closed};

/* -- order -- */

void lm_addresses_interleave(pal_address *addresses, size_t count) {
    for (size_t i = 1; i < count; i++) {
        size_t next = i;
        while (next < count && addresses[next].family == addresses[i - 1].family)
            next++;
        if (next == count)
            return; /* only one family is left */
        pal_address moved = addresses[next];
        for (; next > i; next--)
            addresses[next] = addresses[next - 1];
        addresses[i] = moved;
    }
}
