/* loopmsg probe: checks whether servers answer. */
#include "probe/probe.h"

#include "command_line/exit_codes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "network/interrupt.h"
#include "network/spoken.h"
#include "output/output.h"
#include "pal/clock.h"
#include "probe/rounds.h"
#include "probe/run.h"

#include <string.h>

typedef struct probe_settings {
    int framing;
    bool is_echo;
    const char *message, *greeting, *reply;
    uint64_t timeout_ns;
    probe_schedule schedule;
    target_families families;
} probe_settings;

static bool texts_check(const lm_framing_traits *framing, const char *message, const char *greeting, const char *reply) {
    return spoken_line_check(framing, "--message", message) && spoken_line_check(framing, "--greeting", greeting) &&
           spoken_line_check(framing, "--reply", reply);
}

/* Makes the plan from the texts of the options. If one is wrong, reports it and returns false. */
static bool plan_read(const command_line *line, const probe_settings *settings, probe_plan *plan) {
    lm_framing_kind framing = (lm_framing_kind)settings->framing;
    const char *greeting = settings->greeting, *reply = settings->reply;
    lm_template answer;
    if (!spoken_echo_read(line, settings->is_echo, &framing, &greeting, &reply) || !spoken_reply_read(reply, &answer) ||
        !texts_check(lm_framing_traits_of(framing), settings->message, greeting, reply))
        return false;
    *plan = (probe_plan){
        .framing = framing, .message = settings->message, .timeout_ns = settings->timeout_ns, .families = settings->families};
    lm_buffer_append_text(&plan->greeting, greeting);
    lm_template_append(&answer, &plan->answer, settings->message, strlen(settings->message));
    bool has_memory = !plan->greeting.failed && !plan->answer.failed;
    if (!has_memory) {
        error_line("out of memory");
    } else if (!lm_framing_traits_of(framing)->keeps_bounds && (settings->message[0] == '\0' || plan->answer.size == 0)) {
        error_line(settings->message[0] == '\0' ? "--message: an empty message" : "--reply: an empty answer",
                   " cannot be sent under --framing ", lm_framing_traits_of(framing)->name, "; line and length can carry it");
        return false;
    }
    size_t size = plan->greeting.size > plan->answer.size ? plan->greeting.size : plan->answer.size;
    plan->max_message = size > LM_MESSAGE_SIZE ? LM_MESSAGE_SIZE_MAX : 0;
    return has_memory;
}

static bool options_check(const command_line *line, const probe_settings *settings) {
    if (settings->schedule.wait_ns > 0 && option_is_given(line, "count")) {
        error_line("--wait and --count cannot go together: one ends when every server is up, the other after COUNT probes");
        return false;
    }
    if (settings->schedule.wait_ns == 0 && settings->schedule.count == 1 && option_is_given(line, "interval")) {
        error_line("--interval needs --count or --wait: a single probe has no interval");
        return false;
    }
    return true;
}

static int probe_run(const command_line *line) {
    static char local[] = LM_HOST;
    char *const without_address[] = {local};
    const probe_settings *settings = line->settings;
    probe_plan plan = {0};
    int code = EXIT_USAGE;
    if (options_check(line, settings) && plan_read(line, settings, &plan))
        code = interrupt_watch(NULL);
    if (code == EXIT_DONE && line->positional_count > 0)
        code = probe_rounds_run(&plan, &settings->schedule, line->positionals, line->positional_count);
    else if (code == EXIT_DONE)
        code = probe_rounds_run(&plan, &settings->schedule, without_address, 1);
    lm_buffer_free(&plan.greeting);
    lm_buffer_free(&plan.answer);
    return code;
}

