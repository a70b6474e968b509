/* One probe: looks up the target, connects, waits for the greeting, sends one message and waits for the answer. */
#include "probe/run.h"

#include "command_line/exit_codes.h"
#include "pal/clock.h"
#include "pal/container.h"

#include <assert.h>
#include <string.h>

/* How long a server that has not greeted gets to answer. The answer only shows what it may be. */
#define NUDGE_NS (2 * PAL_SECOND_NS)

static probe *probe_of(lm_client *client) {
    return PAL_CONTAINER_OF(client, probe, client);
}

static probe_result result_of(pal_error error) {
    switch (error.status) {
    case PAL_REFUSED:
        return PROBE_REFUSED;
    case PAL_UNREACHABLE:
    case PAL_DENIED:
    case PAL_ADDRESS_UNAVAILABLE:
        return PROBE_UNREACHABLE;
    case PAL_TIMED_OUT:
        return PROBE_FILTERED;
    case PAL_RESET:
        return PROBE_RESET;
    case PAL_END:
        return PROBE_CLOSED;
    case PAL_NAME_NOT_FOUND:
        return PROBE_NAME_NOT_FOUND;
    default:
        return PROBE_FAILED;
    }
}

static int exit_code_of_result(probe_result result, pal_error error) {
    switch (result) {
    case PROBE_UP:
        return EXIT_DONE;
    case PROBE_SILENT:
        return EXIT_TIMED_OUT;
    case PROBE_CLOSED:
        return EXIT_RESET;
    case PROBE_OTHER_PROTOCOL:
        return EXIT_WRONG;
    default:
        return error.status != PAL_OK ? exit_code_of(error) : EXIT_FAILED;
    }
}

/* -- the end -- */

static void probe_end(probe *self, probe_result result, pal_error error) {
    assert(self->phase != PROBE_CLOSING);
    self->phase = PROBE_CLOSING;
    self->result = result;
    self->exit_code = exit_code_of_result(result, error);
    self->ended_ns = pal_clock_now_ns();
    pal_timer_stop(self->loop, &self->timer);
    lm_client_close(&self->client);
}

static void part_end(probe_part *part, probe_result result, pal_error error) {
    part->ended_ns = pal_clock_now_ns();
    part->result = result;
    part->error = error;
}

/* The current part of the conversation. */
static probe_part *probe_part_now(probe *self) {
    return self->phase == PROBE_GREETING ? &self->greeting : &self->exchange;
}

/* Ends the probe in its current part. A server that has not greeted is silent, unless its answer shows another protocol. */
static void probe_end_part(probe *self, probe_result result, pal_error error) {
    part_end(probe_part_now(self), result, error);
    if (self->phase == PROBE_NUDGE && result != PROBE_OTHER_PROTOCOL)
        probe_end(self, PROBE_SILENT, pal_ok());
    else
        probe_end(self, result, error);
}

/* -- the conversation -- */

static void part_begin(probe *self, probe_phase phase, uint64_t timeout_ns) {
    uint64_t now_ns = pal_clock_now_ns();
    self->phase = phase;
    probe_part_now(self)->begun_ns = now_ns;
    uint64_t deadline_ns = now_ns + timeout_ns;
    pal_timer_start(self->loop, &self->timer, deadline_ns < self->deadline_ns ? deadline_ns : self->deadline_ns);
}

/* A server that has not greeted may use another protocol. Most of those wait for the end of a line. */
static lm_ending message_ending(lm_framing_kind framing, probe_phase phase) {
    const lm_framing_traits *traits = lm_framing_traits_of(framing);
    return traits->turns_to_lines && phase == PROBE_NUDGE ? LM_ENDING_CRLF : traits->ending;
}

static void exchange_begin(probe *self, probe_phase phase, uint64_t timeout_ns) {
    const char *message = self->plan->message;
    part_begin(self, phase, timeout_ns);
    lm_ending ending = message_ending(self->plan->framing, phase);
    if (!lm_client_send(&self->client, message, strlen(message), ending))
        probe_end_part(self, PROBE_FAILED, pal_error_of(PAL_NO_MEMORY));
}

