#include "network/trace.h"

#include "loopmsg/text.h"
#include "network/lesson.h"
#include "output/append.h"
#include "output/json.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/console.h"
#include "pal/trace.h"
#include "pal/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_SIZE ((size_t)32)      /* bytes sent or received that a line shows */
#define SHOWN_JSON_SIZE ((size_t)64) /* the same in JSON */
#define STEP_COLUMNS 20              /* "1 create and connect" */

enum { FORM_TEXT, FORM_JSON };

/* Written while no other thread has sockets. */
static struct {
    int form;
    uint64_t begin_ns;
} tracer;

const char *trace_choice(int number) {
    static const char *const words[] = {[FORM_TEXT] = "text", [FORM_JSON] = "json"};
    return number >= 0 && number < (int)(sizeof words / sizeof words[0]) ? words[number] : NULL;
}

/* --- both forms --------------------------------------------------------------------------------------------------------------- */

/* How many of SIZE bytes are shown, at most LIMIT: no whole character is cut. */
static size_t shown_size(const uint8_t *bytes, size_t size, size_t limit) {
    return size <= limit ? size : limit - pal_utf8_unfinished_size(bytes, limit);
}

static uint64_t elapsed_ns(const pal_trace_event *event) {
    return event->time_ns > tracer.begin_ns ? event->time_ns - tracer.begin_ns : 0;
}

static bool has_failed(const pal_trace_event *event) {
    return event->error.status != PAL_OK && event->error.status != PAL_END;
}

/* --- text --------------------------------------------------------------------------------------------------------------------- */

/* Appends the first bytes in quotes. */
static void bytes_append(lm_buffer *text, const pal_trace_event *event) {
    size_t shown = shown_size(event->bytes, event->done, SHOWN_SIZE);
    text_append(text, " '");
    lm_text_sanitise(text, event->bytes, shown);
    text_append(text, shown < event->done ? "'..." : "'");
}

static void head_append(lm_buffer *text, const pal_trace_event *event) {
    char head[80];
    lesson_step step = lesson_step_of(event->operation, event->role);
    uint64_t microseconds = elapsed_ns(event) / PAL_MICROSECOND_NS;
    int length = snprintf(head, sizeof head, "%3" PRIu64 ".%06u %s %d %-*s ", microseconds / 1000000,
                          (unsigned)(microseconds % 1000000), step.side, step.number, STEP_COLUMNS - 2, step.name);
    assert(length > 0 && (size_t)length < sizeof head);
    (void)length;
    lm_buffer_append_text(text, head);
}

/* "recv / WSARecv": one name where both are the same. */
static void names_append(lm_buffer *text, const char *posix, const char *winsock) {
    lm_buffer_append_text(text, posix);
    if (strcmp(posix, winsock) != 0)
        text_append(text, " / ", winsock);
}

static void call_append(lm_buffer *text, pal_trace_operation operation) {
    names_append(text, pal_trace_bsd_name(operation), pal_trace_winsock_name(operation));
    lm_buffer_append_text(text, "(");
}

static void arguments_append(lm_buffer *text, const pal_trace_event *event) {
    char address[PAL_ADDRESS_TEXT_SIZE] = "";
    if (event->address != NULL)
        pal_address_format(event->address, address, sizeof address);
    if (event->operation == PAL_TRACE_CREATE) {
        text_append(text, event->address != NULL && event->address->family == PAL_IPV6 ? "IPv6" : "IPv4", ", TCP)");
        return;
    }
    text_append(text, number_text(event->socket));
    switch (event->operation) {
    case PAL_TRACE_BIND:
    case PAL_TRACE_CONNECT:
        text_append(text, ", ", address);
        break;
    case PAL_TRACE_LISTEN:
        text_append(text, ", backlog ", number_text(event->size));
        break;
    case PAL_TRACE_RECEIVE:
        text_append(text, ", room for ", number_text(event->size));
        break;
    case PAL_TRACE_SEND:
        text_append(text, ", ", number_text(event->size));
        if (event->done > 0)
            bytes_append(text, event);
        break;
    case PAL_TRACE_SHUTDOWN:
        lm_buffer_append_text(text, ", sending");
        break;
    case PAL_TRACE_RESET:
        lm_buffer_append_text(text, ", linger 0: reset");
        break;
    case PAL_TRACE_CREATE:
    case PAL_TRACE_ACCEPT:
    case PAL_TRACE_CLOSE:
    case PAL_TRACE_OPERATION_COUNT:
        break;
    }
    lm_buffer_append_text(text, ")");
}

static const char *pending_words(pal_trace_operation operation) {
    switch (operation) {
    case PAL_TRACE_ACCEPT:
        return "nobody yet";
    case PAL_TRACE_RECEIVE:
        return "nothing yet";
    case PAL_TRACE_SEND:
        return "no room yet";
    default:
        return "under way";
    }
}

static void failure_append(lm_buffer *text, pal_error error) {
    const char *posix, *winsock;
    if (pal_error_names(error, &posix, &winsock))
        names_append(text, posix, winsock);
    else
        lm_buffer_append_text(text, error_text(error));
    text_append(text, ": ", lesson_advice(error));
}

