/* loopmsg bench: measures a conversation, and proves that every byte came back. */
#include "bench/bench.h"

#include "bench/plan.h"
#include "bench/run.h"
#include "command_line/command_text.h"
#include "command_line/exit_codes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "loopmsg/version.h"
#include "network/trace.h"
#include "output/output.h"
#include "pal/clock.h"
#include "pal/console.h"
#include "pal/system.h"
#include "report/outputs.h"
#include "report/report.h"

#include <assert.h>
#include <stdlib.h>

/* Measures, and gives what was asked for. */
static int report_give(bench_report *report, const bench_run_settings *run, bench_output *output) {
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

/* Room for what is measured of each server, which is too large for the stack. False after telling that there is none. */
static bool servers_open(bench_report *report) {
    uint64_t slices = BENCH_SLICES_MAX;
    if (report->plan.duration_ns > 0) /* and some more while the last answers are awaited */
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
    static const char *const always[] = {"seed", NULL};
    const bench_settings *settings = line->settings;
    bench_report report = {.version = lm_version(), .server_count = settings->compare != NULL ? 2 : 1, .command_count = 1};
    if (!bench_plan_read(line, &report.plan) || !bench_checks_read(&report, &settings->fail_if) ||
        !bench_plan_suits(&report.plan, settings->compare != NULL, report.checks, report.check_count))
        return EXIT_USAGE;
    bench_output output;
    int code = bench_output_open(&output, settings->has_json, settings->hgrm, settings->page);
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
        code = report_give(&report, &run, &output);
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
     .help = "how many at once"},
    {.name = "duration",
     .letter = 'd',
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.duration_ns),
     .value_name = "TIME",
     .default_value = "10s",
     .default_words = "10s, and no limit with --messages",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "send for so long; with --compare, to each of the two servers"},
    {.name = "messages",
     .letter = 'n',
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.messages),
     .value_name = "COUNT",
     .minimum = 1,
     .maximum = UINT64_C(1000000000000),
     .help = "send so many over all connections; with --duration, whichever ends first"},
    {.name = "rate",
     .letter = 'r',
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.rate),
     .value_name = "COUNT",
     .default_words = "a closed loop, in which each connection sends when its last answer is complete",
     .minimum = 1,
     .maximum = LM_LOAD_RATE_MAX,
     .help = "an open loop: so many messages a second over all connections, on a schedule that waits for no answer; latency counts "
             "from when a message was due"},
    {.name = "size",
     .letter = 's',
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, size),
     .value_name = "SIZE",
     .default_value = "64",
     .default_words = "64",
     .help = "bytes of a message; MIN-MAX, such as 16-1k, spreads them evenly; over 1k wants line, length or raw"},
    {.name = "pipeline",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.pipeline),
     .value_name = "COUNT",
     .default_words = "1; in an open loop 65536, and 1 under chunk",
     .minimum = 1,
     .maximum = LM_LOAD_PIPELINE_MAX,
     .help = "messages in flight on a connection at most; in a closed loop more than 1 wants line, length or raw; what an open "
             "loop holds back still counts from when it was due"},
    FRAMING_OPTION_ROW(
        bench_settings,
        "how messages are told apart in the stream, which must be the server's way too; auto sends lines and takes a bare "
        "greeting, as a plain 'loopmsg serve' wants it"),
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
     .help = "what the server sends first, without framing; '' for nothing"},
    {.name = "reply",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, plan.load.reply),
     .value_name = "TEMPLATE",
     .default_value = LM_REPLY,
     .default_words = "'" LM_REPLY "', and the message itself under raw",
     .help = "what the server answers, where {message} stands for the message and {{ and }} for single braces"},
    {.name = "warmup",
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.warmup_ns),
     .value_name = "TIME",
     .default_value = "1s",
     .maximum = OPTION_TIME_MAX_NS,
     .help = "send for so long before, and report that apart; 0 for no warm-up"},
    {.name = "connect-rate",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.connect_rate),
     .value_name = "COUNT",
     .default_words = "as fast as they go",
     .minimum = 1,
     .maximum = LM_LOAD_RATE_MAX,
     .help = "open so many connections a second"},
    {.name = "timeout",
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.load.timeout_ns),
     .value_name = "TIME",
     .default_value = "10s",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "wait so long for each address to connect, for the greeting and for each answer; what takes longer is an error"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.workers),
     .value_name = "COUNT",
     .default_words = "one a processor",
     .minimum = 1,
     .maximum = LM_LOAD_WORKERS_MAX,
     .help = "threads that send; no more than connections are used"},
    {.name = "seed",
     .kind = OPTION_COUNT,
     .offset = offsetof(bench_settings, plan.load.seed),
     .value_name = "NUMBER",
     .default_value = "1",
     .maximum = UINT64_MAX,
     .help = "from which the bytes of every message follow: the same seed, the same bytes"},
    {.name = "no-verify",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, plan.load.is_unverified),
     .help = "count the bytes of answers, and do not compare them"},
    {.name = "no-reconnect",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, plan.load.has_no_reconnect),
     .help = "leave a connection that breaks closed, where otherwise it is opened again after 100ms"},
    {.name = "compare",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, compare),
     .value_name = "ADDRESS",
     .help = "measure this server, too, in turns of --interval with the first one, and print the ratios: the second to the first"},
    {.name = "fail-if",
     .kind = OPTION_TEXTS,
     .offset = offsetof(bench_settings, fail_if),
     .value_name = "EXPR",
     .help = "exit with 1 if this is so, as p99>5ms, errors>0, rate<10k; may be given up to 16 times"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, has_json),
     .help = "print one JSON document with everything in place of the table, also of a run that failed"},
    {.name = "hgrm",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, hgrm),
     .value_name = "FILE",
     .help = "write the response times by percentile there, as HdrHistogram's plotters read them"},
    {.name = "report",
     .kind = OPTION_TEXT,
     .offset = offsetof(bench_settings, page),
     .value_name = "FILE",
     .help = "write a page with charts there: one HTML file, which needs no network"},
    {.name = "interval",
     .kind = OPTION_TIME,
     .offset = offsetof(bench_settings, plan.load.interval_ns),
     .value_name = "TIME",
     .default_value = "1s",
     .minimum = LM_LOAD_INTERVAL_MIN_NS,
     .maximum = OPTION_TIME_MAX_NS,
     .help = "length of the slices of which the course is kept; when given, a line for each goes to standard error in place of "
             "the bar"},
    {.name = "no-progress",
     .kind = OPTION_FLAG,
     .offset = offsetof(bench_settings, has_no_progress),
     .help = "show neither the bar, which only a terminal gets, nor the lines of --interval"},
    TRACE_OPTION_ROW(bench_settings),
    FAMILY_OPTION_ROWS(bench_settings, "connect to"),
    OPTION_HELP_ROW,
};

