#include "report/page/tables.h"

#include "output/append.h"
#include "output/markup.h"
#include "output/measured.h"
#include "output/units.h"
#include "pal/status.h"
#include "report/report.h"

#include <assert.h>

#define NOTHING "-" /* as in the text table */

/* A wide table scrolls in its own box, also by the keyboard. */
static void table_begin(lm_buffer *output, const char *caption) {
    text_append(output, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", caption, "\"><table><caption>",
                caption, "</caption>\n");
}

static void table_end(lm_buffer *output) {
    text_append(output, "</tbody></table></div>\n");
}

static void headings_append(lm_buffer *output, const char *const *headings, size_t count) {
    text_append(output, "<thead><tr><td></td>");
    for (size_t i = 0; i < count; i++)
        text_append(output, "<th scope=\"col\">", headings[i], "</th>");
    text_append(output, "</tr></thead>\n<tbody>\n");
}

static void row_begin(lm_buffer *output, const char *name) {
    text_append(output, "<tr><th scope=\"row\">", name, "</th>");
}

static void row_end(lm_buffer *output) {
    text_append(output, "</tr>\n");
}

/* --- times -------------------------------------------------------------------------------------------------------------------- */

enum { TIMES_MAX = 6 };

typedef struct times_columns {
    size_t count;
    const char *headings[TIMES_MAX];
    const lm_histogram *times[TIMES_MAX];
} times_columns;

static void column_add(times_columns *columns, const char *heading, const lm_histogram *times) {
    assert(columns->count < TIMES_MAX);
    columns->headings[columns->count] = heading;
    columns->times[columns->count++] = times;
}

static times_columns times_columns_of(const bench_report *report) {
    const bench_server *server = report->servers[0];
    times_columns columns = {0};
    column_add(&columns, "Response time", &server->measured.response);
    if (report->plan.load.rate > 0) {
        column_add(&columns, "Service time", &server->measured.service);
        column_add(&columns, "Generator lateness", &server->measured.lateness);
    }
    column_add(&columns, "Connect time", &server->connecting.connect);
    if (server->measured.connect.total > 0)
        column_add(&columns, "Opened again", &server->measured.connect);
    if (report->plan.warmup_ns > 0)
        column_add(&columns, "Response, warm-up", &server->warmup.response);
    return columns;
}

static void times_table(lm_buffer *output, const bench_report *report) {
    times_columns columns = times_columns_of(report);
    table_begin(output, "Times");
    headings_append(output, columns.headings, columns.count);
    for (size_t i = 0; i < BENCH_PERCENTILES; i++) {
        row_begin(output, bench_percentiles[i].name);
        for (size_t column = 0; column < columns.count; column++) {
            char text[UNIT_TEXT_SIZE];
            text_append(output, "<td>", bench_quantile_cell(columns.times[column], bench_percentiles[i].quantile, text), "</td>");
        }
        row_end(output);
    }
    row_begin(output, "mean");
    for (size_t column = 0; column < columns.count; column++) {
        const lm_histogram *times = columns.times[column];
        text_append(output, "<td>", times->total > 0 ? time_text(lm_histogram_mean_ns(times)) : NOTHING, "</td>");
    }
    row_end(output);
    table_end(output);
    if (report->plan.load.rate > 0)
        text_append(
            output,
            "<p class=\"under\">Response time counts from the moment a message is due, service time from the moment it is sent. ",
            "Lateness is the time from when a message is due until the generator handles it.</p>\n");
    else
        text_append(output,
                    "<p class=\"under\">In a closed loop a message is due when it is sent: response time is service time.</p>\n");
}

/* --- counts ------------------------------------------------------------------------------------------------------------------- */

enum { PHASE_COUNT = 3 };

static const char *const phase_headings[PHASE_COUNT] = {"Connecting", "Warm-up", "Measured"};

static void count_row(lm_buffer *output, const char *name, const uint64_t counts[PHASE_COUNT], bool has_connecting) {
    row_begin(output, name);
    for (size_t i = 0; i < PHASE_COUNT; i++) {
        text_append(output, "<td>");
        if (i == 0 && !has_connecting)
            text_append(output, NOTHING);
        else
            markup_count(output, counts[i]);
        text_append(output, "</td>");
    }
    row_end(output);
}

