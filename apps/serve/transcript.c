#include "serve/transcript.h"

#include "loopmsg/text.h"
#include "output/json.h"
#include "output/output.h"
#include "output/units.h"

#include <assert.h>
#include <string.h>

/* A lane with so many bytes writes before its pass ends. Bounds its memory, together with the longest single line. */
#define LANE_SIZE 65536

static void transcript_failed(void *context, pal_error error) {
    (void)context;
    if (error.status == PAL_TIMED_OUT)
        error_line("cannot write the transcript to standard output: nobody reads it; its last lines are lost");
    else
        error_line("cannot write the transcript to standard output: ", output_error_text(error),
                   "; the server continues without it");
}

pal_error transcript_open(serve_transcript *transcript, transcript_style style, const lm_server_settings *settings) {
    memset(transcript, 0, sizeof *transcript);
    transcript->style = style;
    transcript->settings = settings;
    if (style == TRANSCRIPT_QUIET)
        return pal_ok();
    return line_writer_open(&transcript->writer, PAL_STANDARD_OUTPUT, transcript_failed, NULL);
}

void transcript_hurry(serve_transcript *transcript) {
    if (transcript->style != TRANSCRIPT_QUIET)
        line_writer_hurry(&transcript->writer, transcript->settings->drain_ns);
}

bool transcript_close(serve_transcript *transcript, bool *is_whole) {
    for (size_t i = 0; i <= LM_THREADS_MAX; i++)
        lm_buffer_free(&transcript->lanes[i].lines);
    bool has_ended = transcript->style == TRANSCRIPT_QUIET || line_writer_close(&transcript->writer);
    *is_whole = !transcript->writer.has_failed;
    return has_ended;
}

static void lines_write(serve_transcript *transcript, lm_buffer *lines) {
    if (lines->size > 0 || lines->failed)
        line_writer_put(&transcript->writer, lines);
    lm_buffer_clear(lines);
}

void transcript_begin(serve_transcript *transcript, const pal_address *addresses, size_t count) {
    lm_buffer *lines = &transcript->lanes[0].lines;
    char text[PAL_ADDRESS_TEXT_SIZE];
    if (transcript->style == TRANSCRIPT_TEXT)
        lm_buffer_append_text(lines, "waiting for connection...\n");
    for (size_t i = 0; transcript->style == TRANSCRIPT_JSON && i < count; i++) {
        json writer;
        json_event_begin(&writer, lines, "listening");
        json_text(&writer, "address", pal_address_format(&addresses[i], text, sizeof text));
        json_event_end(&writer);
    }
    lines_write(transcript, lines);
}

static const char *event_name(lm_event_kind kind) {
    switch (kind) {
    case LM_EVENT_ACCEPTED:
        return "accepted";
    case LM_EVENT_MESSAGE:
        return "message";
    case LM_EVENT_CLOSED:
        return "closed";
    case LM_EVENT_TURNED_AWAY:
        return "turned_away";
    case LM_EVENT_ACCEPT_FAILED:
        break;
    }
    return "accept_failed";
}

static void event_append_text(lm_buffer *lines, const lm_event *event, const char *peer) {
    switch (event->kind) {
    case LM_EVENT_ACCEPTED:
        lm_buffer_append_text(lines, "Accept new connection from ");
        lm_buffer_append_text(lines, peer);
        lm_buffer_append_text(lines, "...\n");
        break;
    case LM_EVENT_MESSAGE:
        lm_buffer_append_text(lines, "-->>");
        lm_text_sanitise(lines, event->message->bytes, event->message->size);
        lm_buffer_append_text(lines, "!\n");
        break;
    case LM_EVENT_CLOSED:
        lm_buffer_append_text(lines, "Connection from ");
        lm_buffer_append_text(lines, peer);
        lm_buffer_append_text(lines, " closed\n");
        break;
    case LM_EVENT_TURNED_AWAY: /* these two go to standard error only: the transcript has no line for them */
    case LM_EVENT_ACCEPT_FAILED:
        break;
    }
}

