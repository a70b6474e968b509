/* loopmsg talk: checks its command line, connects, and runs the conversation of messages.c or raw.c. */
#include "talk/talk.h"

#include "command_line/exit_codes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "network/interrupt.h"
#include "network/spoken.h"
#include "network/trace.h"
#include "output/output.h"
#include "pal/console.h"
#include "talk/messages.h"
#include "talk/raw.h"
#include "talk/session.h"

#include <string.h>

/* Static, because the thread that reads standard input lives as long as the process. */
static talk conversation;

/* Reports options that contradict each other; then false. */
static bool options_check(const command_line *line, const talk_settings *settings) {
    static const char *const spoken[] = {"farewell", "no-greeting", "plain", "json", NULL};
    const char *given = option_first_given(line, spoken);
    const lm_framing_traits *traits = framing_chosen(settings->framing);
    if (!traits->has_messages && given != NULL) {
        error_line("--", given, " cannot go with --framing ", traits->name, ", which has no messages: it sends bytes as they are");
        return false;
    }
    if (!traits->has_messages && line->positional_count > 1) {
        error_line("'", line->positionals[1], "' cannot be sent under --framing ", traits->name, ", which sends standard input");
        return false;
    }
    if (settings->is_plain && settings->has_json) {
        error_line("--plain and --json cannot go together: each prints answers in its own way");
        return false;
    }
    return true;
}

static bool messages_check(const talk_settings *settings, char *const *messages, size_t count) {
    const lm_framing_traits *traits = framing_chosen(settings->framing);
    if (!spoken_line_check(traits, "--farewell", settings->farewell))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!spoken_line_check(traits, "message", messages[i]))
            return false;
        bool is_farewell = messages[i][0] != '\0' && strcmp(messages[i], settings->farewell) == 0;
        if (is_farewell && i + 1 < count) {
            error_line("message '", messages[i], "' is the farewell, so '", messages[i + 1],
                       "' after it cannot be sent; --farewell chooses another one");
            return false;
        }
    }
    return true;
}

/* Runs the conversation until it ends, and returns the exit code. */
static int conversation_run(talk *self, const pal_address *addresses, size_t count) {
    pal_error error = pal_loop_open(&self->loop);
    if (error.status != PAL_OK) {
        loop_error_line(error);
        return EXIT_FAILED;
    }
    const talk_settings *settings = self->settings;
    bool has_messages = framing_chosen(settings->framing)->has_messages;
    lm_client_settings client = {.addresses = addresses,
                                 .address_count = count,
                                 .framing = (lm_framing_kind)settings->framing,
                                 .max_message = LM_MESSAGE_SIZE_MAX, /* an answer is printed whole, however long */
                                 .connect_timeout_ns = settings->timeout_ns};
    self->is_person = self->message_count == 0 && pal_console_is_terminal(PAL_STANDARD_INPUT);
    lm_client_open(&self->client, &self->loop, has_messages ? talk_messages_prepare(self) : talk_raw_prepare(self), &client);
    pal_loop_run(&self->loop);
    input_close(&self->input);
    pal_loop_close(&self->loop);
    lm_buffer_free(&self->attempts);
    lm_buffer_free(&self->output);
    lm_buffer_free(&self->pending);
    return self->exit_code;
}

static int talk_run(const command_line *line) {
    talk *self = &conversation;
    self->settings = line->settings;
    self->target = line->positional_count > 0 ? line->positionals[0] : LM_HOST;
    self->messages = line->positionals + 1;
    self->message_count = line->positional_count > 0 ? line->positional_count - 1 : 0;
    if (!options_check(line, self->settings) || !messages_check(self->settings, self->messages, self->message_count))
        return EXIT_USAGE;
    int code = interrupt_watch(NULL);
    if (code != EXIT_DONE)
        return code;
    pal_address addresses[LM_ADDRESSES_MAX];
    size_t count = 0;
    code = target_find(self->target, TARGET_CONNECT, self->settings->families, addresses, &count);
    if (code != EXIT_DONE)
        return code;
    trace_begin(line, self->settings->trace);
    code = conversation_run(self, addresses, count);
    trace_end();
    return code;
}

static const option talk_options[] = {
    FRAMING_OPTION_ROW(talk_settings, "how messages are separated in the stream, the same as on the server; "
                                      "auto also suits chunk and line"),
    {.name = "farewell",
     .kind = OPTION_TEXT,
     .offset = offsetof(talk_settings, farewell),
     .value_name = "TEXT",
     .default_value = LM_FAREWELL,
     .help = "the last message, which ends the conversation; '' for none"},
    {.name = "timeout",
     .kind = OPTION_TIME,
     .offset = offsetof(talk_settings, timeout_ns),
     .value_name = "TIME",
     .default_value = "10s",
     .maximum = OPTION_TIME_MAX_NS,
     .help = "wait at most TIME to connect to each address, for each answer, and under raw for the peer to close; 0 waits forever"},
    {.name = "no-greeting",
     .kind = OPTION_FLAG,
     .offset = offsetof(talk_settings, has_no_greeting),
     .help = "do not wait for a greeting before the first message"},
    {.name = "plain",
     .kind = OPTION_FLAG,
     .offset = offsetof(talk_settings, is_plain),
     .help = "print answers without '-->>'; a file or pipe gets their exact bytes"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(talk_settings, has_json),
     .help = "print each event as a line of JSON: time, event (connected, sent, message, closed), "
             "peer, bytes, text, sent_bytes, cause"},
    TRACE_OPTION_ROW(talk_settings),
    FAMILY_OPTION_ROWS(talk_settings, "connect to"),
    OPTION_HELP_ROW,
};

static const char *const talk_examples[] = {
    "loopmsg talk localhost 'hello,im client'",
    "send one message and print its answer",
    "loopmsg talk 192.168.1.20:9999",
    "type messages and see the answers; 'exit' or Ctrl-D ends it",
    "seq 3 | loopmsg talk --framing line --plain",
    "send three lines to a server with --framing line, and print only what it sends",
    "loopmsg talk --framing raw host:9999 < file > copy",
    "send the bytes of a file, and save the bytes that come back",
    NULL,
};

const command_row talk_command = {
    .name = "talk",
    .summary = "send messages and print the answers",
    .arguments = "[ADDRESS] [MESSAGE...]",
    .description =
        "Connects to ADDRESS and prints the greeting. "
        "Sends each MESSAGE when the one before is answered, prints the answers, sends the farewell and closes.\n\n"
        "Without a MESSAGE, each line of standard input is one. At a terminal, answers are printed as they arrive. "
        "A line that equals the farewell ends the conversation. The end of input (Ctrl-D at a terminal) also ends "
        "it.\n\n" TARGET_CONNECT_WORDS " An argument after '--' is never an option.\n\n"
        "With --framing raw, standard input goes to the peer byte for byte. "
        "What the peer sends goes to standard output, until the peer closes. "
        "At the end of input, talk closes its sending half of the connection.\n\n" OPTION_TIME_WORDS ". " OPTION_LAST_WORDS,
    .examples = talk_examples,
    .options = talk_options,
    .option_count = sizeof talk_options / sizeof talk_options[0],
    .positional_max = SIZE_MAX,
    .settings_size = sizeof(talk_settings),
    .run = talk_run,
};
