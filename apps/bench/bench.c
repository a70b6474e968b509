/* loopmsg bench: measures a conversation, and proves that every byte came back. */
#include "bench/bench.h"

#include "bench/outputs.h"
#include "bench/plan.h"
#include "bench/run.h"
#include "command_line/command_text.h"
#include "command_line/exit_codes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "loopmsg/version.h"
#include "network/targets.h"
#include "network/trace.h"
#include "output/output.h"
#include "pal/clock.h"
#include "pal/console.h"
#include "pal/system.h"
#include "report/report.h"

#include <assert.h>
#include <stdlib.h>

/* Runs, and writes all forms of the report. */
static int run_and_report(bench_report *report, const bench_run_settings *run, bench_output *output) {
    lm_buffer failures = {0};
    int code = EXIT_USAGE;
    if (bench_run(report, run, &failures)) {
        bench_checks_evaluate(report);
        code = bench_output_write(output, report);
    }
    bench_output_close(output);
    lm_buffer_free(&failures);
    return code;
}

/* Allocates the results, which are too large for the stack. Without memory, prints an error and returns false. */
static bool servers_open(bench_report *report) {
    uint64_t slices = BENCH_SLICES_MAX;
    if (report->plan.duration_ns > 0) /* and some while the last answers are pending */
        slices = (report->plan.duration_ns + report->plan.load.timeout_ns) / report->plan.load.interval_ns + 2;
    if (slices > BENCH_SLICES_MAX)
        slices = BENCH_SLICES_MAX;
    assert(report->server_count <= BENCH_SERVERS_MAX);
    for (size_t i = 0; i < report->server_count; i++) {
        bench_server *server = calloc(1, sizeof *server);
        report->servers[i] = server;
        if (server != NULL)
            server->slices = calloc((size_t)slices, sizeof *server->slices);
        if (server == NULL || server->slices == NULL) {
            error_line("out of memory");
            return false;
        }
        server->slice_capacity = (size_t)slices;
    }
    return true;
}

static void servers_close(bench_report *report) {
    for (size_t i = 0; i < report->server_count; i++) {
        if (report->servers[i] != NULL)
            free(report->servers[i]->slices);
        free(report->servers[i]);
    }
}

static int bench_command_run(const command_line *line) {
    static const char *const always[] = {"seed", NULL}; /* in the report's command, even if not given */
    const bench_settings *settings = line->settings;
    bench_report report = {.version = lm_version(), .server_count = settings->compare != NULL ? 2 : 1, .command_count = 1};
    if (!bench_plan_read(line, &report.plan) || !bench_checks_read(&report, &settings->output.fail_if) ||
        !bench_checks_suit(&report))
        return EXIT_USAGE;
    bench_output output;
    int code = bench_output_open(&output, &settings->output);
    if (code != EXIT_DONE)
        return code;
    bool has_lines = option_is_given(line, "interval") && !settings->has_no_progress;
    bench_run_settings run = {
        .targets = {line->positional_count > 0 ? line->positionals[0] : LM_HOST, settings->compare},
        .families = settings->families,
        .has_lines = has_lines,
        .has_bar = !has_lines && !settings->has_no_progress && !option_is_given(line, "trace") &&
                   pal_console_is_terminal(PAL_STANDARD_ERROR),
    };
    char system[256];
    report.system = pal_system_description(system, sizeof system);
    lm_buffer command = {0};
    command_line_append(&command, line, always);
    const char *commands[] = {lm_buffer_text(&command)};
    report.commands = commands;
    code = EXIT_FAILED;
    trace_begin(line, settings->trace);
    if (servers_open(&report))
        code = run_and_report(&report, &run, &output);
    else
        bench_output_close(&output);
    trace_end();
    servers_close(&report);
    lm_buffer_free(&command);
    return code;
}

