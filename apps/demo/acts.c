/* How server and client behave in each act, and the summary of what happened, which is made from the record alone. */
#include "demo/acts.h"

#include "loopmsg/conversation.h"
#include "output/append.h"
#include "output/markup.h"
#include "output/measured.h"

#define LARGE_SIZE 70000u /* more than one receive takes, which is PAL_RECEIVE_SIZE at most */

/* --- counting ----------------------------------------------------------------------------------------------------------------- */

static const demo_event *event_of(const demo_picture *picture, size_t number) {
    return &picture->record->events[number];
}

static bool is_found(size_t event) {
    return event != DEMO_NONE;
}

/* The event at the other end of the first link that starts at EVENT, or DEMO_NONE. */
static size_t found_by(const demo_picture *picture, size_t event) {
    for (size_t i = 0; i < picture->link_count; i++) {
        if (picture->links[i].from == event)
            return picture->links[i].to;
    }
    return DEMO_NONE;
}

static size_t calls_of(const demo_picture *picture, demo_side side, pal_trace_operation operation) {
    size_t count = 0;
    while (is_found(demo_event_find(picture, side, operation, count)))
        count++;
    return count;
}

/* The first event of SIDE that failed with STATUS, or DEMO_NONE. */
static size_t failure_of(const demo_picture *picture, demo_side side, pal_status status) {
    const demo_record *record = picture->record;
    for (size_t i = 0; i < record->count; i++) {
        if (record->events[i].side == side && record->events[i].error.status == status)
            return i;
    }
    return DEMO_NONE;
}

/* --- the conversation --------------------------------------------------------------------------------------------------------- */

static void conversation_describe(const demo_picture *picture, lm_buffer *summary) {
    const demo_record *record = picture->record;
    uint64_t last_ns = 0;
    for (size_t i = 0; i < record->count; i++)
        last_ns = record->events[i].time_ns > last_ns ? record->events[i].time_ns : last_ns;
    text_append(summary, "An arrow starts at the call that sends and ends at the call that it wakes. ");
    markup_counted(summary, record->count, "event", "events");
    text_append(summary, " in ", time_text(record->count > 0 ? last_ns - record->events[0].time_ns : 0), ".");
}

static const demo_step conversation_steps[] = {{1, "hello,im client", 0}, {2, LM_FAREWELL, 0}};

static const demo_act conversation_acts[] = {
    {.title = "One conversation: a server has five steps, a client three",
     .introduction = "A real server and a real client in this process, on a free port of the loopback interface. "
                     "Each column shows the calls of one side, in their order.",
     .server_framing = LM_FRAMING_AUTO,
     .client_framing = LM_FRAMING_AUTO,
     .greeting = LM_GREETING,
     .steps = conversation_steps,
     .step_count = 2,
     .describe = conversation_describe},
};

/* --- coalesce ----------------------------------------------------------------------------------------------------------------- */

