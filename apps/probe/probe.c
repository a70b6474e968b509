/* loopmsg probe: checks whether servers answer. A round probes every ADDRESS at the same time; --count and --wait ask for more
 * rounds. */
#include "probe/probe.h"

#include "command_line/exit_codes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "network/interrupt.h"
#include "network/spoken.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/console.h"
#include "pal/container.h"
#include "probe/output.h"
#include "probe/run.h"

#include <stdlib.h>
#include <string.h>

#define INTERVAL_NS PAL_SECOND_NS
#define WAIT_INTERVAL_NS (200 * PAL_MILLISECOND_NS)

typedef struct probe_settings {
    int framing;
    bool is_echo, has_json;
    const char *message, *greeting, *reply;
    uint64_t timeout_ns, wait_ns, count, interval_ns;
    target_families families;
} probe_settings;

typedef struct probe_target {
    probe probe;
    probe_result reported; /* with --wait, the result last printed */
    bool is_done;          /* with --wait, it is up */
    int exit_code;         /* of its first failed probe; with --wait, of the last probe */
    uint64_t up_count;
} probe_target;

typedef struct probe_rounds {
    const probe_settings *settings;
    probe_plan plan;
    probe_target *targets;
    size_t target_count;
    size_t under_way;
    pal_loop loop;
    pal_timer pause;
    uint64_t interval_ns;
    uint64_t begin_ns, deadline_ns; /* UINT64_MAX without --wait */
    lm_buffer output;
    bool has_failed; /* to write */
} probe_rounds;

/* -- printing -- */

static void rounds_write(probe_rounds *rounds) {
    if (!rounds->has_failed && !output_write(&rounds->output))
        rounds->has_failed = true;
    lm_buffer_clear(&rounds->output);
}

/* Prints the verdict: up on standard output, anything else as an error. */
static void verdict_report(probe_rounds *rounds, const probe *self) {
    if (self->result == PROBE_UP) {
        if (rounds->settings->has_json)
            return;
        probe_verdict_append(&rounds->output, self);
        lm_buffer_append_text(&rounds->output, "\n");
        rounds_write(rounds);
        return;
    }
    lm_buffer verdict = {0};
    probe_verdict_append(&verdict, self);
    error_sentence(&verdict);
    lm_buffer_free(&verdict);
}

/* Prints that a target is down and will be probed again, once for each result. */
static void wait_report(probe_target *target) {
    if (target->reported == target->probe.result)
        return;
    target->reported = target->probe.result;
    notice_line(target->probe.target, ": ", probe_result_name(target->reported), "; waiting for it");
}

static bool rounds_go_on(const probe_rounds *rounds, uint64_t number) {
    if (rounds->settings->wait_ns > 0)
        return pal_clock_now_ns() + rounds->interval_ns < rounds->deadline_ns;
    return number < rounds->settings->count;
}

static void target_report(probe_rounds *rounds, const probe_target *target) {
    if (rounds->settings->count == 1 && !rounds->settings->has_json) {
        probe_phases_append(&rounds->output, &target->probe);
        rounds_write(rounds);
    }
    verdict_report(rounds, &target->probe);
}

/* Takes note of a probe that is over. */
static void target_end(probe_rounds *rounds, probe_target *target) {
    bool is_waiting = rounds->settings->wait_ns > 0;
    int code = target->probe.exit_code;
    if (target->exit_code == EXIT_DONE || is_waiting)
        target->exit_code = code;
    target->up_count += code == EXIT_DONE;
    target->is_done = is_waiting && code == EXIT_DONE;
    if (rounds->settings->has_json) {
        probe_json_append(&rounds->output, &target->probe);
        rounds_write(rounds);
    }
    if (!is_waiting || target->is_done)
        target_report(rounds, target);
}

static void probe_ended(probe *self) {
    probe_rounds *rounds = self->owner;
    target_end(rounds, PAL_CONTAINER_OF(self, probe_target, probe));
    if (--rounds->under_way == 0)
        pal_loop_stop(&rounds->loop);
}

/* -- rounds -- */

/* Looks up every target that is not done. If one is not an address, reports it and returns false. */
static bool round_resolve(probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe *self = &rounds->targets[i].probe;
        if (rounds->targets[i].is_done || probe_resolve(self) || self->exit_code != EXIT_USAGE)
            continue;
        error_sentence(&self->sentence);
        return false;
    }
    return true;
}

static void round_run(probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe_target *target = &rounds->targets[i];
        if (target->is_done)
            continue;
        if (target->probe.exit_code != EXIT_DONE) {
            target_end(rounds, target);
            continue;
        }
        rounds->under_way++;
        probe_start(&target->probe);
    }
    if (rounds->under_way > 0)
        pal_loop_run(&rounds->loop);
}

/* At the end of a round, reports the targets that are not up. */
static void round_report_waiting(probe_rounds *rounds, bool is_last) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe_target *target = &rounds->targets[i];
        if (!target->is_done && is_last)
            target_report(rounds, target);
        else if (!target->is_done)
            wait_report(target);
    }
}

static void pause_expired(pal_timer *timer) {
    probe_rounds *rounds = PAL_CONTAINER_OF(timer, probe_rounds, pause);
    pal_loop_stop(&rounds->loop);
}

