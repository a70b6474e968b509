/* Prints a probe: lines for people, an object for programs. */
#include "probe/output.h"

#include "loopmsg/text.h"
#include "output/append.h"
#include "output/json.h"
#include "output/measured.h"
#include "output/output.h"
#include "output/units.h"

#include <string.h>

#define QUOTE_SIZE 60u /* bytes from a peer that a line quotes */

/* By result: its word, and what it means. */
static const struct {
    const char *name, *meaning;
} results[] = {
    [PROBE_NOTHING] = {"given_up", ""},
    [PROBE_UP] = {"up", ""},
    [PROBE_NAME_NOT_FOUND] = {"name_not_found", "the name has no address"},
    [PROBE_REFUSED] = {"refused", "the machine answers, but nobody listens on that port"},
    [PROBE_UNREACHABLE] = {"unreachable", "no route leads there"},
    [PROBE_FILTERED] = {"filtered", "no answer: a firewall drops what is sent, or the machine is off or too busy to accept"},
    [PROBE_RESET] = {"reset", "somebody listens there, but reset the connection"},
    [PROBE_CLOSED] = {"closed", "somebody listens there, but closed the connection early"},
    [PROBE_SILENT] = {"silent", "somebody listens there, but did not send what was expected in time"},
    [PROBE_OTHER_PROTOCOL] = {"other_protocol", "somebody listens there, but sent something else than expected"},
    [PROBE_FAILED] = {"failed", "this machine could not try"},
};

const char *probe_result_name(probe_result result) {
    return results[result].name;
}

static const char *duration_text(uint64_t begun_ns, uint64_t ended_ns, char *buffer) {
    return measured_time_format((double)(ended_ns - begun_ns), buffer);
}

/* -- which protocol -- */

/* The first bytes of protocols that often answer on a wrong port. */
static const struct {
    const char *beginning, *name;
} protocols[] = {
    {"HTTP/", "HTTP"}, {"<!DOCTYPE", "HTTP"},   {"<html", "HTTP"},       {"SSH-", "SSH"},
    {"RFB ", "VNC"},   {"220 ", "SMTP or FTP"}, {"220-", "SMTP or FTP"}, {"+OK", "POP3"},
    {"* OK", "IMAP"},  {"\x16\x03", "TLS"},     {"\x15\x03", "TLS"},
};

static const char *protocol_of(const lm_buffer *heard) {
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        size_t size = strlen(protocols[i].beginning);
        if (heard->size >= size && memcmp(heard->bytes, protocols[i].beginning, size) == 0)
            return protocols[i].name;
    }
    return NULL;
}

/* The first bytes that were not expected. */
static const lm_buffer *strange_of(const probe *self) {
    return self->greeting.result == PROBE_OTHER_PROTOCOL ? &self->greeting.heard : &self->exchange.heard;
}

/* -- for people -- */

static void quote_append(lm_buffer *output, const lm_buffer *bytes) {
    bool is_cut = bytes->size > QUOTE_SIZE;
    lm_buffer_append_text(output, "'");
    lm_text_sanitise(output, bytes->bytes, is_cut ? QUOTE_SIZE : bytes->size);
    lm_buffer_append_text(output, is_cut ? "...'" : "'");
}

static void resolve_append(lm_buffer *output, const probe *self) {
    char address[PAL_ADDRESS_TEXT_SIZE], duration[UNIT_TEXT_SIZE];
    lm_buffer_append_text(output, "  resolve   ");
    for (size_t i = 0; i < self->address_count; i++)
        text_append(output, i > 0 ? ", " : "", pal_address_format(&self->addresses[i], address, sizeof address));
    lm_text_sanitise(output, self->sentence.bytes, self->sentence.size);
    text_append(output, self->address_count > 0 ? " in " : ", after ", duration_text(self->begun_ns, self->resolved_ns, duration),
                "\n");
}

static void attempt_append(lm_buffer *output, const probe *self, const probe_attempt *attempt) {
    char address[PAL_ADDRESS_TEXT_SIZE], duration[UNIT_TEXT_SIZE], late[UNIT_TEXT_SIZE];
    uint64_t ended_ns = attempt->result != PROBE_NOTHING ? attempt->ended_ns : self->ended_ns;
    for (size_t i = 0; i < self->attempt_count && attempt->result == PROBE_NOTHING; i++) {
        if (self->attempts[i].result == PROBE_UP)
            ended_ns = self->attempts[i].ended_ns;
    }
    text_append(output, "  connect   ", pal_address_format(&attempt->address, address, sizeof address), " ");
    duration_text(attempt->begun_ns, ended_ns, duration);
    if (attempt->result == PROBE_UP)
        text_append(output, "connected in ", duration);
    else if (attempt->result == PROBE_NOTHING)
        text_append(output, "given up after ", duration, ", because another address connected");
    else
        text_append(output, probe_result_name(attempt->result), " after ", duration, ": ", error_text(attempt->error));
    if (attempt != self->attempts)
        text_append(output, ", started ", duration_text(self->attempts[0].begun_ns, attempt->begun_ns, late), " after the first");
    lm_buffer_append_text(output, "\n");
}