static void rate_row(lm_buffer *output, const lm_load_result *const phases[PHASE_COUNT]) {
    row_begin(output, "Answers per second");
    for (size_t i = 0; i < PHASE_COUNT; i++)
        text_append(output, "<td>", i > 0 ? count_text(bench_rate(phases[i])) : NOTHING, "</td>");
    row_end(output);
}

static void time_row(lm_buffer *output, const char *name, const uint64_t times_ns[PHASE_COUNT]) {
    row_begin(output, name);
    for (size_t i = 0; i < PHASE_COUNT; i++)
        text_append(output, "<td>", time_text(times_ns[i]), "</td>");
    row_end(output);
}

static void processor_row(lm_buffer *output, const lm_load_result *const phases[PHASE_COUNT]) {
    row_begin(output, "Processor time per answer");
    for (size_t i = 0; i < PHASE_COUNT; i++) {
        bool is_known = phases[i]->answered > 0;
        text_append(output, "<td>", is_known ? time_text((double)phases[i]->processor_ns / (double)phases[i]->answered) : NOTHING,
                    "</td>");
    }
    row_end(output);
}

#define COUNTS_OF(member) ((const uint64_t[PHASE_COUNT]){phases[0]->member, phases[1]->member, phases[2]->member})

static void counts_table(lm_buffer *output, const bench_report *report, const lm_load_result *const phases[PHASE_COUNT]) {
    table_begin(output, "Counts");
    headings_append(output, phase_headings, PHASE_COUNT);
    time_row(output, "Time", COUNTS_OF(elapsed_ns));
    rate_row(output, phases);
    if (report->plan.load.rate > 0)
        count_row(output, "Messages due", COUNTS_OF(due), false);
    count_row(output, "Messages sent", COUNTS_OF(sent), false);
    count_row(output, "Messages answered", COUNTS_OF(answered), false);
    count_row(output, "Messages lost", COUNTS_OF(lost), false);
    count_row(output, "Bytes sent", COUNTS_OF(bytes_sent), true);
    count_row(output, "Bytes received", COUNTS_OF(bytes_received), true);
    count_row(output, "Connections opened", COUNTS_OF(connected), true);
    time_row(output, "Processor time", COUNTS_OF(processor_ns));
    processor_row(output, phases);
    table_end(output);
}

static void errors_table(lm_buffer *output, const lm_load_result *const phases[PHASE_COUNT]) {
    const uint64_t errors[PHASE_COUNT] = {lm_load_errors(phases[0]), lm_load_errors(phases[1]), lm_load_errors(phases[2])};
    if (errors[0] + errors[1] + errors[2] == 0) {
        text_append(output, "<p class=\"under\">Errors: none.</p>\n");
        return;
    }
    table_begin(output, "Errors by cause");
    headings_append(output, phase_headings, PHASE_COUNT);
    for (int cause = 0; cause < LM_LOAD_ERROR_COUNT; cause++) {
        const uint64_t *counts = COUNTS_OF(errors[cause]);
        if (counts[0] + counts[1] + counts[2] > 0)
            count_row(output, bench_error_words((lm_load_error)cause), counts, true);
    }
    count_row(output, "all", errors, true);
    table_end(output);
    for (size_t i = PHASE_COUNT; i-- > 0;) {
        char text[PAL_ERROR_TEXT_SIZE];
        if (phases[i]->last_error.status == PAL_OK)
            continue;
        text_append(output, "<p class=\"under\">The system&rsquo;s reason for the last error: ");
        markup_text(output, pal_error_text(phases[i]->last_error, text, sizeof text));
        text_append(output, ".</p>\n");
        return;
    }
}

void page_numbers_append(lm_buffer *output, const bench_report *report) {
    const bench_server *server = report->servers[0];
    const lm_load_result *const phases[PHASE_COUNT] = {&server->connecting, &server->warmup, &server->measured};
    text_append(output, "<section>\n<h2>All numbers</h2>\n");
    times_table(output, report);
    counts_table(output, report, phases);
    errors_table(output, phases);
    text_append(output, "</section>\n");
}