static const option probe_options[] = {
    {.name = "wait",
     .letter = 'w',
     .kind = OPTION_TIME,
     .offset = offsetof(probe_settings, schedule.wait_ns),
     .value_name = "TIME",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "repeat until every ADDRESS is up, for at most TIME"},
    {.name = "count",
     .letter = 'n',
     .kind = OPTION_COUNT,
     .offset = offsetof(probe_settings, schedule.count),
     .value_name = "COUNT",
     .default_value = "1",
     .minimum = 1,
     .maximum = UINT64_C(1000000000),
     .help = "probe each ADDRESS COUNT times; if COUNT is more than 1, print one line per probe"},
    {.name = "interval",
     .letter = 'i',
     .kind = OPTION_TIME,
     .offset = offsetof(probe_settings, schedule.interval_ns),
     .value_name = "TIME",
     .default_words = "1s; 200ms with --wait",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "time between the starts of two probes; with --wait, from the end of one to the start of the next"},
    {.name = "timeout",
     .kind = OPTION_TIME,
     .offset = offsetof(probe_settings, timeout_ns),
     .value_name = "TIME",
     .default_value = "5s",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "wait at most TIME to connect to each address, for the greeting and for the answer; "
             "looking up a name is not limited"},
    FRAMING_OPTION_ROW(probe_settings, "how messages are separated in the stream, the same as on the server; "
                                       "auto also suits chunk and line"),
    {.name = "echo",
     .kind = OPTION_FLAG,
     .offset = offsetof(probe_settings, is_echo),
     .help = "the server returns the bytes and nothing else: --framing raw, no greeting"},
    {.name = "greeting",
     .kind = OPTION_TEXT,
     .offset = offsetof(probe_settings, greeting),
     .value_name = "TEXT",
     .default_value = LM_GREETING,
     .default_words = "'" LM_GREETING "', and none under raw",
     .help = "text that the server sends first, without framing; '' for none"},
    {.name = "message",
     .letter = 'm',
     .kind = OPTION_TEXT,
     .offset = offsetof(probe_settings, message),
     .value_name = "TEXT",
     .default_value = "hello,im client",
     .help = "send this message"},
    {.name = "reply",
     .kind = OPTION_TEXT,
     .offset = offsetof(probe_settings, reply),
     .value_name = "TEMPLATE",
     .default_value = LM_REPLY,
     .default_words = "'" LM_REPLY "', and the message itself under raw",
     .help = "text that the server answers; {message} stands for the message, {{ and }} for single braces"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(probe_settings, schedule.has_json),
     .help = "print each probe as a line of JSON: time, event, target, number, result, exit_code, took_ns, "
             "resolve, connect, greeting, exchange"},
    FAMILY_OPTION_ROWS(probe_settings, "connect to"),
    OPTION_HELP_ROW,
};

static const char *const probe_examples[] = {
    "loopmsg probe",
    "check 'loopmsg serve' on this machine",
    "loopmsg probe host:9999 [2001:db8::7]:9999",
    "check two servers at the same time",
    "loopmsg probe --wait 30s localhost && loopmsg bench",
    "wait until a server that is starting is up, then measure it",
    "loopmsg probe --echo host:7 -n 10 -i 500ms",
    "check an echo server (RFC 862) ten times, every half second",
    "loopmsg probe --json host",
    "print the time and failure of each phase, for a program",
    NULL,
};

const command_row probe_command = {
    .name = "probe",
    .summary = "check whether a server answers, and where it fails",
    .arguments = "[ADDRESS...]",
    .description = "Looks up each ADDRESS, connects, waits for the greeting, sends one message and waits for the answer. "
                   "Prints how long each phase took or why it failed, and the verdict: "
                   "up, name_not_found, refused, unreachable, reset, closed, other_protocol, "
                   "filtered (no answer to any attempt to connect), "
                   "silent (connected, but what was expected did not arrive in time) "
                   "or failed (this machine could not try).\n\n"
                   "A server that does not greet gets the message anyway, and at most two seconds to answer. "
                   "The answer may show which protocol it uses.\n\n" TARGET_CONNECT_WORDS
                   " Up to 16 ADDRESSes are probed at the same time.\n\n"
                   "The exit code is that of the first ADDRESS, in the order given, with a failed probe. "
                   "Of its probes, the first failed one counts; with --wait, the last one. "
                   "The codes are 3 name_not_found, 4 refused or unreachable, 5 filtered or silent, "
                   "6 reset or closed, 8 other_protocol.\n\n" OPTION_TIME_WORDS "; " OPTION_COUNT_WORDS ". " OPTION_LAST_WORDS,
    .examples = probe_examples,
    .options = probe_options,
    .option_count = sizeof probe_options / sizeof probe_options[0],
    .positional_max = PROBE_TARGETS_MAX,
    .settings_size = sizeof(probe_settings),
    .run = probe_run,
};
