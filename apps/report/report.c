#include "report/report.h"

#include "output/append.h"
#include "output/measured.h"
#include "output/units.h"
#include "pal/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMITED_LATENESS_NS PAL_MILLISECOND_NS
#define LIMITED_LATENESS_PART 0.1 /* of the response time */
#define LIMITED_PROCESSOR_PART 0.9

double bench_rate(const lm_load_result *result) {
    return result->elapsed_ns == 0 ? 0 : (double)result->answered / ((double)result->elapsed_ns / (double)PAL_SECOND_NS);
}

const bench_percentile bench_percentiles[BENCH_PERCENTILES] = {{"p50", 0.5},     {"p90", 0.9},       {"p99", 0.99},
                                                               {"p99.9", 0.999}, {"p99.99", 0.9999}, {"max", 1}};

const char *bench_quantile_cell(const lm_histogram *histogram, double quantile, char *buffer) {
    if (histogram->total == 0)
        return "-";
    return measured_time_format((double)lm_histogram_quantile_ns(histogram, quantile), buffer);
}

const char *bench_error_words(lm_load_error error) {
    switch (error) {
    case LM_LOAD_REFUSED:
        return "refused";
    case LM_LOAD_CONNECT_TIMED_OUT:
        return "not connected in time";
    case LM_LOAD_CONNECT_FAILED:
        return "not connected for another reason";
    case LM_LOAD_CLOSED:
        return "closed by the server";
    case LM_LOAD_RESET:
        return "reset";
    case LM_LOAD_TIMED_OUT:
        return "no answer in time";
    case LM_LOAD_WRONG:
        return "wrong byte";
    case LM_LOAD_BROKEN:
    case LM_LOAD_ERROR_COUNT:
        break;
    }
    return "broken for another reason";
}

/* --- who was the limit -------------------------------------------------------------------------------------------------------- */

/* In an open loop the generator is the limit if its lateness is a good part of the response time. If the server stalls, the same
 * lateness does not matter. */
static const char *lateness_describe(const lm_load_result *result, char *buffer) {
    uint64_t lateness_ns = lm_histogram_quantile_ns(&result->lateness, 0.99);
    uint64_t response_ns = lm_histogram_quantile_ns(&result->response, 0.99);
    if (lateness_ns <= LIMITED_LATENESS_NS || (double)lateness_ns < LIMITED_LATENESS_PART * (double)response_ns)
        return NULL;
    (void)snprintf(buffer, BENCH_LIMIT_SIZE, "it handled 1 %% of the messages %s or more after they were due",
                   time_text(lateness_ns));
    return buffer;
}

/* In a closed loop, if its threads had nearly all the processor time that there is for them. */
static const char *processor_describe(const lm_load_result *result, uint64_t workers, char *buffer) {
    double possible_ns = (double)result->elapsed_ns * (double)workers;
    if (possible_ns <= 0 || (double)result->processor_ns < LIMITED_PROCESSOR_PART * possible_ns)
        return NULL;
    (void)snprintf(buffer, BENCH_LIMIT_SIZE, "its %" PRIu64 " %s used %s of processor time in %s", workers,
                   workers == 1 ? "thread" : "threads", time_text(result->processor_ns), time_text(result->elapsed_ns));
    return buffer;
}

const char *bench_limit_describe(const bench_report *report, const bench_server *server, char *buffer) {
    return report->plan.load.rate > 0 ? lateness_describe(&server->measured, buffer)
                                      : processor_describe(&server->measured, report->plan.load.workers, buffer);
}

/* --- the first wrong byte ----------------------------------------------------------------------------------------------------- */

const lm_load_wrong *bench_wrong_find(const bench_server *server, const char **phase) {
    const lm_load_result *const phases[] = {&server->connecting, &server->warmup, &server->measured};
    static const char *const names[] = {"while connecting", "in the warm-up", "while measuring"};
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        *phase = names[i];
        if (phases[i]->wrong.is_found)
            return &phases[i]->wrong;
    }
    return NULL;
}

/* "0x41 'A'" */
static void byte_append(lm_buffer *text, int byte) {
    char words[16];
    if (byte > 0x20 && byte < 0x7f)
        (void)snprintf(words, sizeof words, "0x%02x '%c'", (unsigned)byte, (char)byte);
    else
        (void)snprintf(words, sizeof words, "0x%02x", (unsigned)byte);
    lm_buffer_append_text(text, words);
}

void bench_wrong_append(lm_buffer *text, const lm_load_wrong *wrong) {
    assert(wrong->is_found);
    text_append(text, "connection ", number_text(wrong->connection));
    if (wrong->is_greeting)
        lm_buffer_append_text(text, ", greeting");
    else
        text_append(text, ", message ", number_text(wrong->message));
    text_append(text, ", offset ", number_text(wrong->offset));
    lm_buffer_append_text(text, ": expected ");
    if (wrong->expected >= 0)
        byte_append(text, wrong->expected);
    else
        lm_buffer_append_text(text, !wrong->is_greeting ? "nothing more, the answer was complete"
                                    : wrong->offset > 0 ? "nothing after the greeting"
                                                        : "no greeting");
    lm_buffer_append_text(text, ", got ");
    byte_append(text, wrong->got);
    if (wrong->is_repeated)
        lm_buffer_append_text(text, "; the bytes received begin like the same answer again");
}

/* --- comparison --------------------------------------------------------------------------------------------------------------- */

static double slice_value(const lm_load_slice *slice, bench_ratio_kind kind) {
    if (kind == BENCH_RATIO_P50)
        return (double)slice->p50_ns;
    if (kind == BENCH_RATIO_P99)
        return (double)slice->p99_ns;
    return slice->length_ns == 0 ? 0 : (double)slice->answered / (double)slice->length_ns;
}

static int ratio_compare(const void *first, const void *second) {
    const double *left = first;
    const double *right = second;
    return (*left > *right) - (*left < *right);
}

bool bench_ratio_of(const bench_report *report, bench_ratio_kind kind, bench_ratio *ratio) {
    if (report->server_count < 2)
        return false;
    const bench_server *first = report->servers[0];
    const bench_server *second = report->servers[1];
    size_t pairs = first->slice_count < second->slice_count ? first->slice_count : second->slice_count;
    double *ratios = pairs == 0 ? NULL : malloc(pairs * sizeof *ratios);
    if (ratios == NULL)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < pairs; i++) {
        double below = slice_value(&first->slices[i], kind);
        double above = slice_value(&second->slices[i], kind);
        if (below > 0 && above > 0)
            ratios[count++] = above / below;
    }
    if (count > 0) {
        qsort(ratios, count, sizeof *ratios, ratio_compare);
        *ratio =
            (bench_ratio){.median = (ratios[(count - 1) / 2] + ratios[count / 2]) / 2, .low = ratios[0], .high = ratios[count - 1]};
    }
    free(ratios);
    return count > 0;
}
