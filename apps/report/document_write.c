/* All that the report holds, and what most readers would compute from it. */
#include "report/document_write.h"

#include "output/json.h"
#include "output/units.h"
#include "report/document.h"
#include "report/fail_if.h"

#include <assert.h>
#include <string.h>

static void counts_write(json *writer, const document_counts *counts, const void *object) {
    for (size_t i = 0; i < counts->count; i++) {
        const document_count *row = &counts->rows[i];
        uint64_t number;
        memcpy(&number, (const unsigned char *)object + row->offset, sizeof number);
        if (row->is_optional && number == 0)
            json_null(writer, row->name);
        else
            json_number(writer, row->name, number);
    }
}

static void text_or_null(json *writer, const char *name, const char *text) {
    if (text != NULL && text[0] != '\0')
        json_text(writer, name, text);
    else
        json_null(writer, name);
}

/* Many readers of JSON use doubles, which would round the number. */
static void json_number_text(json *writer, const char *name, uint64_t number) {
    json_text(writer, name, number_text(number));
}

static void plan_write(json *writer, const bench_plan *plan) {
    json_object_begin(writer, "settings");
    counts_write(writer, &plan_counts, plan);
    json_number_text(writer, "seed", plan->load.seed);
    json_text(writer, "framing", lm_framing_name(plan->load.framing));
    json_text(writer, "greeting", plan->load.greeting);
    json_text(writer, "reply", plan->load.reply);
    json_boolean(writer, "verify", !plan->load.is_unverified);
    json_boolean(writer, "reconnect", !plan->load.has_no_reconnect);
    json_object_end(writer);
}

