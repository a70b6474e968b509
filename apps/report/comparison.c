#include "report/comparison.h"

#include "output/append.h"
#include "output/measured.h"
#include "output/units.h"
#include "report/rows.h"

#include <stdio.h>

#define RATIO_SIZE 64

static void pair_append(lm_buffer *output, const char *label, const char *first, const char *second, const char *ratio) {
    bench_cells_append(output, label, (const char *const[]){first, second}, BENCH_SERVERS_MAX, ratio);
}

/* "1.052 (1.041 to 1.066)", or "" if unknown. */
static const char *ratio_format(const bench_report *report, bench_ratio_kind kind, char *buffer) {
    bench_ratio ratio;
    buffer[0] = '\0';
    if (bench_ratio_of(report, kind, &ratio)) {
        int decimals = ratio.high < 10 ? 3 : 1;
        (void)snprintf(buffer, RATIO_SIZE, "%.*f (%.*f to %.*f)", decimals, ratio.median, decimals, ratio.low, decimals,
                       ratio.high);
    }
    return buffer;
}

static void numbers_append(lm_buffer *output, const char *label, uint64_t first, uint64_t second) {
    pair_append(output, label, number_text(first), number_text(second), "");
}

static void quantile_append(lm_buffer *output, const char *label, const lm_histogram *first, const lm_histogram *second,
                            double quantile, const char *ratio) {
    char buffers[BENCH_SERVERS_MAX][UNIT_TEXT_SIZE];
    pair_append(output, label, bench_quantile_cell(first, quantile, buffers[0]), bench_quantile_cell(second, quantile, buffers[1]),
                ratio);
}

static void counts_append(lm_buffer *output, const bench_report *report) {
    const lm_load_result *first = &report->servers[0]->measured;
    const lm_load_result *second = &report->servers[1]->measured;
    const lm_histogram *first_connect = &report->servers[0]->connecting.connect;
    const lm_histogram *second_connect = &report->servers[1]->connecting.connect;
    char ratio[RATIO_SIZE];
    pair_append(output, "", "A", "B", "B over A (spread)");
    numbers_append(output, "sent", first->sent, second->sent);
    numbers_append(output, "answered", first->answered, second->answered);
    numbers_append(output, "lost", first->lost, second->lost);
    numbers_append(output, "errors", lm_load_errors(first), lm_load_errors(second));
    pair_append(output, "bytes out", size_text(first->bytes_sent), size_text(second->bytes_sent), "");
    pair_append(output, "bytes in", size_text(first->bytes_received), size_text(second->bytes_received), "");
    pair_append(output, "measured", time_text(first->elapsed_ns), time_text(second->elapsed_ns), "");
    pair_append(output, "processor", time_text(first->processor_ns), time_text(second->processor_ns), "");
    quantile_append(output, "connect p50", first_connect, second_connect, 0.5, "");
    quantile_append(output, "connect max", first_connect, second_connect, 1, "");
    if (report->plan.load.rate > 0)
        quantile_append(output, "late p99", &first->lateness, &second->lateness, 0.99, "");
    pair_append(output, "answers/s", count_text(bench_rate(first)), count_text(bench_rate(second)),
                ratio_format(report, BENCH_RATIO_RATE, ratio));
}

/* Percentiles of one kind of time. HAS_RATIOS: with those of p50 and p99, which each turn keeps. */
static void percentiles_append(lm_buffer *output, const bench_report *report, const char *label, const lm_histogram *first,
                               const lm_histogram *second, bool has_ratios) {
    char ratio[RATIO_SIZE];
    text_append(output, "\n", label, "\n");
    for (size_t i = 0; i < BENCH_PERCENTILES; i++) {
        const bench_percentile *percentile = &bench_percentiles[i];
        ratio[0] = '\0';
        if (has_ratios && percentile->quantile == 0.5)
            (void)ratio_format(report, BENCH_RATIO_P50, ratio);
        if (has_ratios && percentile->quantile == 0.99)
            (void)ratio_format(report, BENCH_RATIO_P99, ratio);
        quantile_append(output, percentile->name, first, second, percentile->quantile, ratio);
    }
}

void bench_comparison_append(lm_buffer *output, unsigned width, const bench_report *report) {
    static const char *const marks[BENCH_SERVERS_MAX] = {" A", " B"};
    const bench_server *first = report->servers[0];
    const bench_server *second = report->servers[1];
    for (size_t i = 0; i < BENCH_SERVERS_MAX; i++)
        bench_judgement_append(output, width, report, report->servers[i], marks[i]);
    lm_buffer_append_text(output, "\n");
    counts_append(output, report);
    percentiles_append(output, report, "response time", &first->measured.response, &second->measured.response, true);
    if (report->plan.load.rate > 0)
        percentiles_append(output, report, "service time", &first->measured.service, &second->measured.service, false);
    lm_buffer text = {0};
    size_t turns = first->slice_count < second->slice_count ? first->slice_count : second->slice_count;
    text_append(&text, "of ", number_text(turns), turns == 1 ? " turn" : " turns",
                " of each server, in pairs: the median, and the smallest to the largest");
    lm_buffer_append_text(output, "\n");
    bench_row_append(output, width, "ratios", &text);
    lm_buffer_free(&text);
}
