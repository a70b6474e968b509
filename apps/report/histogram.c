#include "report/histogram.h"

#include "output/measured.h"
#include "report/rows.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define RANGES_MAX 14   /* and one more at each end for values beyond */
#define RANGES_ENOUGH 8 /* if the finest scale of factors has fewer, the scale has equal steps */
#define LABEL_SIZE 20u  /* "12.5 us - 16.0 us" and a blank; only minutes are longer */
#define PERCENT_SIZE 8u /* " 12.3 %" with a blank before it */
#define LINE_SIZE 160
/* The part of the answers at each end without a range: one late answer must not squeeze all others into one bar. */
#define APART 0.001
#define NUMBER_SIZE 24

typedef struct scale {
    double edges_ns[RANGES_MAX + 1];
    size_t ranges;
} scale;

/* --- choosing a scale --------------------------------------------------------------------------------------------------------- */

/* Numbers from 1 to 10, in hundredths, at nearly equal ratios: the preferred numbers of ISO 3, and rounder ones in short series.
 * Finest first. */
static const unsigned parts_20[] = {100, 112, 125, 140, 160, 180, 200, 224, 250, 280,
                                    315, 355, 400, 450, 500, 560, 630, 710, 800, 900};
static const unsigned parts_10[] = {100, 125, 160, 200, 250, 315, 400, 500, 630, 800};
static const unsigned parts_5[] = {100, 160, 250, 400, 630};
static const unsigned parts_3[] = {100, 200, 500};
static const unsigned parts_2[] = {100, 300};
static const unsigned parts_1[] = {100};

static const struct {
    const unsigned *parts; /* of a decade */
    unsigned count;
} series[] = {{parts_20, 20}, {parts_10, 10}, {parts_5, 5}, {parts_3, 3}, {parts_2, 2}, {parts_1, 1}};

/* The edges of a series that enclose both times. False if there are too many. */
static bool growing_scale(scale *chosen, size_t which, double low_ns, double high_ns) {
    double decade_ns = 1;
    double edge_ns = 1;
    chosen->edges_ns[0] = 1;
    chosen->ranges = 0;
    for (unsigned part = 1; edge_ns <= high_ns; part++) {
        if (part == series[which].count) {
            decade_ns *= 10;
            part = 0;
        }
        edge_ns = decade_ns * series[which].parts[part] / 100;
        if (edge_ns > low_ns && chosen->ranges == RANGES_MAX)
            return false;
        if (edge_ns > low_ns)
            chosen->ranges++;
        chosen->edges_ns[chosen->ranges] = edge_ns;
    }
    return true;
}

/* Steps of 1, 2 or 5 times a power of ten, large enough that labels of three digits differ. */
static void even_scale(scale *chosen, double low_ns, double high_ns) {
    static const double factors[] = {2, 2.5, 2}; /* 1, 2, 5, 10 */
    double least_ns = (high_ns - low_ns) / (RANGES_MAX - 1);
    if (least_ns < high_ns / 100)
        least_ns = high_ns / 100;
    double step_ns = 1;
    for (size_t i = 0; step_ns < least_ns; i = (i + 1) % 3)
        step_ns *= factors[i];
    double edge_ns = step_ns * (double)(uint64_t)(low_ns / step_ns);
    chosen->edges_ns[0] = edge_ns;
    chosen->ranges = 0;
    while (edge_ns <= high_ns && chosen->ranges < RANGES_MAX) {
        edge_ns += step_ns;
        chosen->edges_ns[++chosen->ranges] = edge_ns;
    }
}

static void scale_choose(scale *chosen, const lm_histogram *histogram) {
    double low_ns = (double)lm_histogram_quantile_ns(histogram, APART);
    double high_ns = (double)lm_histogram_quantile_ns(histogram, 1 - APART);
    if (low_ns < 1) { /* series begin at 1 */
        low_ns = 1;
        high_ns = high_ns < 1 ? 1 : high_ns;
    }
    size_t which = 0;
    while (!growing_scale(chosen, which, low_ns, high_ns))
        which++; /* the last one is coarse enough for an hour */
    assert(which < sizeof series / sizeof series[0]);
    if (which == 0 && chosen->ranges < RANGES_ENOUGH)
        even_scale(chosen, low_ns, high_ns);
}

