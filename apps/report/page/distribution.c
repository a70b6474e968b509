#include "report/page/distribution.h"

#include "output/append.h"
#include "output/markup.h"
#include "output/measured.h"
#include "output/units.h"
#include "report/page/chart.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>

#define QUANTILE_POINTS 240
#define HISTOGRAM_BARS 56
#define BAR_TOP_MIN 0.004 /* so that one answer among millions is visible */

/* A logarithmic axis has no 0. */
static double time_drawn(uint64_t time_ns) {
    return time_ns == 0 ? 1 : (double)time_ns;
}

static chart_axis time_axis(const lm_histogram *first, const lm_histogram *second) {
    uint64_t lowest_ns = first->min_ns;
    uint64_t highest_ns = first->max_ns;
    if (second != NULL && second->total > 0) {
        lowest_ns = second->min_ns < lowest_ns ? second->min_ns : lowest_ns;
        highest_ns = second->max_ns > highest_ns ? second->max_ns : highest_ns;
    }
    return chart_axis_log(time_drawn(lowest_ns), time_drawn(highest_ns));
}

/* "of 10,000 answers: p50 1.20 ms, p99 3.40 ms, max 5.60 ms" */
static void summary_append(lm_buffer *output, const lm_histogram *times) {
    text_append(output, "of ");
    markup_count(output, times->total);
    text_append(output, " answers: p50 ", time_text(lm_histogram_quantile_ns(times, 0.5)));
    text_append(output, ", p99 ", time_text(lm_histogram_quantile_ns(times, 0.99)));
    text_append(output, ", max ", time_text(times->max_ns));
}

/* --- by percentile ------------------------------------------------------------------------------------------------------------ */

/* The axis counts nines: 0 at 0 %, 1 at 90 %, 2 at 99 % ... It ends at the slowest answer. */
static void nines_ticks(chart_ticks *ticks, const chart_axis *axis) {
    char label[CHART_LABEL_SIZE] = "0%";
    chart_ticks_add(ticks, 0, 0, label);
    if (axis->high < 4)
        chart_ticks_add(ticks, chart_place(axis, log10(2)), 1, "50%");
    for (unsigned nines = 1; nines <= axis->high; nines++) {
        if (nines <= 2)
            (void)snprintf(label, sizeof label, "%s", nines == 1 ? "90%" : "99%");
        else
            (void)snprintf(label, sizeof label, "99.%.*s%%", (int)(nines - 2), "999999999999999999");
        chart_ticks_add(ticks, chart_place(axis, nines), 0, label);
    }
}

static void quantile_line(chart *self, const char *name, const lm_histogram *times) {
    chart_line_begin(self, name);
    for (unsigned i = 0; i < QUANTILE_POINTS; i++) {
        double nines = self->x.high * i / QUANTILE_POINTS;
        chart_line_point(self, nines, time_drawn(lm_histogram_quantile_ns(times, 1 - pow(10, -nines))));
    }
    chart_line_point(self, self->x.high, time_drawn(times->max_ns));
    chart_line_end(self);
}

static void quantile_dots(chart *self, const lm_histogram *times) {
    char text[UNIT_TEXT_SIZE + 32];
    for (size_t i = 0; i < BENCH_PERCENTILES; i++) {
        double quantile = bench_percentiles[i].quantile;
        bool is_last = quantile >= 1;
        double nines = is_last ? self->x.high : -log10(1 - quantile);
        if (nines >= self->x.high && !is_last)
            continue; /* with few answers, the same as the slowest */
        uint64_t time_ns = lm_histogram_quantile_ns(times, quantile);
        (void)snprintf(text, sizeof text, "%s: %s", bench_percentiles[i].name, time_text(time_ns));
        chart_dot(self, nines, time_drawn(time_ns), text);
    }
}

static void quantile_chart(lm_buffer *output, const bench_report *report) {
    const lm_load_result *result = &report->servers[0]->measured;
    bool is_open_loop = report->plan.load.rate > 0;
    double nines = log10((double)result->response.total);
    chart self = {.output = output,
                  .id = "percentiles",
                  .title = "Latency by percentile",
                  .x = {.low = 0, .high = nines > 1 ? nines : 1},
                  .y = time_axis(&result->response, is_open_loop ? &result->service : NULL)};
    chart_ticks x_ticks = {0}, y_ticks = {0};
    nines_ticks(&x_ticks, &self.x);
    chart_ticks_of_times(&y_ticks, &self.y);
    lm_buffer text = {0};
    text_append(&text, "Response time ");
    summary_append(&text, &result->response);
    if (is_open_loop) {
        text_append(&text, ". Service time ");
        summary_append(&text, &result->service);
    }
    text_append(&text, ".");

    chart_begin(&self);
    chart_legend_append(&self, "first", is_open_loop ? "response time (since due)" : "response time");
    if (is_open_loop)
        chart_legend_append(&self, "second", "service time (since sent)");
    chart_plot_begin(&self, lm_buffer_text(&text), &x_ticks, &y_ticks);
    chart_area_begin(&self);
    quantile_line(&self, "first", &result->response);
    if (is_open_loop) /* on top, because it is dashed: if both are equal, both are visible */
        quantile_line(&self, "second", &result->service);
    chart_area_end(&self);
    quantile_dots(&self, &result->response);
    chart_end(&self, TEXTS("answers that took at most this time; the slowest at the right end"));
    lm_buffer_free(&text);
}