/* Appends a part of the conversation, in which EXPECTED should have arrived. */
static void part_append(lm_buffer *output, const char *label, const probe_part *part, const lm_buffer *expected) {
    char duration[UNIT_TEXT_SIZE];
    if (part->begun_ns == 0)
        return;
    text_append(output, "  ", label);
    if (part->heard.size > 0)
        quote_append(output, &part->heard);
    else
        lm_buffer_append_text(output, part->result == PROBE_OTHER_PROTOCOL ? "no message in that framing" : "nothing");
    text_append(output,
                part->result == PROBE_SILENT ? " within "
                : part->result == PROBE_UP   ? " in "
                                             : " after ",
                duration_text(part->begun_ns, part->ended_ns, duration));
    if (part->error.status != PAL_OK)
        text_append(output, ": ", error_text(part->error));
    else if (part->result == PROBE_CLOSED)
        lm_buffer_append_text(output, ", then the end");
    if (part->result == PROBE_OTHER_PROTOCOL || (part->result == PROBE_SILENT && part->heard.size > 0)) {
        lm_buffer_append_text(output, ", where ");
        quote_append(output, expected);
        lm_buffer_append_text(output, " was expected");
    }
    lm_buffer_append_text(output, "\n");
}

void probe_phases_append(lm_buffer *output, const probe *self) {
    lm_text_sanitise(output, self->target, strlen(self->target));
    lm_buffer_append_text(output, "\n");
    resolve_append(output, self);
    for (size_t i = 0; i < self->attempt_count; i++)
        attempt_append(output, self, &self->attempts[i]);
    part_append(output, "greeting  ", &self->greeting, &self->plan->greeting);
    part_append(output, "exchange  ", &self->exchange, &self->plan->answer);
}

void probe_verdict_append(lm_buffer *output, const probe *self) {
    char duration[UNIT_TEXT_SIZE];
    lm_text_sanitise(output, self->target, strlen(self->target));
    if (self->result == PROBE_UP) {
        text_append(output, ": up, and answered in ", duration_text(0, probe_took_ns(self), duration));
        return;
    }
    const char *protocol = self->result == PROBE_OTHER_PROTOCOL ? protocol_of(strange_of(self)) : NULL;
    if (self->result == PROBE_FAILED && self->sentence.size > 0) {
        lm_buffer_append_text(output, ": ");
        lm_text_sanitise(output, self->sentence.bytes, self->sentence.size);
        return;
    }
    text_append(output, ": ", probe_result_name(self->result), "; ", results[self->result].meaning);
    if (protocol != NULL)
        text_append(output, ", which looks like ", protocol);
    if (self->result == PROBE_SILENT && self->is_greeted_late)
        lm_buffer_append_text(output, "; its greeting came late: --timeout allows more time");
    else if (self->result == PROBE_SILENT && self->exchange.heard.size > 0 && self->greeting.result == PROBE_SILENT)
        lm_buffer_append_text(output, "; but it answers: --greeting '' expects no greeting");
}

/* -- for programs -- */

static void json_time_member(json *writer, const char *name, uint64_t begun_ns, uint64_t ended_ns) {
    json_number(writer, name, ended_ns > begun_ns ? ended_ns - begun_ns : 0);
}

static void json_error(json *writer, pal_error error) {
    if (error.status != PAL_OK)
        json_text(writer, "error", error_text(error));
}

static void resolve_json(json *writer, const probe *self) {
    char address[PAL_ADDRESS_TEXT_SIZE];
    json_object_begin(writer, "resolve");
    json_time_member(writer, "took_ns", self->begun_ns, self->resolved_ns);
    json_array_begin(writer, "addresses");
    for (size_t i = 0; i < self->address_count; i++)
        json_text(writer, NULL, pal_address_format(&self->addresses[i], address, sizeof address));
    json_array_end(writer);
    if (self->sentence.size > 0)
        json_bytes(writer, "error", self->sentence.bytes, self->sentence.size);
    json_object_end(writer);
}

static void connect_json(json *writer, const probe *self) {
    char address[PAL_ADDRESS_TEXT_SIZE];
    json_array_begin(writer, "connect");
    for (size_t i = 0; i < self->attempt_count; i++) {
        const probe_attempt *attempt = &self->attempts[i];
        json_object_begin(writer, NULL);
        json_text(writer, "address", pal_address_format(&attempt->address, address, sizeof address));
        json_text(writer, "result", attempt->result == PROBE_UP ? "connected" : probe_result_name(attempt->result));
        json_time_member(writer, "begun_ns", self->attempts[0].begun_ns, attempt->begun_ns);
        if (attempt->result != PROBE_NOTHING)
            json_time_member(writer, "took_ns", attempt->begun_ns, attempt->ended_ns);
        json_error(writer, attempt->error);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void part_json(json *writer, const char *name, const probe_part *part) {
    if (part->begun_ns == 0) {
        json_null(writer, name);
        return;
    }
    json_object_begin(writer, name);
    json_text(writer, "result", probe_result_name(part->result));
    json_time_member(writer, "took_ns", part->begun_ns, part->ended_ns);
    json_number(writer, "bytes", part->heard.size);
    json_bytes(writer, "text", part->heard.bytes, part->heard.size);
    json_error(writer, part->error);
    json_object_end(writer);
}

void probe_json_append(lm_buffer *output, const probe *self) {
    json writer;
    json_event_begin(&writer, output, "probe");
    json_text(&writer, "target", self->target);
    json_number(&writer, "number", self->number);
    json_text(&writer, "result", probe_result_name(self->result));
    json_number(&writer, "exit_code", (uint64_t)self->exit_code);
    json_number(&writer, "took_ns", probe_took_ns(self));
    resolve_json(&writer, self);
    connect_json(&writer, self);
    part_json(&writer, "greeting", &self->greeting);
    part_json(&writer, "exchange", &self->exchange);
    json_event_end(&writer);
}