static void conversation_begin(probe *self) {
    if (self->plan->greeting.size > 0)
        part_begin(self, PROBE_GREETING, self->plan->timeout_ns);
    else
        exchange_begin(self, PROBE_EXCHANGE, self->plan->timeout_ns);
}

static bool begins_alike(const lm_buffer *heard, const lm_buffer *expected) {
    size_t size = heard->size < expected->size ? heard->size : expected->size;
    return size == 0 || memcmp(heard->bytes, expected->bytes, size) == 0;
}

/* Judges a server that has not greeted by the first bytes of its answer. */
static void probe_hear_nudged(probe *self) {
    const probe_plan *plan = self->plan;
    const lm_buffer *heard = &self->exchange.heard;
    self->is_greeted_late = begins_alike(heard, &plan->greeting);
    bool is_ours = self->is_greeted_late || begins_alike(heard, &plan->answer);
    probe_end_part(self, is_ours ? PROBE_SILENT : PROBE_OTHER_PROTOCOL, pal_ok());
}

static void on_message(lm_client *client, const lm_message *message) {
    probe *self = probe_of(client);
    const probe_plan *plan = self->plan;
    probe_part *part = probe_part_now(self);
    const lm_buffer *expected = self->phase == PROBE_GREETING ? &plan->greeting : &plan->answer;
    const lm_framing_traits *traits = lm_framing_traits_of(plan->framing);
    bool is_whole = traits->keeps_bounds || message->ending != LM_ENDING_NONE;
    bool is_ending = traits->turns_to_lines && message->size == 0 && part->heard.size == 0;
    if (is_ending && expected->size > 0)
        return; /* the line ending of the greeting, which arrived later */
    size_t room = expected->size + PROBE_HEARD_MAX - part->heard.size;
    lm_buffer_append(&part->heard, message->bytes, message->size < room ? message->size : room);
    if (part->heard.failed) {
        probe_end_part(self, PROBE_FAILED, pal_error_of(PAL_NO_MEMORY));
    } else if (self->phase == PROBE_NUDGE) {
        probe_hear_nudged(self);
    } else if (!begins_alike(&part->heard, expected) || part->heard.size > expected->size ||
               (is_whole && part->heard.size < expected->size)) {
        probe_end_part(self, PROBE_OTHER_PROTOCOL, pal_ok());
    } else if (part->heard.size < expected->size) {
        return; /* the rest is pending */
    } else if (self->phase == PROBE_GREETING) {
        part_end(part, PROBE_UP, pal_ok());
        exchange_begin(self, PROBE_EXCHANGE, plan->timeout_ns);
    } else {
        probe_end_part(self, PROBE_UP, pal_ok());
    }
}

static void timer_expired(pal_timer *timer) {
    probe *self = PAL_CONTAINER_OF(timer, probe, timer);
    if (self->phase == PROBE_GREETING && self->greeting.heard.size == 0) {
        part_end(&self->greeting, PROBE_SILENT, pal_ok());
        exchange_begin(self, PROBE_NUDGE, self->plan->timeout_ns < NUDGE_NS ? self->plan->timeout_ns : NUDGE_NS);
    } else {
        probe_end_part(self, PROBE_SILENT, pal_ok());
    }
}

/* If a send fails, on_ended follows and reports why. */
static void on_sent(lm_client *client, pal_error error) {
    (void)client, (void)error;
}

static void on_ended(lm_client *client, lm_cause cause, pal_error error) {
    probe *self = probe_of(client);
    if (cause == LM_CAUSE_END)
        probe_end_part(self, PROBE_CLOSED, pal_ok());
    else if (cause == LM_CAUSE_TOO_LONG || cause == LM_CAUSE_TRUNCATED)
        probe_end_part(self, PROBE_OTHER_PROTOCOL, pal_ok());
    else
        probe_end_part(self, result_of(error), error);
}