static const option bench_options[] = {
    {.name = "connections",
     .letter = 'c',
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.connections),
     .value_name = "COUNT",
     .default_value = "10",
     .minimum = 1,
     .maximum = LM_LOAD_CONNECTIONS_MAX,
     .help = "open COUNT connections at the same time"},
    {.name = "duration",
     .letter = 'd',
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.duration_ns),
     .value_name = "TIME",
     .default_value = "10s",
     .default_words = "10s, and no limit with --messages",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "send for TIME; with --compare, for TIME to each server"},
    {.name = "messages",
     .letter = 'n',
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.messages),
     .value_name = "COUNT",
     .minimum = 1,
     .maximum = UINT64_C(1000000000000),
     .help = "send COUNT messages over all connections; with --duration, the first limit reached ends the run"},
    {.name = "rate",
     .letter = 'r',
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.rate),
     .value_name = "COUNT",
     .default_words = "a closed loop: each connection sends when its last answer is complete",
     .minimum = 1,
     .maximum = LM_LOAD_RATE_MAX,
     .help = "an open loop: send COUNT messages per second over all connections, without waiting for answers; "
             "latency counts from when a message is due"},
    {.name = "size",
     .letter = 's',
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, size),
     .value_name = "SIZE",
     .default_value = "64",
     .default_words = "64",
     .help = "bytes per message; MIN-MAX, such as 16-1k, spreads sizes evenly; over 1k requires line, length or raw"},
    {.name = "pipeline",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.pipeline),
     .value_name = "COUNT",
     .default_words = "1; in an open loop 65536, and 1 under chunk",
     .minimum = 1,
     .maximum = LM_LOAD_PIPELINE_MAX,
     .help = "at most COUNT messages in flight per connection; more than 1 in a closed loop requires line, length or raw; "
             "a message that an open loop holds back still counts from when it is due"},
    FRAMING_OPTION_ROW(bench_settings,
                       "how messages are separated in the stream, the same as on the server; "
                       "auto sends lines and expects a greeting without framing, to match 'loopmsg serve' without options"),
    {.name = "echo",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, is_echo),
     .help = "the server returns the bytes and nothing else: --framing raw, no greeting"},
    {.name = "greeting",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, plan.load.greeting),
     .value_name = "TEXT",
     .default_value = LM_GREETING,
     .default_words = "'" LM_GREETING "', and none under raw",
     .help = "text that the server sends first, without framing; '' for none"},
    {.name = "reply",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, plan.load.reply),
     .value_name = "TEMPLATE",
     .default_value = LM_REPLY,
     .default_words = "'" LM_REPLY "', and the message itself under raw",
     .help = "text that the server answers; {message} stands for the message, {{ and }} for single braces"},
    {.name = "warmup",
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.warmup_ns),
     .value_name = "TIME",
     .default_value = "1s",
     .maximum = OPTION_TIME_MAX_NS,
     .help = "send for TIME before measuring, and report that separately; 0 for no warm-up"},
    {.name = "connect-rate",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.connect_rate),
     .value_name = "COUNT",
     .default_words = "unlimited",
     .minimum = 1,
     .maximum = LM_LOAD_RATE_MAX,
     .help = "open COUNT connections per second"},
    {.name = "timeout",
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.load.timeout_ns),
     .value_name = "TIME",
     .default_value = "10s",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "wait at most TIME to connect to each address, for the greeting and for each answer; a longer wait is an error"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.workers),
     .value_name = "COUNT",
     .default_words = "one per processor",
     .minimum = 1,
     .maximum = LM_LOAD_WORKERS_MAX,
     .help = "threads that send; at most one per connection is used"},
    {.name = "seed",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.seed),
     .value_name = "NUMBER",
     .default_value = "1",
     .maximum = UINT64_MAX,
     .help = "number that the bytes of all messages derive from: the same seed sends the same bytes"},
    {.name = "no-verify",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, plan.load.is_unverified),
     .help = "count the bytes of answers, but do not compare them"},
    {.name = "no-reconnect",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, plan.load.has_no_reconnect),
     .help = "leave broken connections closed, instead of opening them again after 100ms"},
    {.name = "compare",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, compare),
     .value_name = "ADDRESS",
     .help = "also measure this server, in turns of --interval with the first, and print the ratios of the second to the first"},
    {.name = "fail-if",
     .kind = OPTION_TEXTS,
     .offset = offsetof(bench_settings, output.fail_if),
     .value_name = "EXPR",
     .help = "exit with 1 if EXPR is true, such as p99>5ms, errors>0 or rate<10k; may be given up to 16 times"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, output.has_json),
     .help = "print one JSON document with all results instead of the table, also if the run failed"},
    OUTPUT_FILE_OPTION_ROWS(bench_settings),
    {.name = "interval",
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.load.interval_ns),
     .value_name = "TIME",
     .default_value = "1s",
     .minimum = LM_LOAD_INTERVAL_MIN_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "length of the slices that show results over time; "
             "when given, a line for each slice goes to standard error instead of the bar"},
    {.name = "no-progress",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, has_no_progress),
     .help = "print neither the bar, which appears only on a terminal, nor the lines of --interval"},
    TRACE_OPTION_ROW(bench_settings),
    FAMILY_OPTION_ROWS(bench_settings, "connect to"),
    OPTION_HELP_ROW,
};