static void event_append_json(lm_buffer *lines, const lm_event *event, const char *peer) {
    json writer;
    json_event_begin(&writer, lines, event_name(event->kind));
    if (event->peer != NULL)
        json_text(&writer, "peer", peer);
    if (event->kind == LM_EVENT_MESSAGE) {
        json_number(&writer, "bytes", event->message->size);
        json_bytes(&writer, "text", event->message->bytes, event->message->size);
    }
    if (event->kind == LM_EVENT_CLOSED) {
        json_number(&writer, "bytes", event->received_bytes);
        json_number(&writer, "sent_bytes", event->sent_bytes);
        json_text(&writer, "cause", lm_cause_name(event->cause));
    }
    if (event->kind == LM_EVENT_TURNED_AWAY)
        json_text(&writer, "cause", "max_connections");
    if (event->kind == LM_EVENT_ACCEPT_FAILED)
        json_text(&writer, "cause", pal_status_name(event->error.status));
    if (event->error.status != PAL_OK)
        json_text(&writer, "error", error_text(event->error));
    json_event_end(&writer);
}

/* Reports why a conversation ended early. */
static void cause_report(const lm_server_settings *settings, const lm_event *event, const char *peer) {
    char limit[UNIT_TEXT_SIZE];
    uint32_t max_message = settings->conversation.max_message;
    switch (event->cause) {
    case LM_CAUSE_FAREWELL:
    case LM_CAUSE_END:
    case LM_CAUSE_STOPPED:
        break;
    case LM_CAUSE_BROKEN:
        error_line(peer, ": ", error_text(event->error), "; conversation ended");
        break;
    case LM_CAUSE_TOO_LONG:
        error_line(peer, ": message over ", number_format(max_message != 0 ? max_message : LM_MESSAGE_SIZE, limit),
                   " bytes; conversation ended (--max-message sets the limit)");
        break;
    case LM_CAUSE_TRUNCATED:
        error_line(peer, ": the stream ended inside a message; conversation ended");
        break;
    case LM_CAUSE_IDLE:
        error_line(peer, ": idle for ", time_format(settings->idle_timeout_ns, limit),
                   "; conversation ended (--idle-timeout sets the limit)");
        break;
    case LM_CAUSE_NO_MEMORY:
        error_line(peer, ": out of memory; conversation ended");
        break;
    }
}

static void failure_report(const lm_server_settings *settings, const lm_event *event, const char *peer) {
    char limit[UNIT_TEXT_SIZE];
    switch (event->kind) {
    case LM_EVENT_CLOSED:
        cause_report(settings, event, peer);
        break;
    case LM_EVENT_TURNED_AWAY:
        error_line(peer, ": turned away: --max-connections ", number_format(settings->max_connections, limit), " is reached");
        break;
    case LM_EVENT_ACCEPT_FAILED:
        error_line("cannot accept a connection: ", error_text(event->error), "; trying again");
        break;
    case LM_EVENT_ACCEPTED:
    case LM_EVENT_MESSAGE:
        break;
    }
}

void transcript_event(serve_transcript *transcript, const lm_event *event) {
    assert(event->lane <= LM_THREADS_MAX);
    bool is_failure = event->kind != LM_EVENT_ACCEPTED && event->kind != LM_EVENT_MESSAGE;
    if (transcript->style == TRANSCRIPT_QUIET && !is_failure)
        return;
    char peer[PAL_ADDRESS_TEXT_SIZE] = "";
    bool has_peer = event->peer != NULL && (event->kind != LM_EVENT_MESSAGE || transcript->style == TRANSCRIPT_JSON);
    if (has_peer)
        pal_address_format(event->peer, peer, sizeof peer);
    lm_buffer *lines = &transcript->lanes[event->lane].lines;
    if (transcript->style == TRANSCRIPT_TEXT)
        event_append_text(lines, event, peer);
    if (transcript->style == TRANSCRIPT_JSON)
        event_append_json(lines, event, peer);
    if (lines->size >= LANE_SIZE || lines->failed)
        lines_write(transcript, lines);
    if (is_failure)
        failure_report(transcript->settings, event, peer);
}

void transcript_events_done(serve_transcript *transcript, unsigned lane) {
    assert(lane <= LM_THREADS_MAX);
    lines_write(transcript, &transcript->lanes[lane].lines);
}
