#include "report/table.h"

#include "output/append.h"
#include "output/measured.h"
#include "output/units.h"
#include "pal/clock.h"
#include "report/comparison.h"
#include "report/fail_if.h"
#include "report/histogram.h"
#include "report/report.h"
#include "report/rows.h"

#include <assert.h>
#include <stdio.h>

#define COLUMNS_MAX 4

/* VALUE per second of RESULT; 0 if no time has passed. */
static double per_second(uint64_t value, const lm_load_result *result) {
    return result->elapsed_ns == 0 ? 0 : (double)value * (double)PAL_SECOND_NS / (double)result->elapsed_ns;
}

/* --- the settings ------------------------------------------------------------------------------------------------------------- */

static void load_append(lm_buffer *text, const bench_plan *plan) {
    if (plan->load.rate > 0)
        text_append(text, "open loop, ", number_text(plan->load.rate), " messages/s over ");
    else
        text_append(text, "closed loop, ");
    text_append(text, number_text(plan->load.connections), plan->load.connections == 1 ? " connection" : " connections");
    if (plan->load.rate == 0 && plan->load.pipeline > 1)
        text_append(text, " with ", number_text(plan->load.pipeline), " messages in flight each");
    text_append(text, ", ", number_text(plan->load.size_min));
    if (plan->load.size_max > plan->load.size_min)
        text_append(text, " to ", number_text(plan->load.size_max));
    text_append(text, plan->load.size_max == 1 ? " byte" : " bytes", " per message, ", number_text(plan->load.workers),
                plan->load.workers == 1 ? " thread" : " threads", ", seed ", number_text(plan->load.seed));
}

static void head_append(lm_buffer *output, unsigned width, const bench_report *report) {
    static const char *const labels[BENCH_SERVERS_MAX] = {"server A", "server B"};
    lm_buffer text = {0};
    for (size_t i = 0; i < report->server_count; i++) {
        text_append(&text, report->servers[i]->address);
        bench_row_append(output, width, report->server_count == 1 ? "server" : labels[i], &text);
    }
    load_append(&text, &report->plan);
    bench_row_append(output, width, "load", &text);
    if (report->is_merged) {
        text_append(&text, number_text(report->command_count), report->command_count == 1 ? " run" : " runs",
                    " added up: counts and rates are sums");
        bench_row_append(output, width, "merged", &text);
    }
    lm_buffer_free(&text);
}

/* --- what one server did ------------------------------------------------------------------------------------------------------ */

static void messages_append(lm_buffer *output, unsigned width, const bench_report *report, const lm_load_result *result) {
    lm_buffer text = {0};
    if (result->due != result->sent)
        text_append(&text, number_text(result->due), " due, ");
    text_append(&text, number_text(result->sent), " sent, ", number_text(result->answered), " answered, ",
                number_text(result->lost), " lost");
    bench_row_append(output, width, "messages", &text);
    text_append(&text, count_text(bench_rate(result)), " answers/s for ", time_text(result->elapsed_ns));
    if (report->plan.load.rate > 0)
        text_append(&text, " (requested: ", count_text(report->plan.load.rate), "/s)");
    bench_row_append(output, width, "rate", &text);
    text_append(&text, size_text(result->bytes_sent), " sent (", size_text(per_second(result->bytes_sent, result)), "/s), ",
                size_text(result->bytes_received), " received (", size_text(per_second(result->bytes_received, result)), "/s)");
    bench_row_append(output, width, "bytes", &text);
    lm_buffer_free(&text);
}

static void connected_append(lm_buffer *output, unsigned width, const bench_server *server) {
    lm_buffer text = {0};
    uint64_t later = server->warmup.connected + server->measured.connected;
    text_append(&text, number_text(server->connecting.connected), " at the start");
    if (server->connecting.elapsed_ns > 0)
        text_append(&text, " in ", time_text(server->connecting.elapsed_ns));
    if (later > 0)
        text_append(&text, ", ", number_text(later), " later");
    bench_row_append(output, width, "connected", &text);
    lm_buffer_free(&text);
}

