/* The percentile text format of HdrHistogram: four columns separated by blanks, and a summary in lines that begin with #. Plotters
 * read the first and the last column. */
#include "report/hgrm.h"

#include "pal/clock.h"
#include "report/report.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define LINE_SIZE 160
#define TICKS 5 /* rows per halving of the distance to 100 %, as in HdrHistogram's own programs */

/* By then less than one value in 10^12 is left. */
#define HALVINGS_MAX 40

/* The next row. Halves of 100 % and the steps between them are exact in a double. */
typedef struct tick {
    double percent;
    unsigned halvings; /* of the distance to 100 %, the current one included */
} tick;

static void tick_advance(tick *at) {
    at->percent += 100.0 / (double)(TICKS * (UINT64_C(1) << at->halvings));
    if (at->halvings < HALVINGS_MAX && 100 - at->percent <= 100.0 / (double)(UINT64_C(1) << at->halvings))
        at->halvings++;
}

/* Milliseconds with all digits of nanoseconds, because a local answer takes 0.01 ms. One plotter requires the blank at the
 * front. */
static void row_append(lm_buffer *output, uint64_t value_ns, double percent, uint64_t counted) {
    char line[LINE_SIZE];
    char inverse[LINE_SIZE / 2] = "inf"; /* printf writes infinity differently on each system */
    if (percent < 100)
        (void)snprintf(inverse, sizeof inverse, "%.2f", 100 / (100 - percent));
    (void)snprintf(line, sizeof line, " %13.6f %14.12f %10" PRIu64 " %16s\n", (double)value_ns / (double)PAL_MILLISECOND_NS,
                   percent / 100, counted, inverse);
    lm_buffer_append_text(output, line);
}

/* A row for each tick that the buckets reach, with the count up to there; then a row for all values. */
static void rows_append(lm_buffer *output, const lm_histogram *histogram) {
    if (histogram->total == 0)
        return;
    tick next = {.percent = 0, .halvings = 1};
    uint64_t counted = 0;
    size_t last = lm_histogram_bucket(histogram->max_ns);
    for (size_t i = lm_histogram_bucket(histogram->min_ns); i <= last && counted < histogram->total; i++) {
        if (histogram->counts[i] == 0)
            continue;
        counted += histogram->counts[i];
        uint64_t highest_ns = lm_histogram_bucket_highest_ns(i);
        if (highest_ns > histogram->max_ns)
            highest_ns = histogram->max_ns;
        double percent = 100.0 * (double)counted / (double)histogram->total;
        bool is_first = true; /* of this bucket; the last bucket needs only one, because the row of all values follows */
        while (next.percent <= percent && next.percent < 100 && (is_first || counted < histogram->total)) {
            row_append(output, highest_ns, next.percent, counted);
            tick_advance(&next);
            is_first = false;
        }
    }
    assert(counted == histogram->total);
    row_append(output, histogram->max_ns, 100, counted);
}

void bench_hgrm_append(lm_buffer *output, const bench_report *report) {
    assert(report->server_count > 0);
    const lm_histogram *histogram = &report->servers[0]->measured.response;
    char line[LINE_SIZE];
    (void)snprintf(line, sizeof line, " %13s %14s %10s %16s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    lm_buffer_append_text(output, line);
    rows_append(output, histogram);
    (void)snprintf(line, sizeof line, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n",
                   lm_histogram_mean_ns(histogram) / (double)PAL_MILLISECOND_NS,
                   lm_histogram_deviation_ns(histogram) / (double)PAL_MILLISECOND_NS);
    lm_buffer_append_text(output, line);
    (void)snprintf(line, sizeof line, "#[Max     = %12.6f, Total count    = %12" PRIu64 "]\n",
                   (double)histogram->max_ns / (double)PAL_MILLISECOND_NS, histogram->total);
    lm_buffer_append_text(output, line);
    (void)snprintf(line, sizeof line, "#[Buckets = %12u, SubBuckets     = %12u]\n", LM_HISTOGRAM_BUCKETS / LM_HISTOGRAM_HALF - 1,
                   2 * LM_HISTOGRAM_HALF);
    lm_buffer_append_text(output, line);
}
