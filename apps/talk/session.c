#include "talk/session.h"

#include "command_line/exit_codes.h"
#include "output/append.h"
#include "output/json.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/container.h"

talk *talk_of(lm_client *client) {
    return PAL_CONTAINER_OF(client, talk, client);
}

void talk_timer_start(talk *self, uint64_t time_ns) {
    if (time_ns > 0)
        pal_timer_start(&self->loop, &self->timer, pal_clock_now_ns() + time_ns);
    else
        pal_timer_stop(&self->loop, &self->timer);
}

void talk_end(talk *self, int code, const char *cause) {
    if (self->is_ending)
        return;
    self->is_ending = true;
    self->exit_code = code;
    pal_timer_stop(&self->loop, &self->timer);
    if (self->settings->has_json && self->is_connected && !self->has_output_failed) {
        json writer;
        json_event_begin(&writer, &self->output, "closed");
        json_text(&writer, "peer", self->peer);
        json_number(&writer, "bytes", self->received_bytes);
        json_number(&writer, "sent_bytes", self->sent_bytes);
        json_text(&writer, "cause", cause);
        json_event_end(&writer);
        if (!output_write(&self->output))
            self->exit_code = code != EXIT_DONE ? code : EXIT_FAILED;
    }
    lm_client_close(&self->client);
}

bool talk_output_write(talk *self) {
    if (output_write(&self->output))
        return true;
    self->has_output_failed = true;
    talk_end(self, EXIT_FAILED, "output");
    return false;
}

void talk_end_broken(talk *self, lm_cause cause, pal_error error, const char *when) {
    int code = EXIT_FAILED;
    if (cause == LM_CAUSE_END) {
        error_line(self->peer, ": closed the connection", when);
        code = EXIT_RESET;
    } else if (cause == LM_CAUSE_TRUNCATED) {
        error_line(self->peer, ": closed the connection inside a message");
        code = EXIT_RESET;
    } else if (cause == LM_CAUSE_TOO_LONG) {
        char limit[UNIT_TEXT_SIZE];
        error_line(self->peer, ": sent a message over ", size_format(LM_MESSAGE_SIZE_MAX, limit), ", or does not use --framing ",
                   framing_choice(self->settings->framing));
    } else if (cause == LM_CAUSE_BROKEN) {
        error_line(self->peer, ": ", error_text(error), when);
        code = exit_code_of(error);
    } else {
        error_line(self->peer, ": out of memory");
    }
    talk_end(self, code, lm_cause_name(cause));
}

void talk_end_input(talk *self, input_result result) {
    char limit[UNIT_TEXT_SIZE];
    if (result == INPUT_TOO_LONG)
        error_line("standard input has a line over ", size_format(LM_MESSAGE_SIZE_MAX, limit), "; --framing raw sends any bytes");
    else if (result == INPUT_FAILED)
        error_line("cannot read standard input: ", error_text(self->input.error));
    else
        error_line("out of memory");
    talk_end(self, EXIT_FAILED, "input");
}

void talk_input_open(talk *self, lm_framing_kind kind, void (*arrived)(void *context)) {
    pal_error error = input_open(&self->input, &self->loop, kind, arrived, self);
    if (error.status == PAL_OK)
        return;
    self->input.error = error; /* safe: no thread runs */
    talk_end_input(self, INPUT_FAILED);
}

bool talk_send(talk *self, const void *bytes, size_t size, lm_ending ending) {
    self->is_sending = true;
    if (lm_client_send(&self->client, bytes, size, ending))
        return true;
    error_line("out of memory");
    talk_end(self, EXIT_FAILED, "no_memory");
    return false;
}

void talk_attempt_failed(lm_client *client, const pal_address *address, pal_error error) {
    talk *self = talk_of(client);
    char text[PAL_ADDRESS_TEXT_SIZE], limit[UNIT_TEXT_SIZE];
    bool is_late = error.status == PAL_TIMED_OUT && error.os_code == 0;
    text_append(&self->attempts, self->attempts.size > 0 ? "; " : "", pal_address_format(address, text, sizeof text), ": ",
                error_text(error), is_late ? " after " : "", is_late ? time_format(self->settings->timeout_ns, limit) : "");
}

void talk_connected(lm_client *client, pal_error error, const pal_address *address) {
    talk *self = talk_of(client);
    if (error.status != PAL_OK) {
        error_line("cannot connect to '", self->target, "': ", lm_buffer_text(&self->attempts));
        talk_end(self, exit_code_of(error), pal_status_name(error.status));
        return;
    }
    pal_address_format(address, self->peer, sizeof self->peer);
    self->is_connected = true;
    if (self->settings->has_json) {
        json writer;
        json_event_begin(&writer, &self->output, "connected");
        json_text(&writer, "peer", self->peer);
        json_event_end(&writer);
        if (!talk_output_write(self))
            return;
    }
    self->begin(self);
}

void talk_closed(lm_client *client) {
    pal_loop_stop(&talk_of(client)->loop);
}
