#include "report/page/timeline.h"

#include "output/append.h"
#include "output/measured.h"
#include "output/units.h"
#include "pal/clock.h"
#include "report/page/chart.h"

#include <assert.h>

#define MOMENTS_MAX 250 /* in one line, however long the run */

/* Slices drawn as one. */
typedef struct moment {
    double begin, end;       /* in the unit of the time axis */
    double rate;             /* answers per second */
    uint64_t p50_ns, p99_ns; /* the highest of the slices; 0 without an answer */
    uint64_t errors;
} moment;

typedef struct moments {
    const bench_server *server;
    size_t group; /* slices in a moment */
    size_t count;
    double unit_ns; /* of the time axis */
    const char *unit;
    double end; /* of the last */
} moments;

/* Short runs get small units, so that no label has many zeros. */
static void unit_choose(moments *all, double end_ns) {
    static const struct {
        double from_ns, unit_ns;
        const char *unit;
    } units[] = {{5 * 3600e9, 3600e9, "hours"},
                 {300e9, 60e9, "minutes"},
                 {1e9, 1e9, "seconds"},
                 {1e6, 1e6, "milliseconds"},
                 {0, 1e3, "microseconds"}};
    size_t chosen = 0;
    while (end_ns < units[chosen].from_ns)
        chosen++;
    all->unit = units[chosen].unit;
    all->unit_ns = units[chosen].unit_ns;
    all->end = end_ns > 0 ? end_ns / units[chosen].unit_ns : 1;
}

static moments moments_of(const bench_server *server) {
    assert(server->slice_count > 0);
    const lm_load_slice *last = &server->slices[server->slice_count - 1];
    moments all = {.server = server, .group = (server->slice_count + MOMENTS_MAX - 1) / MOMENTS_MAX};
    all.count = (server->slice_count + all.group - 1) / all.group;
    unit_choose(&all, (double)(last->begin_ns + last->length_ns));
    return all;
}

static moment moment_at(const moments *all, size_t index) {
    size_t first = index * all->group;
    size_t end = first + all->group < all->server->slice_count ? first + all->group : all->server->slice_count;
    const lm_load_slice *slices = all->server->slices;
    moment at = {.begin = (double)slices[first].begin_ns / all->unit_ns};
    uint64_t answered = 0, length_ns = 0;
    for (size_t i = first; i < end; i++) {
        answered += slices[i].answered;
        length_ns += slices[i].length_ns;
        at.errors += slices[i].errors;
        at.p50_ns = slices[i].p50_ns > at.p50_ns ? slices[i].p50_ns : at.p50_ns;
        at.p99_ns = slices[i].p99_ns > at.p99_ns ? slices[i].p99_ns : at.p99_ns;
    }
    at.end = (double)(slices[end - 1].begin_ns + slices[end - 1].length_ns) / all->unit_ns;
    at.rate = length_ns == 0 ? 0 : (double)answered * (double)PAL_SECOND_NS / (double)length_ns;
    return at;
}

/* A level, not a point: a value is that of the whole slice. */
static void level_draw(chart *self, const moment *at, double value) {
    chart_line_point(self, at->begin, value);
    chart_line_point(self, at->end, value);
}

/* GROUPED is what a level has of its intervals: "the mean" or the like. */
static void timeline_end(chart *self, const moments *all, const char *grouped) {
    static const char since[] = " since the start of measuring";
    if (all->group > 1)
        chart_end(self, TEXTS(all->unit, since, "; each level is ", grouped, " of ", number_text(all->group), " intervals"));
    else
        chart_end(self, TEXTS(all->unit, since));
}

/* --- rate --------------------------------------------------------------------------------------------------------------------- */

static void rate_description_append(lm_buffer *text, const bench_report *report) {
    text_append(text, count_text(bench_rate(&report->servers[0]->measured)), " answers per second over the whole run");
    if (report->plan.load.rate > 0)
        text_append(text, ", ", count_text(report->plan.load.rate), " requested");
    text_append(text, ".");
}