/* -- connecting -- */

static void on_attempt_begun(lm_client *client, const pal_address *address) {
    probe *self = probe_of(client);
    assert(self->attempt_count < LM_ADDRESSES_MAX);
    self->attempts[self->attempt_count++] = (probe_attempt){.address = *address, .begun_ns = pal_clock_now_ns()};
}

static void attempt_end(probe *self, const pal_address *address, probe_result result, pal_error error) {
    for (size_t i = 0; i < self->attempt_count; i++) {
        probe_attempt *attempt = &self->attempts[i];
        bool is_same = attempt->address.family == address->family && attempt->address.scope == address->scope &&
                       memcmp(attempt->address.bytes, address->bytes, sizeof address->bytes) == 0;
        if (!is_same || attempt->result != PROBE_NOTHING)
            continue;
        attempt->ended_ns = pal_clock_now_ns();
        attempt->result = result;
        attempt->error = error;
        return;
    }
}

static void on_attempt_failed(lm_client *client, const pal_address *address, pal_error error) {
    attempt_end(probe_of(client), address, result_of(error), error);
}

static void on_connected(lm_client *client, pal_error error, const pal_address *address) {
    probe *self = probe_of(client);
    if (error.status != PAL_OK) {
        probe_end(self, result_of(error), error);
        return;
    }
    attempt_end(self, address, PROBE_UP, error);
    conversation_begin(self);
}

static void on_closed(lm_client *client) {
    probe *self = probe_of(client);
    self->phase = PROBE_IDLE;
    self->ended(self);
}

/* -- the beginning -- */

static void part_clear(probe_part *part) {
    lm_buffer_free(&part->heard);
    *part = (probe_part){0};
}

void probe_free(probe *self) {
    part_clear(&self->greeting);
    part_clear(&self->exchange);
    lm_buffer_free(&self->sentence);
}

uint64_t probe_took_ns(const probe *self) {
    uint64_t connecting_ns = self->attempt_count > 0 ? self->ended_ns - self->attempts[0].begun_ns : 0;
    return self->resolved_ns - self->begun_ns + connecting_ns;
}

bool probe_resolve(probe *self) {
    assert(self->phase == PROBE_IDLE);
    probe_free(self);
    self->number++;
    self->attempt_count = self->address_count = 0;
    self->is_greeted_late = false;
    self->result = PROBE_NOTHING;
    self->begun_ns = pal_clock_now_ns();
    self->exit_code =
        target_look_up(self->target, TARGET_CONNECT, self->plan->families, self->addresses, &self->address_count, &self->sentence);
    self->resolved_ns = self->ended_ns = pal_clock_now_ns();
    if (self->exit_code == EXIT_DONE)
        return true;
    self->result = self->exit_code == EXIT_NOT_FOUND ? PROBE_NAME_NOT_FOUND : PROBE_FAILED;
    return false;
}

void probe_start(probe *self) {
    static const lm_client_handler handler = {.attempt_begun = on_attempt_begun,
                                              .attempt_failed = on_attempt_failed,
                                              .connected = on_connected,
                                              .message = on_message,
                                              .sent = on_sent,
                                              .ended = on_ended,
                                              .closed = on_closed};
    uint64_t now_ns = pal_clock_now_ns();
    uint64_t left_ns = self->deadline_ns > now_ns ? self->deadline_ns - now_ns : 1;
    self->timeout_ns = self->plan->timeout_ns < left_ns ? self->plan->timeout_ns : left_ns;
    self->phase = PROBE_CONNECTING;
    self->timer.expired = timer_expired;
    lm_client_settings settings = {.addresses = self->addresses,
                                   .address_count = self->address_count,
                                   .framing = self->plan->framing,
                                   .max_message = self->plan->max_message,
                                   .connect_timeout_ns = self->timeout_ns};
    lm_client_open(&self->client, self->loop, &handler, &settings);
}
