/* talk with messages: those of the command line or a pipe each wait for the answer to the one before; those of a person do not. */
#include "talk/messages.h"

#include "command_line/exit_codes.h"
#include "loopmsg/text.h"
#include "output/json.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/container.h"

#include <assert.h>
#include <string.h>

/* How long the peer gets to close after the farewell. */
#define DRAIN_NS (2 * PAL_SECOND_NS)

static bool is_farewell(const talk *self, const lm_message *message) {
    const char *farewell = self->settings->farewell;
    return message->size > 0 && message->size == strlen(farewell) && memcmp(message->bytes, farewell, message->size) == 0;
}

/* Sends one message, and prints it under --json; `sent` is called later. */
static void message_send(talk *self, const void *bytes, size_t size) {
    lm_ending ending = framing_chosen(self->settings->framing)->ending;
    if (ending == LM_ENDING_LF && size > 0 && ((const uint8_t *)bytes)[size - 1] == '\r')
        ending = LM_ENDING_CRLF; /* otherwise a CR at the end of the message would become part of the line ending */
    if (!talk_send(self, bytes, size, ending))
        return;
    self->sent_bytes += size;
    if (!self->settings->has_json)
        return;
    json writer;
    json_event_begin(&writer, &self->output, "sent");
    json_text(&writer, "peer", self->peer);
    json_number(&writer, "bytes", size);
    json_bytes(&writer, "text", bytes, size);
    json_event_end(&writer);
    (void)talk_output_write(self);
}

static void messages_shutdown(talk *self) {
    self->state = TALK_DRAINING;
    lm_client_shutdown(&self->client);
    uint64_t timeout_ns = self->settings->timeout_ns;
    talk_timer_start(self, timeout_ns > 0 && timeout_ns < DRAIN_NS ? timeout_ns : DRAIN_NS);
}

/* After the last message: sends the farewell. */
static void messages_leave(talk *self) {
    const char *farewell = self->settings->farewell;
    if (self->has_peer_ended) {
        talk_end(self, EXIT_DONE, "end");
        return;
    }
    if (farewell[0] == '\0') {
        messages_shutdown(self);
        return;
    }
    self->state = TALK_LEAVING;
    talk_timer_start(self, self->settings->timeout_ns);
    message_send(self, farewell, strlen(farewell));
}

/* Warns, before the message is sent, what the framing does to one of this size. */
static void message_warn(const talk *self, size_t size) {
    const lm_framing_traits *framing = framing_chosen(self->settings->framing);
    const char *number = number_text(self->message_number);
    if (size == 0)
        error_line("message ", number, " is empty and left out: --framing ", framing->name, " cannot send it; line and length can");
    else
        error_line("message ", number, " has ", number_text(size), " bytes: --framing ", framing->name, " may deliver more than ",
                   number_text(framing->chunk_size), " in pieces; line and length keep it whole");
}

static void message_take(talk *self, const lm_message *message) {
    self->message_number++;
    if (is_farewell(self, message)) {
        messages_leave(self);
        return;
    }
    const lm_framing_traits *traits = framing_chosen(self->settings->framing);
    if (!traits->keeps_bounds && (message->size == 0 || message->size > traits->chunk_size))
        message_warn(self, message->size);
    if (!traits->keeps_bounds && message->size == 0)
        return;
    if (self->has_peer_ended) {
        talk_end_broken(self, LM_CAUSE_END, pal_ok(), " before every message was sent");
        return;
    }
    if (!self->is_person)
        self->state = TALK_ANSWER;
    talk_timer_start(self, self->settings->timeout_ns);
    message_send(self, message->bytes, message->size);
}

static input_result message_next(talk *self, lm_message *message) {
    if (self->message_count == 0)
        return input_take(&self->input, message);
    if (self->message_number == self->message_count)
        return INPUT_END;
    const char *text = self->messages[self->message_number];
    *message = (lm_message){.bytes = (const uint8_t *)text, .size = strlen(text)};
    return INPUT_MESSAGE;
}

static void messages_go_on(void *context) {
    talk *self = context;
    lm_message message;
    while (!self->is_ending && !self->is_sending && self->state == TALK_IDLE) {
        input_result result = message_next(self, &message);
        if (result == INPUT_WAIT)
            return;
        if (result == INPUT_MESSAGE)
            message_take(self, &message);
        else if (result == INPUT_END)
            messages_leave(self);
        else
            talk_end_input(self, result);
    }
}

static void messages_begin(talk *self) {
    self->state = TALK_IDLE;
    if (!self->is_person && !self->settings->has_no_greeting) {
        self->state = TALK_GREETING;
        talk_timer_start(self, self->settings->timeout_ns);
    }
    if (self->message_count == 0)
        talk_input_open(self, LM_FRAMING_LINE, messages_go_on);
    messages_go_on(self);
}

