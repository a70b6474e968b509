#include "report/page/page.h"

#include "output/append.h"
#include "output/json.h"
#include "output/markup.h"
#include "output/measured.h"
#include "output/units.h"
#include "report/fail_if.h"
#include "report/page/distribution.h"
#include "report/page/style.h"
#include "report/page/tables.h"
#include "report/page/timeline.h"

#include <assert.h>
#include <string.h>

/* --- head --------------------------------------------------------------------------------------------------------------------- */

/* The start of measuring, or of the last phase before it: "2026-01-31 12:00:00 UTC"; nothing if there was no phase. */
static void begin_append(lm_buffer *output, const bench_server *server) {
    const lm_load_result *phases[] = {&server->measured, &server->warmup, &server->connecting};
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if (phases[i]->begin_wall_ns <= 0)
            continue;
        const size_t date_size = sizeof "2026-01-31" - 1;
        const size_t time_size = sizeof "12:00:00" - 1;
        lm_buffer text = {0};
        json writer = {.output = &text};
        json_time(&writer, NULL, phases[i]->begin_wall_ns); /* in quotes */
        if (text.size > 1 + date_size + 1 + time_size) {
            lm_buffer_append(output, text.bytes + 1, date_size);
            text_append(output, " ");
            lm_buffer_append(output, text.bytes + 1 + date_size + 1, time_size);
            text_append(output, " UTC");
        }
        lm_buffer_free(&text);
        return;
    }
}

/* "10 connections, open loop at 1,000 messages per second, for 10s" */
static void plan_summary_append(lm_buffer *output, const bench_plan *plan) {
    char text[UNIT_TEXT_SIZE];
    markup_counted(output, plan->load.connections, "connection", "connections");
    if (plan->load.rate > 0) {
        text_append(output, ", open loop at ");
        markup_counted(output, plan->load.rate, "message", "messages");
        text_append(output, " per second");
    } else {
        text_append(output, ", closed loop");
    }
    if (plan->messages > 0) {
        text_append(output, ", ");
        markup_counted(output, plan->messages, "message", "messages");
    }
    if (plan->duration_ns > 0)
        text_append(output, plan->messages > 0 ? ", at most " : ", for ", time_format(plan->duration_ns, text));
}

static void head_append(lm_buffer *output, const bench_report *report) {
    text_append(output, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                        /* The page loads and runs nothing, and makes browsers enforce it. */
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                        "<title>loopmsg bench ");
    markup_text(output, report->servers[0]->address);
    text_append(output, "</title>\n<style>\n");
    page_style_append(output);
    text_append(output, "</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"over\">loopmsg ",
                report->is_merged ? "merge" : "bench", "</p>\n<h1>");
    markup_text(output, report->servers[0]->address);
    text_append(output, "</h1>\n<p class=\"under\">");
    plan_summary_append(output, &report->plan);
    text_append(output, "<br>");
    begin_append(output, report->servers[0]);
    text_append(output, "</p>\n");
}

/* --- verdicts ----------------------------------------------------------------------------------------------------------------- */

static void verdict_begin(lm_buffer *output, const char *kind, const char *word) {
    text_append(output, "<li class=\"", kind, "\"><b>", word, "</b> <span>");
}

static void verdict_end(lm_buffer *output) {
    text_append(output, "</span></li>\n");
}

static void verdict_append(lm_buffer *output, const char *kind, const char *word, const char *text) {
    verdict_begin(output, kind, word);
    markup_text(output, text);
    verdict_end(output);
}

/* Each line of the report's failure. */
static void failures_append(lm_buffer *output, const char *failure) {
    while (*failure != '\0') {
        size_t size = strcspn(failure, "\n");
        lm_buffer line = {0};
        lm_buffer_append(&line, failure, size);
        verdict_append(output, "bad", "FAILED", lm_buffer_text(&line));
        output->failed = output->failed || line.failed;
        lm_buffer_free(&line);
        failure += size + (failure[size] == '\n' ? 1 : 0);
    }
}

/* Appends nothing if the failures include it. */
static void wrong_append(lm_buffer *output, const bench_report *report, const lm_load_wrong *wrong, const char *phase) {
    lm_buffer text = {0};
    text_append(&text, "The first wrong byte arrived ", phase, ": ");
    size_t words = text.size;
    bench_wrong_append(&text, wrong);
    const char *sentence = lm_buffer_text(&text);
    output->failed = output->failed || text.failed;
    if (!text.failed && strstr(report->failure, sentence + words) == NULL)
        verdict_append(output, "bad", "WRONG", sentence);
    lm_buffer_free(&text);
}

static void checked_append(lm_buffer *output, const bench_report *report) {
    const lm_load_result *measured = &report->servers[0]->measured;
    if (report->plan.load.is_unverified) {
        verdict_append(output, "note", "NOTE", "Answers were counted, not compared (--no-verify).");
        return;
    }
    if (measured->answered == 0)
        return;
    verdict_begin(output, "good", "RIGHT");
    text_append(output, "Every byte of ");
    markup_counted(output, measured->answered, "answer", "answers");
    text_append(output, " was compared and is as expected.");
    verdict_end(output);
}

static void checks_append(lm_buffer *output, const bench_report *report, bool has_failed) {
    char buffer[FAIL_IF_TEXT_SIZE];
    for (size_t i = 0; i < report->check_count; i++) {
        const fail_if *check = &report->checks[i];
        if (fail_if_fails(check) == has_failed)
            verdict_append(output, has_failed ? "bad" : "good", has_failed ? "FAILED" : "HELD", fail_if_describe(check, buffer));
    }
}