static const char *const bench_examples[] = {
    "loopmsg bench",
    "10 connections to 'loopmsg serve' on this machine, as fast as it answers, for 10 seconds",
    "loopmsg bench 192.168.1.20:9999 -c 1k -r 10k --report run.html",
    "10,000 messages per second over 1,000 connections, and a page with charts",
    "loopmsg bench --echo host:7 -s 16-64k",
    "an echo server (RFC 862)",
    "loopmsg bench --greeting '' --reply 'HELLO {message}' --framing line host:7777",
    "a server that answers lines and sends no greeting",
    "loopmsg bench -r 1k --fail-if 'p99>5ms' --fail-if 'errors>0' host",
    "a check for a CI pipeline: exit code 1 if the server is too slow or fails",
    "loopmsg bench --compare host:9998 host:9999 --fail-if 'rate_ratio<0.95'",
    "is the server on port 9998 slower than the one on 9999?",
    NULL,
};

const command_row bench_command = {
    .name = "bench",
    .summary = "measure a server, and check every byte of its answers",
    .arguments = "[ADDRESS]",
    .description =
        "Opens connections to ADDRESS and sends messages. "
        "Compares every answer to the last byte with the expected one, and reports rate, latency and errors. "
        "Any TCP server that answers messages can be measured, such as 'loopmsg serve' or an echo server.\n\n" TARGET_CONNECT_WORDS
        "\n\n"
        "Response time counts from the moment a message is due, service time from the moment it is sent. "
        "A broken connection is an error, counted by its cause. "
        "As long as messages are answered, errors do not change the exit code; use --fail-if 'errors>0' to fail on any error. "
        "A wrong byte always changes the exit code.\n\n"
        "--fail-if takes a metric, one of < <= > >=, and a limit. "
        "Times: p50, p99.9 or any other percentile, min, mean, max; "
        "also of service, lateness and connect times, such as service_p99. "
        "Counts: errors and wrong (while connecting and while measuring), lost, answered, rate. "
        "With --compare: rate_ratio, p50_ratio, p99_ratio. "
        "A metric without a value, such as a percentile when there is no answer, fails the run.\n\n"
        "The first Ctrl-C ends the run and prints the report; the second exits immediately. " OPTION_TIME_WORDS
        "; " OPTION_SIZE_WORDS "; " OPTION_COUNT_WORDS ". " OPTION_LAST_WORDS " Only --fail-if may be repeated.",
    .examples = bench_examples,
    .options = bench_options,
    .option_count = sizeof bench_options / sizeof bench_options[0],
    .positional_max = 1,
    .settings_size = sizeof(bench_settings),
    .run = bench_command_run,
};