/* --- drawing ------------------------------------------------------------------------------------------------------------------ */

/* COUNTS[0] is below the scale, COUNTS[I] is range I - 1, the last is above. A bucket counts by its largest value, as in
 * lm_histogram_quantile_ns, which chose the scale. */
static void ranges_count(const scale *chosen, const lm_histogram *histogram, uint64_t *counts) {
    size_t row = 0;
    size_t last = lm_histogram_bucket(histogram->max_ns);
    for (size_t i = lm_histogram_bucket(histogram->min_ns); i <= last; i++) {
        uint64_t highest_ns = i < last ? lm_histogram_bucket_highest_ns(i) : histogram->max_ns;
        while (row <= chosen->ranges && (double)highest_ns >= chosen->edges_ns[row])
            row++;
        counts[row] += histogram->counts[i];
    }
}

/* COLUMNS filled in proportion to PART of WHOLE, to half a column; at least half a column if PART > 0. */
static void bar_append(lm_buffer *output, size_t columns, uint64_t part, uint64_t whole) {
    size_t halves = (size_t)((double)part / (double)whole * 2 * (double)columns + 0.5);
    if (halves == 0 && part > 0)
        halves = 1;
    for (size_t i = 0; i < columns; i++)
        lm_buffer_append_text(output, 2 * i + 1 < halves ? "\xe2\x96\x88"
                                      : 2 * i < halves   ? "\xe2\x96\x8c"
                                                         : " "); /* U+2588, U+258C */
}

/* ROW as in ranges_count. */
static void label_append(lm_buffer *output, const scale *chosen, size_t row) {
    char label[LINE_SIZE];
    if (row == 0)
        (void)snprintf(label, sizeof label, "   under   %-8s ", time_text(chosen->edges_ns[0]));
    else if (row <= chosen->ranges)
        (void)snprintf(label, sizeof label, "%8s - %-8s ", time_text(chosen->edges_ns[row - 1]), time_text(chosen->edges_ns[row]));
    else
        (void)snprintf(label, sizeof label, "%8s and over   ", time_text(chosen->edges_ns[chosen->ranges]));
    lm_buffer_append_text(output, label);
}

static void number_append(lm_buffer *output, uint64_t count, int digits, uint64_t total) {
    char number[LINE_SIZE];
    double percent = 100 * (double)count / (double)total;
    (void)snprintf(number, sizeof number, " %*" PRIu64, digits, count);
    lm_buffer_append_text(output, number);
    if (count > 0 && percent < 0.05)
        (void)snprintf(number, sizeof number, "  <0.1 %%\n");
    else
        (void)snprintf(number, sizeof number, " %5.1f %%\n", percent);
    lm_buffer_append_text(output, number);
}

void bench_histogram_append(lm_buffer *output, unsigned width, const lm_histogram *histogram) {
    assert(width >= BENCH_WIDTH_MIN && width <= BENCH_WIDTH_MAX);
    if (histogram->total == 0)
        return;
    scale chosen;
    uint64_t counts[RANGES_MAX + 2] = {0};
    scale_choose(&chosen, histogram);
    ranges_count(&chosen, histogram, counts);
    size_t first = counts[0] > 0 ? 0 : 1;
    size_t last = counts[chosen.ranges + 1] > 0 ? chosen.ranges + 1 : chosen.ranges;
    uint64_t most = 0;
    for (size_t i = first; i <= last; i++)
        most = counts[i] > most ? counts[i] : most;
    char number[NUMBER_SIZE];
    int digits = snprintf(number, sizeof number, "%" PRIu64, most);
    lm_buffer_append_text(output, "\nanswers by response time\n");
    for (size_t i = first; i <= last; i++) {
        label_append(output, &chosen, i);
        bar_append(output, width - LABEL_SIZE - PERCENT_SIZE - 1 - (size_t)digits, counts[i], most);
        number_append(output, counts[i], digits, histogram->total);
    }
}