static void histogram_write(json *writer, const char *name, const lm_histogram *histogram) {
    static const struct {
        const char *name;
        double quantile;
    } percentiles[] = {{"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p99_9_ns", 0.999}, {"p99_99_ns", 0.9999}};
    bool is_empty = histogram->total == 0;
    json_object_begin(writer, name);
    json_number(writer, "total", histogram->total);
    if (is_empty) { /* no value must not look like a fast one */
        json_null(writer, "min_ns");
        json_null(writer, "max_ns");
        json_null(writer, "mean_ns");
    } else {
        json_number(writer, "min_ns", histogram->min_ns);
        json_number(writer, "max_ns", histogram->max_ns);
        json_decimal(writer, "mean_ns", lm_histogram_mean_ns(histogram));
    }
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++) {
        if (is_empty)
            json_null(writer, percentiles[i].name);
        else
            json_number(writer, percentiles[i].name, lm_histogram_quantile_ns(histogram, percentiles[i].quantile));
    }
    json_array_begin(writer, "buckets");
    size_t end = is_empty ? 0 : lm_histogram_bucket(histogram->max_ns) + 1;
    for (size_t bucket = 0; bucket < end; bucket++) {
        if (histogram->counts[bucket] == 0)
            continue;
        json_array_begin(writer, NULL);
        json_number(writer, NULL, lm_histogram_bucket_lowest_ns(bucket));
        json_number(writer, NULL, histogram->counts[bucket]);
        json_array_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static void errors_write(json *writer, const lm_load_result *result) {
    json_object_begin(writer, "errors");
    for (int error = 0; error < LM_LOAD_ERROR_COUNT; error++)
        json_number(writer, lm_load_error_name((lm_load_error)error), result->errors[error]);
    json_number(writer, "total", lm_load_errors(result));
    json_object_end(writer);
}

static void last_error_write(json *writer, pal_error error) {
    if (error.status == PAL_OK) {
        json_null(writer, "last_error");
        return;
    }
    char text[PAL_ERROR_TEXT_SIZE];
    json_object_begin(writer, "last_error");
    json_text(writer, "status", pal_status_name(error.status));
    json_signed(writer, "system_code", error.os_code);
    json_text(writer, "text", pal_error_text(error, text, sizeof text));
    json_object_end(writer);
}

static void wrong_write(json *writer, const lm_load_wrong *wrong) {
    if (!wrong->is_found) {
        json_null(writer, "wrong");
        return;
    }
    json_object_begin(writer, "wrong");
    json_boolean(writer, "in_greeting", wrong->is_greeting);
    json_boolean(writer, "repeated", wrong->is_repeated);
    counts_write(writer, &wrong_counts, wrong);
    if (wrong->expected < 0)
        json_null(writer, "expected");
    else
        json_signed(writer, "expected", wrong->expected);
    json_signed(writer, "got", wrong->got);
    lm_buffer text = {0};
    bench_wrong_append(&text, wrong);
    json_bytes(writer, "text", text.bytes, text.size);
    writer->output->failed = writer->output->failed || text.failed;
    lm_buffer_free(&text);
    json_object_end(writer);
}

static void phase_write(json *writer, const char *name, const lm_load_result *result) {
    json_object_begin(writer, name);
    if (result->begin_wall_ns <= 0) { /* not reached */
        json_null(writer, "begin");
        json_null(writer, "begin_ns");
    } else {
        json_time(writer, "begin", result->begin_wall_ns);
        json_number_text(writer, "begin_ns", (uint64_t)result->begin_wall_ns);
    }
    counts_write(writer, &phase_counts, result);
    json_decimal(writer, "rate", bench_rate(result));
    errors_write(writer, result);
    last_error_write(writer, result->last_error);
    wrong_write(writer, &result->wrong);
    histogram_write(writer, "connect", &result->connect);
    histogram_write(writer, "response", &result->response);
    histogram_write(writer, "service", &result->service);
    histogram_write(writer, "lateness", &result->lateness);
    json_object_end(writer);
}

static void server_write(json *writer, const bench_report *report, const bench_server *server) {
    char buffer[BENCH_LIMIT_SIZE];
    json_object_begin(writer, NULL);
    json_text(writer, "address", server->address);
    text_or_null(writer, "limited_by_generator", bench_limit_describe(report, server, buffer));
    phase_write(writer, "connect", &server->connecting);
    phase_write(writer, "warmup", &server->warmup);
    phase_write(writer, "measured", &server->measured);
    json_array_begin(writer, "slices");
    for (size_t i = 0; i < server->slice_count; i++) {
        json_object_begin(writer, NULL);
        counts_write(writer, &slice_counts, &server->slices[i]);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static void ratios_write(json *writer, const bench_report *report) {
    static const char *const names[BENCH_RATIO_COUNT] = {"rate", "p50", "p99"};
    if (report->server_count < 2) {
        json_null(writer, "ratios");
        return;
    }
    json_object_begin(writer, "ratios");
    for (int kind = 0; kind < BENCH_RATIO_COUNT; kind++) {
        bench_ratio ratio;
        if (!bench_ratio_of(report, (bench_ratio_kind)kind, &ratio)) {
            json_null(writer, names[kind]);
            continue;
        }
        json_object_begin(writer, names[kind]);
        json_decimal(writer, "median", ratio.median);
        json_decimal(writer, "low", ratio.low);
        json_decimal(writer, "high", ratio.high);
        json_object_end(writer);
    }
    json_object_end(writer);
}

static void checks_write(json *writer, const bench_report *report) {
    static const char *const units[] = {[FAIL_IF_TIME] = "ns", [FAIL_IF_COUNT] = "count", [FAIL_IF_RATIO] = "ratio"};
    json_array_begin(writer, "checks");
    for (size_t i = 0; i < report->check_count; i++) {
        const fail_if *check = &report->checks[i];
        json_object_begin(writer, NULL);
        json_text(writer, "expression", check->text);
        json_text(writer, "unit", units[check->unit]);
        if (check->is_unknown)
            json_null(writer, "value");
        else
            json_decimal(writer, "value", check->value);
        json_boolean(writer, "met", fail_if_fails(check));
        json_object_end(writer);
    }
    json_array_end(writer);
}

void bench_json_append(lm_buffer *output, const bench_report *report) {
    assert(report->server_count >= 1 && report->server_count <= BENCH_SERVERS_MAX);
    document_kind kind = report->is_merged ? DOCUMENT_MERGE : report->server_count > 1 ? DOCUMENT_COMPARE : DOCUMENT_BENCH;
    json writer = {.output = output};
    json_object_begin(&writer, NULL);
    json_number(&writer, "format", DOCUMENT_FORMAT);
    json_text(&writer, "kind", document_kind_name((int)kind));
    json_text(&writer, "version", report->version);
    json_text(&writer, "system", report->system);
    json_text(&writer, "poller", report->poller);
    json_array_begin(&writer, "commands");
    for (size_t i = 0; i < report->command_count; i++)
        json_text(&writer, NULL, report->commands[i]);
    json_array_end(&writer);
    plan_write(&writer, &report->plan);
    json_array_begin(&writer, "servers");
    for (size_t i = 0; i < report->server_count; i++)
        server_write(&writer, report, report->servers[i]);
    json_array_end(&writer);
    ratios_write(&writer, report);
    checks_write(&writer, report);
    json_boolean(&writer, "interrupted", report->is_interrupted);
    text_or_null(&writer, "failure", report->failure);
    json_signed(&writer, "exit_code", report->exit_code);
    json_object_end(&writer);
    lm_buffer_append_text(output, "\n");
}
