/* talk --framing raw: a pipe of bytes from standard input to the peer, and from the peer to standard output. */
#include "talk/raw.h"

#include "command_line/exit_codes.h"
#include "loopmsg/text.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/container.h"
#include "pal/utf8.h"

#include <string.h>

/* The peer's time is limited while it must accept bytes, or close because our side has ended. */
static void raw_watch(talk *self) {
    if (self->is_ending)
        return;
    if (self->is_sending || self->has_input_ended || self->has_peer_ended)
        talk_timer_start(self, self->settings->timeout_ns);
    else
        pal_timer_stop(&self->loop, &self->timer);
}

static void raw_input_end(talk *self) {
    self->has_input_ended = true;
    if (self->has_peer_ended)
        talk_end(self, EXIT_DONE, "end");
    else
        lm_client_shutdown(&self->client);
}

static void raw_go_on(void *context) {
    talk *self = context;
    lm_message message;
    while (!self->is_ending && !self->is_sending && !self->has_input_ended) {
        input_result result = input_take(&self->input, &message);
        if (result == INPUT_WAIT)
            break;
        if (result == INPUT_MESSAGE)
            (void)talk_send(self, message.bytes, message.size, LM_ENDING_NONE);
        else if (result == INPUT_END)
            raw_input_end(self);
        else
            talk_end_input(self, result);
    }
    raw_watch(self);
}

static void raw_begin(talk *self) {
    talk_input_open(self, LM_FRAMING_RAW, raw_go_on);
}

/* Appends the lines received to the output, safe for a terminal. Keeps back a character that has arrived in part. */
static void terminal_append(talk *self, const lm_message *message) {
    lm_buffer_append(&self->pending, message->bytes, message->size);
    const uint8_t *bytes = self->pending.bytes;
    size_t left = self->pending.size - pal_utf8_unfinished_size(bytes, self->pending.size);
    size_t taken = left;
    while (left > 0) {
        const uint8_t *feed = memchr(bytes, '\n', left);
        size_t size = feed != NULL ? (size_t)(feed - bytes) : left;
        bool has_return = feed != NULL && size > 0 && bytes[size - 1] == '\r';
        lm_text_sanitise(&self->output, bytes, size - (has_return ? 1 : 0));
        lm_buffer_append_text(&self->output, feed != NULL ? "\n" : "");
        size += feed != NULL ? 1 : 0;
        bytes += size;
        left -= size;
    }
    self->output.failed = self->output.failed || self->pending.failed;
    lm_buffer_consume(&self->pending, taken);
}

/* Files and pipes get the exact bytes; a terminal must not be controlled by them. */
static void raw_message(lm_client *client, const lm_message *message) {
    talk *self = talk_of(client);
    if (pal_console_is_terminal(PAL_STANDARD_OUTPUT))
        terminal_append(self, message);
    else
        lm_buffer_append(&self->output, message->bytes, message->size);
    self->received_bytes += message->size;
    if (talk_output_write(self))
        raw_watch(self);
}

static void raw_sent(lm_client *client, pal_error error) {
    talk *self = talk_of(client);
    self->send_error = error;
    if (error.status == PAL_OK) {
        self->is_sending = false;
        raw_go_on(self);
    } else if (self->has_peer_ended) {
        talk_end_broken(self, LM_CAUSE_BROKEN, error, " before it accepted all of standard input");
    }
}

static void raw_ended(lm_client *client, lm_cause cause, pal_error error) {
    talk *self = talk_of(client);
    if (cause == LM_CAUSE_END && self->send_error.status != PAL_OK) {
        talk_end_broken(self, LM_CAUSE_BROKEN, self->send_error, " before it accepted all of standard input");
        return;
    }
    if (cause != LM_CAUSE_END) {
        talk_end_broken(self, cause, error, "");
        return;
    }
    self->has_peer_ended = true;
    /* A person sees that it is over. Input from a program may still arrive, and the peer may still accept it. */
    if (self->has_input_ended || self->is_person)
        talk_end(self, EXIT_DONE, "end");
    raw_watch(self);
}

static void raw_timer_expired(pal_timer *timer) {
    talk *self = PAL_CONTAINER_OF(timer, talk, timer);
    char limit[UNIT_TEXT_SIZE];
    time_format(self->settings->timeout_ns, limit);
    if (self->is_sending) {
        error_line(self->peer, ": accepted no bytes for ", limit, " (--timeout)");
        talk_end(self, EXIT_TIMED_OUT, "timed_out");
    } else if (self->has_peer_ended) {
        error_line(self->peer, ": closed the connection, but standard input did not end within ", limit);
        talk_end(self, EXIT_RESET, "end");
    } else {
        error_line(self->peer, ": sent nothing for ", limit, " after the end of standard input, and did not close (--timeout)");
        talk_end(self, EXIT_TIMED_OUT, "timed_out");
    }
}

const lm_client_handler *talk_raw_prepare(talk *self) {
    static const lm_client_handler handler = {.attempt_failed = talk_attempt_failed,
                                              .connected = talk_connected,
                                              .message = raw_message,
                                              .sent = raw_sent,
                                              .ended = raw_ended,
                                              .closed = talk_closed};
    self->begin = raw_begin;
    self->timer.expired = raw_timer_expired;
    return &handler;
}