/* --- settings ----------------------------------------------------------------------------------------------------------------- */

static void setting_begin(lm_buffer *output, const char *name) {
    row_begin(output, name);
    text_append(output, "<td>");
}

static void setting_end(lm_buffer *output) {
    text_append(output, "</td>");
    row_end(output);
}

static void setting_text(lm_buffer *output, const char *name, const char *text) {
    setting_begin(output, name);
    markup_text(output, text);
    setting_end(output);
}

static void setting_count(lm_buffer *output, const char *name, uint64_t count) {
    setting_begin(output, name);
    markup_count(output, count);
    setting_end(output);
}

/* NONE is shown for 0. */
static void setting_time(lm_buffer *output, const char *name, uint64_t time_ns, const char *none) {
    char text[UNIT_TEXT_SIZE];
    setting_text(output, name, time_ns > 0 ? time_format(time_ns, text) : none);
}

static void setting_rate(lm_buffer *output, const char *name, uint64_t rate, const char *none) {
    setting_begin(output, name);
    if (rate > 0)
        markup_count(output, rate);
    text_append(output, rate > 0 ? " per second" : none);
    setting_end(output);
}

/* As code, so that blanks are visible. */
static void setting_quoted(lm_buffer *output, const char *name, const char *text) {
    setting_begin(output, name);
    if (text[0] != '\0') {
        text_append(output, "<code>");
        markup_text(output, text);
        text_append(output, "</code>");
    } else {
        text_append(output, "none");
    }
    setting_end(output);
}

static void setting_size(lm_buffer *output, const bench_plan *plan) {
    setting_begin(output, "Message size");
    markup_count(output, plan->load.size_min);
    if (plan->load.size_max != plan->load.size_min) {
        text_append(output, " to ");
        markup_count(output, plan->load.size_max);
    }
    text_append(output, plan->load.size_max == 1 ? " byte" : " bytes");
    setting_end(output);
}

static void plan_append(lm_buffer *output, const bench_plan *plan) {
    setting_count(output, "Connections", plan->load.connections);
    setting_count(output, "Worker threads", plan->load.workers);
    setting_rate(output, "Message rate", plan->load.rate, "none: closed loop");
    setting_count(output, "Pipeline", plan->load.pipeline);
    setting_time(output, "Duration", plan->duration_ns, "no limit");
    if (plan->messages > 0)
        setting_count(output, "Messages", plan->messages);
    setting_time(output, "Warm-up", plan->warmup_ns, "none");
    setting_size(output, plan);
    setting_text(output, "Framing", lm_framing_name(plan->load.framing));
    setting_quoted(output, "Greeting expected", plan->load.greeting);
    setting_quoted(output, "Reply expected", plan->load.reply);
    setting_text(output, "Answers", plan->load.is_unverified ? "counted only" : "compared to the last byte");
    setting_text(output, "Seed", number_text(plan->load.seed));
    setting_rate(output, "Connect rate", plan->load.connect_rate, "unlimited");
    setting_text(output, "Broken connections", plan->load.has_no_reconnect ? "stay closed" : "are opened again");
    setting_time(output, "Timeout", plan->load.timeout_ns, "none");
    setting_time(output, "Interval", plan->load.interval_ns, "none");
}

void page_settings_append(lm_buffer *output, const bench_report *report) {
    text_append(output, "<section>\n<h2>To run it again</h2>\n<pre>");
    for (size_t i = 0; i < report->command_count; i++) {
        markup_text(output, report->commands[i]);
        text_append(output, "\n");
    }
    text_append(output, "</pre>\n<table class=\"settings\"><caption>Settings", report->is_merged ? ", of all runs together" : "",
                "</caption>\n<tbody>\n");
    plan_append(output, &report->plan);
    setting_text(output, "loopmsg", report->version);
    setting_text(output, "System", report->system);
    if (report->poller[0] != '\0')
        setting_text(output, "Poller", report->poller);
    setting_text(output, "Exit code", number_text((uint64_t)report->exit_code));
    text_append(output, "</tbody></table>\n</section>\n");
}