/* Rounds start at multiples of the interval, or immediately if one took longer. */
static void round_pause(probe_rounds *rounds, uint64_t number) {
    uint64_t next_ns = rounds->begin_ns + number * rounds->interval_ns;
    if (rounds->settings->wait_ns > 0) /* gives a server that is down that time to start */
        next_ns = pal_clock_now_ns() + rounds->interval_ns;
    pal_timer_start(&rounds->loop, &rounds->pause, next_ns);
    pal_loop_run(&rounds->loop);
}

static bool rounds_are_done(const probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        if (!rounds->targets[i].is_done)
            return false;
    }
    return true;
}

static void summary_print(probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        const probe_target *target = &rounds->targets[i];
        line_append(&rounds->output, target->probe.target, ": up in ", number_text(target->up_count), " of ",
                    number_text(rounds->settings->count), " probes");
    }
    rounds_write(rounds);
}

/* Runs every round, and returns the exit code of the first target that failed. */
static int rounds_run(probe_rounds *rounds) {
    rounds->begin_ns = pal_clock_now_ns();
    rounds->deadline_ns = rounds->settings->wait_ns > 0 ? rounds->begin_ns + rounds->settings->wait_ns : UINT64_MAX;
    for (size_t i = 0; i < rounds->target_count; i++)
        rounds->targets[i].probe.deadline_ns = rounds->deadline_ns;
    for (uint64_t number = 1;; number++) {
        if (!round_resolve(rounds))
            return EXIT_USAGE;
        round_run(rounds);
        bool is_last = rounds->has_failed || rounds_are_done(rounds) || !rounds_go_on(rounds, number);
        if (rounds->settings->wait_ns > 0)
            round_report_waiting(rounds, is_last);
        if (is_last)
            break;
        round_pause(rounds, number);
    }
    if (rounds->settings->count > 1 && !rounds->settings->has_json)
        summary_print(rounds);
    if (rounds->has_failed)
        return EXIT_FAILED;
    for (size_t i = 0; i < rounds->target_count; i++) {
        if (rounds->targets[i].exit_code != EXIT_DONE)
            return rounds->targets[i].exit_code;
    }
    return EXIT_DONE;
}

/* -- opening -- */

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
    if (settings->wait_ns > 0 && option_is_given(line, "count")) {
        error_line("--wait and --count cannot go together: one ends when every server is up, the other after COUNT probes");
        return false;
    }
    if (settings->wait_ns == 0 && settings->count == 1 && option_is_given(line, "interval")) {
        error_line("--interval needs --count or --wait: a single probe has no interval");
        return false;
    }
    return true;
}

static int targets_probe(probe_rounds *rounds, const command_line *line) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe *self = &rounds->targets[i].probe;
        self->loop = &rounds->loop;
        self->plan = &rounds->plan;
        self->target = line->positional_count > 0 ? line->positionals[i] : LM_HOST;
        self->ended = probe_ended;
        self->owner = rounds;
    }
    pal_error error = pal_loop_open(&rounds->loop);
    if (error.status != PAL_OK) {
        loop_error_line(error);
        return EXIT_FAILED;
    }
    int code = rounds_run(rounds);
    pal_loop_close(&rounds->loop);
    for (size_t i = 0; i < rounds->target_count; i++)
        probe_free(&rounds->targets[i].probe);
    return code;
}

static int probe_run(const command_line *line) {
    const probe_settings *settings = line->settings;
    probe_rounds rounds = {.settings = settings, .pause.expired = pause_expired};
    int code = EXIT_USAGE;
    rounds.interval_ns = settings->wait_ns > 0 ? WAIT_INTERVAL_NS : INTERVAL_NS;
    if (settings->interval_ns > 0)
        rounds.interval_ns = settings->interval_ns;
    if (options_check(line, settings) && plan_read(line, settings, &rounds.plan)) {
        code = interrupt_watch(NULL);
        rounds.target_count = line->positional_count > 0 ? line->positional_count : 1;
        rounds.targets = calloc(rounds.target_count, sizeof *rounds.targets);
        if (rounds.targets == NULL) {
            error_line("out of memory");
            code = EXIT_FAILED;
        } else if (code == EXIT_DONE) {
            code = targets_probe(&rounds, line);
        }
    }
    free(rounds.targets);
    lm_buffer_free(&rounds.output);
    lm_buffer_free(&rounds.plan.greeting);
    lm_buffer_free(&rounds.plan.answer);
    return code;
}

static const option probe_options[] = {
    {.name = "wait",
     .letter = 'w',
     .kind = OPTION_TIME,
     .offset = offsetof(probe_settings, wait_ns),
     .value_name = "TIME",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "repeat until every ADDRESS is up, for at most TIME"},
    {.name = "count",
     .letter = 'n',
     .kind = OPTION_COUNT,
     .offset = offsetof(probe_settings, count),
     .value_name = "COUNT",
     .default_value = "1",
     .minimum = 1,
     .maximum = UINT64_C(1000000000),
     .help = "probe each ADDRESS COUNT times; if COUNT is more than 1, print one line per probe"},
    {.name = "interval",
     .letter = 'i',
     .kind = OPTION_TIME,
     .offset = offsetof(probe_settings, interval_ns),
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
                                       "auto fits auto, chunk and line"),
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
     .offset = offsetof(probe_settings, has_json),
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