/* --- the histogram ------------------------------------------------------------------------------------------------------------ */

/* Spreads a bucket over all bars that it touches. In a steady run bars are hardly wider than buckets; counting a bucket in one bar
 * would draw ripples that do not exist. */
static void bucket_spread(double bars[HISTOGRAM_BARS], const chart_axis *axis, size_t bucket, uint64_t count) {
    double low = (double)lm_histogram_bucket_lowest_ns(bucket);
    double high = (double)lm_histogram_bucket_highest_ns(bucket) + 1;
    double first = chart_place(axis, low > 1 ? low : 1) * HISTOGRAM_BARS;
    double last = chart_place(axis, high) * HISTOGRAM_BARS;
    size_t bar = (size_t)first < HISTOGRAM_BARS ? (size_t)first : HISTOGRAM_BARS - 1;
    if (last <= first) { /* beyond an end of the axis, or a very narrow bucket */
        bars[bar] += (double)count;
        return;
    }
    for (; bar < HISTOGRAM_BARS && (double)bar < last; bar++) {
        double from = (double)bar > first ? (double)bar : first;
        double to = (double)bar + 1 < last ? (double)bar + 1 : last;
        bars[bar] += (double)count * (to - from) / (last - first);
    }
}

/* Fills BARS with parts of all answers, and returns the largest. */
static double bars_fill(double bars[HISTOGRAM_BARS], const chart_axis *axis, const lm_histogram *times) {
    size_t last = lm_histogram_bucket(times->max_ns);
    for (size_t bucket = lm_histogram_bucket(times->min_ns); bucket <= last; bucket++) {
        if (times->counts[bucket] > 0)
            bucket_spread(bars, axis, bucket, times->counts[bucket]);
    }
    double largest = 0;
    for (size_t i = 0; i < HISTOGRAM_BARS; i++) {
        bars[i] /= (double)times->total;
        largest = bars[i] > largest ? bars[i] : largest;
    }
    return largest;
}

static void bars_draw(chart *self, const double bars[HISTOGRAM_BARS]) {
    const double margin = 0.08 / HISTOGRAM_BARS;
    chart_boxes_begin(self, "bars");
    for (size_t i = 0; i < HISTOGRAM_BARS; i++) {
        if (bars[i] <= 0)
            continue;
        double top = chart_place(&self->y, bars[i] * 100);
        double left = (double)i / HISTOGRAM_BARS;
        chart_box(self, left + margin, left + 1.0 / HISTOGRAM_BARS - margin, top > BAR_TOP_MIN ? top : BAR_TOP_MIN);
    }
    chart_boxes_end(self);
}

static void markers_draw(chart *self, const lm_histogram *times) {
    static const struct {
        double quantile;
        const char *name;
    } markers[] = {{0.5, "p50"}, {0.99, "p99"}, {1, "max"}};
    char text[UNIT_TEXT_SIZE + 16];
    for (unsigned i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        uint64_t time_ns = lm_histogram_quantile_ns(times, markers[i].quantile);
        (void)snprintf(text, sizeof text, "%s %s", markers[i].name, time_text(time_ns));
        chart_marker(self, time_drawn(time_ns), i, text);
    }
}

static void histogram_chart(lm_buffer *output, const bench_report *report) {
    const lm_histogram *times = &report->servers[0]->measured.response;
    double bars[HISTOGRAM_BARS] = {0};
    chart self = {.output = output, .id = "histogram", .title = "Histogram of response times", .x = time_axis(times, NULL)};
    double largest = bars_fill(bars, &self.x, times);
    self.y = chart_axis_linear(largest * 100 * 1.25); /* leaves the upper fifth for the labels of the markers */
    chart_ticks x_ticks = {0}, y_ticks = {0};
    chart_ticks_of_times(&x_ticks, &self.x);
    chart_ticks_of_numbers(&y_ticks, &self.y, false, "%");
    lm_buffer text = {0};
    text_append(&text, "Response time ");
    summary_append(&text, times);
    text_append(&text, ".");

    chart_begin(&self);
    chart_legend_append(&self, "bars", "part of the answers; a thin line for very few");
    chart_plot_begin(&self, lm_buffer_text(&text), &x_ticks, &y_ticks);
    chart_area_begin(&self);
    bars_draw(&self, bars);
    chart_area_end(&self);
    markers_draw(&self, times);
    chart_end(&self, TEXTS("response time"));
    lm_buffer_free(&text);
}

void page_distribution_append(lm_buffer *output, const bench_report *report) {
    if (report->servers[0]->measured.response.total == 0) {
        chart_missing_append(output, "Latency", "No answers were measured, so there are no times to draw.");
        return;
    }
    quantile_chart(output, report);
    histogram_chart(output, report);
}