static void message_append(talk *self, const lm_message *message) {
    lm_buffer *output = &self->output;
    if (self->settings->has_json) {
        json writer;
        json_event_begin(&writer, output, "message");
        json_text(&writer, "peer", self->peer);
        json_number(&writer, "bytes", message->size);
        json_bytes(&writer, "text", message->bytes, message->size);
        json_event_end(&writer);
        return;
    }
    lm_buffer_append_text(output, self->settings->is_plain ? "" : "-->>");
    if (self->settings->is_plain && !pal_console_is_terminal(PAL_STANDARD_OUTPUT))
        lm_buffer_append(output, message->bytes, message->size); /* for a program: the exact bytes */
    else
        lm_text_sanitise(output, message->bytes, message->size);
    lm_buffer_append_text(output, "\n");
}

static void messages_message(lm_client *client, const lm_message *message) {
    talk *self = talk_of(client);
    self->received_bytes += message->size;
    message_append(self, message);
    if (!talk_output_write(self))
        return;
    if (self->state == TALK_LEAVING || self->state == TALK_DRAINING)
        return; /* the timer now limits the farewell */
    pal_timer_stop(&self->loop, &self->timer);
    self->state = TALK_IDLE;
    messages_go_on(self);
}

static void messages_sent(lm_client *client, pal_error error) {
    talk *self = talk_of(client);
    self->send_error = error;
    if (error.status != PAL_OK) {
        if (self->has_peer_ended)
            talk_end_broken(self, LM_CAUSE_BROKEN, error, "");
        return;
    }
    self->is_sending = false;
    if (self->state == TALK_LEAVING)
        messages_shutdown(self);
    else
        messages_go_on(self);
}

/* Ends the message about a connection that closed early. */
static const char *when_of(const talk *self) {
    static const char *const when[] = {
        [TALK_GREETING] = " before its greeting",
        [TALK_IDLE] = "",
        [TALK_ANSWER] = " before its answer",
        [TALK_LEAVING] = "",
        [TALK_DRAINING] = "",
    };
    return when[self->state];
}

static void messages_ended(lm_client *client, lm_cause cause, pal_error error) {
    talk *self = talk_of(client);
    bool is_closed = cause == LM_CAUSE_END || cause == LM_CAUSE_BROKEN;
    if (is_closed && (self->state == TALK_LEAVING || self->state == TALK_DRAINING)) {
        talk_end(self, EXIT_DONE, "farewell"); /* the conversation is over, however the peer closes */
        return;
    }
    if (cause == LM_CAUSE_END && self->send_error.status != PAL_OK) {
        talk_end_broken(self, LM_CAUSE_BROKEN, self->send_error, when_of(self));
        return;
    }
    if (cause == LM_CAUSE_END && self->state == TALK_IDLE && !self->is_person) {
        /* Every message so far is answered. The end is early only if another message is pending. */
        self->has_peer_ended = true;
        talk_timer_start(self, DRAIN_NS);
        return;
    }
    talk_end_broken(self, cause, error, when_of(self));
}

static void messages_timer_expired(pal_timer *timer) {
    talk *self = PAL_CONTAINER_OF(timer, talk, timer);
    char limit[UNIT_TEXT_SIZE], number[UNIT_TEXT_SIZE];
    time_format(self->settings->timeout_ns, limit);
    number_format(self->message_number, number);
    switch (self->state) {
    case TALK_GREETING:
        error_line(self->peer, ": no greeting within ", limit,
                   " (--timeout); --no-greeting expects none, and --framing must be the same as on the server");
        break;
    case TALK_IDLE:
        if (self->has_peer_ended) {
            talk_end_broken(self, LM_CAUSE_END, pal_ok(), " before the end of standard input");
            return;
        }
        assert(self->is_person);
        error_line(self->peer, ": no answer within ", limit, " (--timeout)");
        return;
    case TALK_ANSWER:
        error_line(self->peer, ": no answer to message ", number, " within ", limit, " (--timeout)");
        break;
    case TALK_LEAVING:
        error_line(self->peer, ": did not accept the farewell within ", limit, " (--timeout)");
        break;
    case TALK_DRAINING:
        talk_end(self, EXIT_DONE, "farewell");
        return;
    }
    talk_end(self, EXIT_TIMED_OUT, "timed_out");
}

const lm_client_handler *talk_messages_prepare(talk *self) {
    static const lm_client_handler handler = {.attempt_failed = talk_attempt_failed,
                                              .connected = talk_connected,
                                              .message = messages_message,
                                              .sent = messages_sent,
                                              .ended = messages_ended,
                                              .closed = talk_closed};
    self->begin = messages_begin;
    self->timer.expired = messages_timer_expired;
    return &handler;
}