/* Appends sizes as "(5, 5 and 70,000 bytes)". */
static void sizes_append(lm_buffer *summary, const size_t *sizes, size_t count) {
    text_append(summary, "(");
    for (size_t i = 0; i < count; i++) {
        text_append(summary, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        markup_count(summary, sizes[i]);
    }
    text_append(summary, " bytes)");
}

static void coalesce_describe_two(const demo_picture *picture, lm_buffer *summary) {
    size_t first = found_by(picture, demo_event_find(picture, DEMO_CLIENT, PAL_TRACE_SEND, 0));
    size_t second = found_by(picture, demo_event_find(picture, DEMO_CLIENT, PAL_TRACE_SEND, 1));
    if (!is_found(first) || !is_found(second))
        return;
    if (first == second) {
        text_append(summary, "Two sends arrived as one receive of ");
        markup_counted(summary, event_of(picture, first)->done, "byte", "bytes");
        text_append(summary, ". ");
    } else {
        text_append(summary, "This time the first two sends arrived as two receives; nothing guarantees that. ");
    }
}

static void coalesce_describe_large(const demo_picture *picture, lm_buffer *summary) {
    size_t large = demo_event_find(picture, DEMO_CLIENT, PAL_TRACE_SEND, 2);
    if (!is_found(large))
        return;
    size_t receives = demo_links_from(picture, large);
    text_append(summary, "One send of ");
    markup_counted(summary, event_of(picture, large)->done, "byte", "bytes");
    text_append(summary, " arrived as ");
    markup_counted(summary, receives, "receive", "receives");
    text_append(summary, ". ");
}

/* Compares the messages that the server's framing found with those that were sent. */
static void coalesce_describe_messages(const demo_picture *picture, lm_buffer *summary) {
    static const size_t meant[] = {5, 5, LARGE_SIZE};
    const size_t meant_count = sizeof meant / sizeof meant[0];
    const demo_record *record = picture->record;
    size_t sizes[8];
    size_t count = 0, shown = 0;
    bool is_same = true;
    for (size_t i = 0; i < record->count; i++) {
        if (!record->events[i].is_message)
            continue;
        is_same = is_same && count < meant_count && record->events[i].size == meant[count];
        count++;
        if (shown < sizeof sizes / sizeof sizes[0])
            sizes[shown++] = record->events[i].size;
    }
    is_same = is_same && count == meant_count;
    text_append(summary, "The client sent ");
    markup_counted(summary, meant_count, "message ", "messages ");
    sizes_append(summary, meant, meant_count);
    text_append(summary, is_same ? "; the server found the same " : "; the server found ");
    markup_counted(summary, count, "message", "messages");
    if (!is_same && shown > 0) {
        text_append(summary, shown < count ? ", first these " : " ");
        sizes_append(summary, sizes, shown);
    }
    text_append(summary, ".");
}

static void coalesce_describe(const demo_picture *picture, lm_buffer *summary) {
    coalesce_describe_two(picture, summary);
    coalesce_describe_large(picture, summary);
    coalesce_describe_messages(picture, summary);
}

#define TWO_SMALL                                                                                                                  \
    {0, "hello", 0}, {                                                                                                             \
        0, "world", 0                                                                                                              \
    }

/* Under chunk the client cannot know how many messages the server finds: it waits for one answer, which comes in any case. */
static const demo_step chunk_steps[] = {TWO_SMALL, {1, "x", LARGE_SIZE}, {2, NULL, 0}};
static const demo_step framed_steps[] = {TWO_SMALL, {2, "x", LARGE_SIZE}, {3, NULL, 0}};

/* The server is held in its accept until both sends are done: its first receive finds the bytes of both. */
#define COALESCE_HOLDS                                                                                                             \
    {                                                                                                                              \
        { .side = DEMO_SERVER, .after = PAL_TRACE_ACCEPT, .count = 1, .until = PAL_TRACE_SEND, .until_count = 2 }                  \
    }

#define COALESCE_ACT(kind, steps_of)                                                                                               \
    .server_framing = (kind), .client_framing = (kind), .greeting = "", .counts = true, .shows_messages = true,                    \
    .steps = (steps_of), .step_count = 4, .holds = COALESCE_HOLDS, .describe = coalesce_describe

static const demo_act coalesce_acts[] = {
    {.title = "Without a framing (chunk): each receive counts as a message",
     .introduction =
         "The server is held after its accept until the client has sent twice. "
         "Then the client sends more at once than a receive has room for. The server answers each message with its size.",
     COALESCE_ACT(LM_FRAMING_CHUNK, chunk_steps)},
    {.title = "The same under line: a message ends with a line ending",
     .introduction = "The bytes travel as before, but now a line ending marks the end of each message.",
     COALESCE_ACT(LM_FRAMING_LINE, framed_steps)},
    {.title = "The same under length: a message begins with its size",
     .introduction = "Four bytes before each message give its size.",
     COALESCE_ACT(LM_FRAMING_LENGTH, framed_steps)},
};

/* --- half-close --------------------------------------------------------------------------------------------------------------- */

static void half_close_describe(const demo_picture *picture, lm_buffer *summary) {
    size_t shutdown = demo_event_find(picture, DEMO_CLIENT, PAL_TRACE_SHUTDOWN, 0);
    size_t end = failure_of(picture, DEMO_SERVER, PAL_END);
    size_t after = 0;
    size_t receive;
    for (size_t i = 0; is_found(receive = demo_event_find(picture, DEMO_CLIENT, PAL_TRACE_RECEIVE, i)); i++) {
        if (is_found(shutdown) && receive > shutdown)
            after += event_of(picture, receive)->done;
    }
    if (is_found(shutdown) && is_found(end))
        text_append(summary, "The client's shutdown woke the server with the end of the stream. "
                             "From that the server knew that the message was whole. ");
    text_append(summary, "The other half stayed open: after its shutdown the client still received ");
    markup_counted(summary, after, "byte", "bytes");
    text_append(summary, ". A close would have ended both halves.");
}

static const demo_step half_close_steps[] = {{0, "hello,im client", 0}, {0, NULL, 0}};

static const demo_act half_close_acts[] = {
    {.title = "Half-close: stop sending, but still receive",
     .introduction = "The server waits for a line. The client sends one without its line ending, then shuts down its sending half.",
     .server_framing = LM_FRAMING_LINE,
     .client_framing = LM_FRAMING_RAW,
     .greeting = "",
     .shows_messages = true,
     .steps = half_close_steps,
     .step_count = 2,
     .describe = half_close_describe},
};

/* --- reset -------------------------------------------------------------------------------------------------------------------- */

/* How many bytes the server sent that nobody received. */
static size_t bytes_lost(const demo_picture *picture) {
    size_t lost = 0;
    for (size_t i = 0; i < picture->record->count; i++)
        lost += event_of(picture, i)->side == DEMO_SERVER ? picture->lost[i] : 0;
    return lost;
}

static void reset_describe_server(const demo_picture *picture, lm_buffer *summary) {
    if (is_found(failure_of(picture, DEMO_SERVER, PAL_RESET)))
        text_append(summary, "The server's call failed: the connection was reset. ");
    else if (is_found(failure_of(picture, DEMO_SERVER, PAL_END)))
        text_append(summary, "The server received an end, which the client's system sent before the close, and no reset. ");
    else
        text_append(summary, "The server did not see it. ");
}

static void reset_describe(const demo_picture *picture, lm_buffer *summary) {
    if (calls_of(picture, DEMO_CLIENT, PAL_TRACE_RESET) > 0)
        text_append(summary, "The client reset the connection instead of ending it. ");
    reset_describe_server(picture, summary);
    text_append(summary, "After a reset nothing more is sent or received, and bytes that were still on their way are lost.");
}

static void unread_describe(const demo_picture *picture, lm_buffer *summary) {
    size_t lost = bytes_lost(picture);
    markup_counted(summary, lost, "byte that the server had sent was", "bytes that the server had sent were");
    text_append(summary, " never received. ");
    reset_describe_server(picture, summary);
    text_append(summary, "A close that leaves bytes unread makes the system send a reset. "
                         "To avoid it, shut down first, and receive until the end.");
}

static const demo_act reset_acts[] = {
    {.title = "Reset: a client that does not end in order",
     .introduction = "The client receives the greeting, then closes in a way that sends a reset instead of an end.",
     .server_framing = LM_FRAMING_CHUNK,
     .greeting = LM_GREETING,
     .manner = DEMO_RESETS,
     .describe = reset_describe},
    {.title = "Reset by accident: a close that leaves bytes unread",
     .introduction =
         "The client waits until the greeting is sent, and closes without receiving it. The server is held until that close.",
     .server_framing = LM_FRAMING_CHUNK,
     .greeting = LM_GREETING,
     .manner = DEMO_LEAVES,
     .holds = {{.side = DEMO_CLIENT, .after = PAL_TRACE_CONNECT, .count = 1, .until = PAL_TRACE_SEND, .until_count = 1},
               {.side = DEMO_SERVER, .after = PAL_TRACE_SEND, .count = 1, .until = PAL_TRACE_CLOSE, .until_count = 1}},
     .describe = unread_describe},
};

/* --- the table ---------------------------------------------------------------------------------------------------------------- */

const demo_scenario demo_scenarios[] = {
    {"", conversation_acts, sizeof conversation_acts / sizeof conversation_acts[0]},
    {"coalesce", coalesce_acts, sizeof coalesce_acts / sizeof coalesce_acts[0]},
    {"half-close", half_close_acts, sizeof half_close_acts / sizeof half_close_acts[0]},
    {"reset", reset_acts, sizeof reset_acts / sizeof reset_acts[0]},
};
const size_t demo_scenario_count = sizeof demo_scenarios / sizeof demo_scenarios[0];