static void rate_lines_draw(chart *self, const moments *all, uint64_t wanted) {
    chart_boxes_begin(self, "failing");
    for (size_t i = 0; i < all->count; i++) {
        moment at = moment_at(all, i);
        if (at.errors > 0)
            chart_box(self, chart_place(&self->x, at.begin), chart_place(&self->x, at.end), 1);
    }
    chart_boxes_end(self);
    chart_line_begin(self, "first");
    for (size_t i = 0; i < all->count; i++) {
        moment at = moment_at(all, i);
        level_draw(self, &at, at.rate);
    }
    chart_line_end(self);
    if (wanted > 0) { /* on top, to be visible where the rate reaches it */
        chart_line_begin(self, "wanted");
        chart_line_point(self, self->x.low, (double)wanted);
        chart_line_point(self, self->x.high, (double)wanted);
        chart_line_end(self);
    }
}

static void rate_chart(lm_buffer *output, const bench_report *report, const moments *all) {
    uint64_t wanted = report->plan.load.rate;
    uint64_t errors = 0;
    double highest = (double)wanted;
    for (size_t i = 0; i < all->count; i++) {
        moment at = moment_at(all, i);
        highest = at.rate > highest ? at.rate : highest;
        errors += at.errors;
    }
    chart self = {.output = output,
                  .id = "rate",
                  .title = "Rate over time",
                  .x = {.low = 0, .high = all->end},
                  .y = chart_axis_linear(highest)};
    chart_ticks x_ticks = {0}, y_ticks = {0};
    chart_ticks_of_numbers(&x_ticks, &self.x, false, "");
    chart_ticks_of_numbers(&y_ticks, &self.y, true, "");
    lm_buffer text = {0};
    rate_description_append(&text, report);

    chart_begin(&self);
    chart_legend_append(&self, "first", "answers per second");
    if (wanted > 0)
        chart_legend_append(&self, "wanted", "requested");
    if (errors > 0)
        chart_legend_append(&self, "failing", "with errors");
    chart_plot_begin(&self, lm_buffer_text(&text), &x_ticks, &y_ticks);
    chart_area_begin(&self);
    rate_lines_draw(&self, all, wanted);
    chart_area_end(&self);
    timeline_end(&self, all, "the mean");
    lm_buffer_free(&text);
}

/* --- response time ------------------------------------------------------------------------------------------------------------ */

#define TIMES_TITLE "Response time over time"

static void percentile_line(chart *self, const moments *all, const char *name, bool is_p99) {
    chart_line_begin(self, name);
    for (size_t i = 0; i < all->count; i++) {
        moment at = moment_at(all, i);
        uint64_t value_ns = is_p99 ? at.p99_ns : at.p50_ns;
        if (value_ns == 0)
            chart_line_gap(self);
        else
            level_draw(self, &at, (double)value_ns);
    }
    chart_line_end(self);
}

static void percentile_chart(lm_buffer *output, const moments *all) {
    uint64_t lowest_ns = 0, highest_ns = 0;
    for (size_t i = 0; i < all->count; i++) {
        moment at = moment_at(all, i);
        if (at.p50_ns > 0 && (lowest_ns == 0 || at.p50_ns < lowest_ns))
            lowest_ns = at.p50_ns;
        highest_ns = at.p99_ns > highest_ns ? at.p99_ns : highest_ns;
    }
    if (lowest_ns == 0 || highest_ns < lowest_ns)
        return; /* no answer: the figure of percentiles says so */
    chart self = {.output = output,
                  .id = "times",
                  .title = TIMES_TITLE,
                  .x = {.low = 0, .high = all->end},
                  .y = chart_axis_log((double)lowest_ns, (double)highest_ns)};
    chart_ticks x_ticks = {0}, y_ticks = {0};
    chart_ticks_of_numbers(&x_ticks, &self.x, false, "");
    chart_ticks_of_times(&y_ticks, &self.y);

    chart_begin(&self);
    chart_legend_append(&self, "first", "p50");
    chart_legend_append(&self, "second", "p99");
    chart_plot_begin(&self, "p50 and p99 of each interval.", &x_ticks, &y_ticks);
    chart_area_begin(&self);
    percentile_line(&self, all, "first", false);
    percentile_line(&self, all, "second", true);
    chart_area_end(&self);
    timeline_end(&self, all, "the highest");
}

void page_timeline_append(lm_buffer *output, const bench_report *report) {
    const bench_server *server = report->servers[0];
    if (server->slice_count == 0)
        return;
    moments all = moments_of(server);
    rate_chart(output, report, &all);
    if (!report->is_merged) {
        percentile_chart(output, &all);
        return;
    }
    chart_missing_append(output, TIMES_TITLE,
                         "Several runs were merged. Percentiles of their intervals cannot be added up. "
                         "Those of the whole run are exact.");
}