static const char *const bench_examples[] = {
    "loopmsg bench",
    "10 connections to 'loopmsg serve' on this machine, as fast as it answers, for 10 seconds",
    "loopmsg bench 192.168.1.20:9999 -c 1k -r 10k --report run.html",
    "10,000 messages a second over 1,000 connections, and a page with charts",
    "loopmsg bench --echo host:7 -s 16-64k",
    "an echo server (RFC 862)",
    "loopmsg bench --greeting '' --reply 'HELLO {message}' --framing line host:7777",
    "a server of lines that greets nobody",
    "loopmsg bench -r 1k --fail-if 'p99>5ms' --fail-if 'errors>0' host",
    "a check for a pipeline: exit code 1 if the server is too slow or fails",
    "loopmsg bench --compare host:9998 host:9999 --fail-if 'rate_ratio<0.95'",
    "is the server on port 9998 slower than the one on 9999?",
    NULL,
};

const command_row bench_command = {
    .name = "bench",
    .summary = "measure a server, and check every byte of its answers",
    .arguments = "[ADDRESS]",
    .description =
        "Opens connections to ADDRESS, sends messages, checks every answer to the last byte against what the server is said to "
        "answer, and reports rate, latency and errors. It measures any TCP server that answers messages, as 'loopmsg serve' or an "
        "echo "
        "server does.\n\n"
        "ADDRESS is host:port, [v6]:port, :port, port or host; what is left out is localhost and 9999. The addresses of a name are "
        "tried "
        "250ms apart or as soon as one fails, and the first that answers is taken.\n\n"
        "Response time counts from the moment a message was due, service time from the moment it was sent. A connection that "
        "breaks is "
        "an error, counted by its cause; as long as messages are answered, errors alone do not change the exit code: --fail-if "
        "'errors>0' "
        "does. A wrong byte always does.\n\n"
        "--fail-if takes a metric, one of < <= > >=, and a limit. Times: p50, p99.9 and every other percentile, min, mean, max; "
        "also of "
        "service, lateness and connect times, as in service_p99. Counts: errors, wrong (both of connecting and measuring), lost, "
        "answered, rate. With --compare: rate_ratio, p50_ratio, p99_ratio. What cannot be told, as a percentile without an "
        "answer, "
        "fails.\n\n"
        "The first Ctrl-C ends the run and reports; the second exits at once. Times are 50us, 500ms, 1.5s, 1m or 0, sizes 1000, "
        "64k or 1M, "
        "counts 100 or 10k. Of an option given twice the last counts, but for --fail-if.",
    .examples = bench_examples,
    .options = bench_options,
    .option_count = sizeof bench_options / sizeof bench_options[0],
    .positional_max = 1,
    .settings_size = sizeof(bench_settings),
    .run = bench_command_run,
};