static void verdicts_append(lm_buffer *output, const bench_report *report) {
    char buffer[BENCH_LIMIT_SIZE];
    const char *limit = bench_limit_describe(report, report->servers[0], buffer);
    const char *phase;
    const lm_load_wrong *wrong = bench_wrong_find(report->servers[0], &phase);
    text_append(output, "<ul class=\"verdicts\">\n");
    failures_append(output, report->failure);
    checks_append(output, report, true);
    if (wrong != NULL)
        wrong_append(output, report, wrong, phase);
    else
        checked_append(output, report);
    checks_append(output, report, false);
    if (limit != NULL) {
        verdict_begin(output, "note", "LIMIT");
        text_append(output, "The generator was the limit, not the server: ");
        markup_text(output, limit);
        text_append(output, ".");
        verdict_end(output);
    }
    if (report->is_interrupted)
        verdict_append(output, "note", "NOTE", "The run was interrupted. The numbers are those measured until then.");
    if (report->is_merged) {
        verdict_begin(output, "note", "NOTE");
        markup_counted(output, report->command_count, "run was", "runs were");
        text_append(output, " merged into this report.");
        verdict_end(output);
    }
    text_append(output, "</ul>\n");
}

/* --- headline numbers --------------------------------------------------------------------------------------------------------- */

/* One tile: NAME, the number with its unit, and what it means. */
static void tile_append(lm_buffer *output, const char *name, const char *value, bool is_bad, const char *meaning) {
    text_append(output, "<div><dt>", name, "</dt><dd class=\"big", is_bad ? " bad" : "", "\">", value, "</dd><dd class=\"small\">",
                meaning, "</dd></div>\n");
}

static void time_tile_append(lm_buffer *output, const char *name, const lm_histogram *times, double quantile, const char *meaning) {
    tile_append(output, name, times->total > 0 ? time_text(lm_histogram_quantile_ns(times, quantile)) : "none", false, meaning);
}

/* As in --fail-if: errors while connecting count, those of the warm-up do not. */
static void errors_tile_append(lm_buffer *output, const bench_server *server) {
    uint64_t connecting = lm_load_errors(&server->connecting);
    uint64_t errors = connecting + lm_load_errors(&server->measured);
    lm_buffer meaning = {0};
    text_append(&meaning, server->measured.lost == 0 ? "no answer" : number_text(server->measured.lost), " lost");
    if (connecting > 0)
        text_append(&meaning, "; ", number_text(connecting), " while connecting");
    if (lm_load_errors(&server->warmup) > 0)
        text_append(&meaning, "; ", number_text(lm_load_errors(&server->warmup)), " in the warm-up, not counted");
    tile_append(output, "Errors", number_text(errors), errors > 0, lm_buffer_text(&meaning));
    output->failed = output->failed || meaning.failed;
    lm_buffer_free(&meaning);
}

static void bytes_tile_append(lm_buffer *output, const bench_report *report) {
    uint64_t received = report->servers[0]->measured.bytes_received;
    const char *phase;
    bool is_wrong = bench_wrong_find(report->servers[0], &phase) != NULL;
    if (report->plan.load.is_unverified)
        tile_append(output, "Bytes received", size_text(received), is_wrong, "not compared");
    else if (is_wrong)
        tile_append(output, "Bytes checked", size_text(received), true, "compared; not all are as expected");
    else
        tile_append(output, "Bytes checked", size_text(received), false,
                    received > 0 ? "every one as expected" : "nothing was received");
}

/* As a whole number, if that is short. */
static void rate_tile_append(lm_buffer *output, const bench_report *report) {
    double rate = bench_rate(&report->servers[0]->measured);
    lm_buffer number = {0};
    if (rate >= 100 && rate < 1e6)
        markup_count(&number, (uint64_t)(rate + 0.5));
    else
        text_append(&number, count_text(rate));
    tile_append(output, "Rate", lm_buffer_text(&number), false,
                report->plan.load.rate > 0 ? "answers per second, open loop" : "answers per second, closed loop");
    output->failed = output->failed || number.failed;
    lm_buffer_free(&number);
}

static void tiles_append(lm_buffer *output, const bench_report *report) {
    const lm_histogram *response = &report->servers[0]->measured.response;
    text_append(output, "<dl class=\"tiles\">\n");
    rate_tile_append(output, report);
    time_tile_append(output, "p50", response, 0.5, "half of all answers took no longer");
    time_tile_append(output, "p99", response, 0.99, "99 in 100 answers took no longer");
    time_tile_append(output, "Max", response, 1, "the slowest answer");
    errors_tile_append(output, report->servers[0]);
    bytes_tile_append(output, report);
    text_append(output, "</dl>\n");
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

void page_append(lm_buffer *output, const bench_report *report) {
    assert(report->server_count == 1 && report->command_count > 0);
    head_append(output, report);
    verdicts_append(output, report);
    tiles_append(output, report);
    text_append(output, "</header>\n<div class=\"charts\">\n");
    page_distribution_append(output, report);
    page_timeline_append(output, report);
    text_append(output, "</div>\n");
    page_numbers_append(output, report);
    page_settings_append(output, report);
    text_append(output, "</main>\n</body>\n</html>\n");
}