static void result_append(lm_buffer *text, const pal_trace_event *event) {
    char address[PAL_ADDRESS_TEXT_SIZE];
    if (event->operation == PAL_TRACE_CLOSE || event->operation == PAL_TRACE_RESET)
        return; /* printed before the call */
    lm_buffer_append_text(text, " = ");
    if (has_failed(event)) {
        failure_append(text, event->error);
    } else if (event->error.status == PAL_END) {
        lm_buffer_append_text(text, "0, the peer sends no more");
    } else if (event->is_pending) {
        lm_buffer_append_text(text, pending_words(event->operation));
    } else if (event->operation == PAL_TRACE_CREATE) {
        text_append(text, number_text(event->socket));
    } else if (event->operation == PAL_TRACE_ACCEPT) {
        text_append(text, number_text(event->accepted));
        if (event->address != NULL)
            text_append(text, ", from ", pal_address_format(event->address, address, sizeof address));
    } else {
        text_append(text, number_text(event->done));
        if (event->operation == PAL_TRACE_RECEIVE && event->done > 0)
            bytes_append(text, event);
    }
}

static void event_print_text(const pal_trace_event *event) {
    lm_buffer text = {0};
    head_append(&text, event);
    call_append(&text, event->operation);
    arguments_append(&text, event);
    result_append(&text, event);
    const char *line = lm_buffer_text(&text);
    if (!text.failed)
        notice_line(line);
    lm_buffer_free(&text);
}

/* --- JSON --------------------------------------------------------------------------------------------------------------------- */

static const char *event_name(pal_trace_operation operation) {
    static const char *const names[PAL_TRACE_OPERATION_COUNT] = {
        [PAL_TRACE_CREATE] = "create", [PAL_TRACE_BIND] = "bind",         [PAL_TRACE_LISTEN] = "listen",
        [PAL_TRACE_ACCEPT] = "accept", [PAL_TRACE_CONNECT] = "connect",   [PAL_TRACE_RECEIVE] = "receive",
        [PAL_TRACE_SEND] = "send",     [PAL_TRACE_SHUTDOWN] = "shutdown", [PAL_TRACE_CLOSE] = "close",
        [PAL_TRACE_RESET] = "reset",
    };
    return names[operation];
}

static void json_failure(json *writer, pal_error error) {
    const char *posix, *winsock;
    if (error.os_code != 0)
        json_signed(writer, "code", error.os_code);
    if (pal_error_names(error, &posix, &winsock)) {
        json_text(writer, "error", posix);
        json_text(writer, "winsock_error", winsock);
    }
    json_text(writer, "text", error_text(error));
    json_text(writer, "advice", lesson_advice(error));
}

static void json_details(json *writer, const pal_trace_event *event) {
    char address[PAL_ADDRESS_TEXT_SIZE];
    bool has_bytes = event->operation == PAL_TRACE_RECEIVE || event->operation == PAL_TRACE_SEND;
    if (event->address != NULL)
        json_text(writer, "address", pal_address_format(event->address, address, sizeof address));
    if (has_bytes || event->operation == PAL_TRACE_LISTEN)
        json_number(writer, event->operation == PAL_TRACE_LISTEN ? "backlog" : "size", event->size);
    if (has_bytes)
        json_number(writer, "done", event->done);
    if (event->bytes != NULL)
        json_bytes(writer, "bytes", event->bytes, shown_size(event->bytes, event->done, SHOWN_JSON_SIZE));
    if (event->accepted != 0)
        json_number(writer, "accepted", event->accepted);
    json_text(writer, "status", event->is_pending ? "pending" : pal_status_name(event->error.status));
    if (has_failed(event))
        json_failure(writer, event->error);
}

static void event_print_json(const pal_trace_event *event) {
    lm_buffer line = {0};
    json writer;
    lesson_step step = lesson_step_of(event->operation, event->role);
    json_event_begin(&writer, &line, event_name(event->operation));
    json_number(&writer, "elapsed_ns", elapsed_ns(event));
    json_text(&writer, "side", step.side);
    json_number(&writer, "step", (uint64_t)step.number);
    json_text(&writer, "step_name", step.name);
    json_text(&writer, "call", pal_trace_bsd_name(event->operation));
    json_text(&writer, "winsock_call", pal_trace_winsock_name(event->operation));
    json_number(&writer, "socket", event->socket);
    json_details(&writer, event);
    json_event_end(&writer);
    /* A failure of standard error cannot be reported anywhere. */
    if (!line.failed)
        (void)pal_console_write(PAL_STANDARD_ERROR, line.bytes, line.size);
    lm_buffer_free(&line);
}

/* ------------------------------------------------------------------------------------------------------------------------------ */

static void event_print(void *context, const pal_trace_event *event) {
    (void)context;
    if (tracer.form == FORM_JSON)
        event_print_json(event);
    else
        event_print_text(event);
}

void trace_begin(const command_line *line, int form) {
    assert(trace_choice(form) != NULL);
    if (!option_is_given(line, "trace"))
        return;
    tracer.form = form;
    tracer.begin_ns = pal_clock_now_ns();
    pal_trace_set(event_print, NULL);
}

void trace_end(void) {
    pal_trace_set(NULL, NULL);
}
