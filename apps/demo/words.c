/* The words of a row of the picture. */
#include "demo/words.h"

#include "loopmsg/text.h"
#include "network/lesson.h"
#include "output/append.h"
#include "output/markup.h"
#include "output/units.h"
#include "output/wrap.h"

#define BYTES_COLUMNS_MAX 27u /* of a text; longer ones are cut */

const char *demo_step_name(demo_side side, int number) {
    pal_trace_role role = side == DEMO_SERVER ? PAL_TRACE_LISTENING : PAL_TRACE_CONNECTING;
    for (int i = 0; i < PAL_TRACE_OPERATION_COUNT; i++) {
        lesson_step step = lesson_step_of((pal_trace_operation)i, role);
        if (step.number == number)
            return step.name;
    }
    return NULL;
}

void demo_bytes_append(lm_buffer *text, const demo_event *event) {
    if (event->kept == 0)
        return;
    size_t whole = event->is_message ? event->size : event->done;
    lm_buffer clean = {0};
    size_t shown = event->kept;
    lm_text_sanitise(&clean, event->bytes, shown);
    while (columns_of(clean.bytes, clean.size) > BYTES_COLUMNS_MAX) { /* a byte less each time, so that no escape is cut */
        lm_buffer_clear(&clean);
        lm_text_sanitise(&clean, event->bytes, --shown);
    }
    text_append(text, "\"");
    lm_buffer_append(text, clean.bytes, clean.size);
    text_append(text, shown < whole ? "...\"" : "\"");
    text->failed = text->failed || clean.failed;
    lm_buffer_free(&clean);
}

/* Appends the result of a call that succeeded. */
static void result_append(lm_buffer *text, const demo_event *event) {
    char address[PAL_ADDRESS_TEXT_SIZE] = "";
    if (event->has_address)
        pal_address_format(&event->address, address, sizeof address);
    switch (event->operation) {
    case PAL_TRACE_BIND:
    case PAL_TRACE_CONNECT:
        text_append(text, " ", address);
        break;
    case PAL_TRACE_ACCEPT:
        text_append(text, " from ", address);
        break;
    case PAL_TRACE_RECEIVE:
        text_append(text, " ");
        markup_counted(text, event->done, "byte", "bytes");
        break;
    case PAL_TRACE_SEND:
        text_append(text, " ");
        if (event->done < event->size) {
            markup_count(text, event->done);
            text_append(text, " of ");
        }
        markup_counted(text, event->size, "byte", "bytes");
        break;
    case PAL_TRACE_SHUTDOWN:
        text_append(text, " (sending)");
        break;
    case PAL_TRACE_CLOSE:
        text_append(text, event->role == PAL_TRACE_LISTENING ? " (listening)" : "");
        break;
    case PAL_TRACE_RESET:
        text_append(text, " with a reset");
        break;
    case PAL_TRACE_CREATE:
    case PAL_TRACE_LISTEN:
    case PAL_TRACE_OPERATION_COUNT:
        break;
    }
}

/* Appends "timed_out" with a blank. */
static void failure_append(lm_buffer *text, pal_status status) {
    text_append(text, " fails: ");
    for (const char *at = pal_status_name(status); *at != '\0'; at++)
        lm_buffer_append(text, *at == '_' ? " " : at, 1);
}

void demo_call_append(lm_buffer *text, const demo_event *event, size_t times) {
    if (event->is_message) {
        text_append(text, "message of ");
        markup_counted(text, event->size, "byte", "bytes");
        return;
    }
    text_append(text, number_text((uint64_t)lesson_step_of(event->operation, event->role).number), " ",
                pal_trace_bsd_name(event->operation));
    if (event->error.status == PAL_END)
        text_append(text, ": the end");
    else if (event->error.status != PAL_OK)
        failure_append(text, event->error.status);
    else if (event->is_completion)
        text_append(text, ": connected");
    else if (event->is_pending && event->operation != PAL_TRACE_CONNECT)
        text_append(text, " waits");
    else
        result_append(text, event);
    if (times > 1)
        text_append(text, " (", number_text(times), " times)");
}