static void processor_append(lm_buffer *output, unsigned width, const lm_load_result *result) {
    char part[UNIT_TEXT_SIZE];
    lm_buffer text = {0};
    double processors = per_second(result->processor_ns, result) / (double)PAL_SECOND_NS;
    (void)snprintf(part, sizeof part, "%.0f %%", processors * 100);
    text_append(&text, time_text(result->processor_ns), " used by this program (", part, " of one)");
    if (result->answered > 0)
        text_append(&text, ", ", time_text((double)result->processor_ns / (double)result->answered), " per answer");
    bench_row_append(output, width, "processor", &text);
    lm_buffer_free(&text);
}

static void warmup_append(lm_buffer *output, unsigned width, const lm_load_result *warmup) {
    if (warmup->elapsed_ns == 0)
        return;
    lm_buffer text = {0};
    text_append(&text, "not counted: ", number_text(warmup->answered), " answered in ", time_text(warmup->elapsed_ns), ", ",
                count_text(bench_rate(warmup)), "/s");
    if (warmup->response.total > 0)
        text_append(&text, ", p99 ", time_text(lm_histogram_quantile_ns(&warmup->response, 0.99)));
    bench_row_append(output, width, "warm-up", &text);
    lm_buffer_free(&text);
}

/* Times are columns and percentiles rows, to fit a narrow terminal. */
static void times_append(lm_buffer *output, unsigned width, const bench_report *report, const bench_server *server) {
    const char *names[COLUMNS_MAX] = {"response", "connect", "service", "lateness"};
    const lm_histogram *const histograms[COLUMNS_MAX] = {&server->measured.response, &server->connecting.connect,
                                                         &server->measured.service, &server->measured.lateness};
    bool is_open = report->plan.load.rate > 0;
    size_t columns = is_open ? COLUMNS_MAX : 2;
    lm_buffer_append_text(output, "\n");
    bench_cells_append(output, "time", names, columns, "");
    for (size_t i = 0; i < BENCH_PERCENTILES; i++) {
        char buffers[COLUMNS_MAX][UNIT_TEXT_SIZE];
        const char *cells[COLUMNS_MAX] = {0};
        for (size_t j = 0; j < columns; j++)
            cells[j] = bench_quantile_cell(histograms[j], bench_percentiles[i].quantile, buffers[j]);
        bench_cells_append(output, bench_percentiles[i].name, cells, columns, "");
    }
    lm_buffer text = {0};
    if (is_open)
        text_append(&text, "response counts from when a message is due, service from when it is sent; ",
                    "lateness is the delay of the generator itself");
    else
        text_append(&text, "closed loop: a message is due when it is sent, so service time equals response time");
    bench_row_append(output, width, "", &text);
    lm_buffer_free(&text);
}

static void server_append(lm_buffer *output, unsigned width, const bench_report *report, const bench_server *server) {
    messages_append(output, width, report, &server->measured);
    bench_judgement_append(output, width, report, server, "");
    connected_append(output, width, server);
    processor_append(output, width, &server->measured);
    warmup_append(output, width, &server->warmup);
    times_append(output, width, report, server);
    bench_histogram_append(output, width, &server->measured.response);
}

/* --- the whole ---------------------------------------------------------------------------------------------------------------- */

static void checks_append(lm_buffer *output, unsigned width, const bench_report *report) {
    char buffer[FAIL_IF_TEXT_SIZE];
    lm_buffer text = {0};
    for (size_t i = 0; i < report->check_count; i++) {
        const fail_if *check = &report->checks[i];
        text_append(&text, fail_if_fails(check) ? "FAILED " : "held ", fail_if_describe(check, buffer));
        bench_row_append(output, width, i == 0 ? "fail-if" : "", &text);
    }
    lm_buffer_free(&text);
}

void bench_table_append(lm_buffer *output, const bench_report *report, unsigned width) {
    assert(report->server_count >= 1 && report->server_count <= BENCH_SERVERS_MAX);
    width = width < BENCH_WIDTH_MIN ? BENCH_WIDTH_MIN : width > BENCH_WIDTH_MAX ? BENCH_WIDTH_MAX : width;
    lm_buffer text = {0};
    head_append(output, width, report);
    if (report->is_interrupted) {
        text_append(&text, "interrupted: results up to then");
        bench_row_append(output, width, "note", &text);
    }
    if (report->server_count == 1)
        server_append(output, width, report, report->servers[0]);
    else
        bench_comparison_append(output, width, report);
    if (report->check_count > 0) {
        lm_buffer_append_text(output, "\n");
        checks_append(output, width, report);
    }
    lm_buffer_free(&text);
}
