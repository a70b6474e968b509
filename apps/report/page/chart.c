#include "report/page/chart.h"

#include "output/append.h"
#include "output/markup.h"
#include "output/units.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NEARLY 1e-9 /* relative rounding error of a power of ten */

/* Room of the widest label on the narrowest plot, as a part of the axis. */
#define GAP_X 0.125
#define GAP_X_NARROW 0.215
#define GAP_Y 0.075

static const unsigned mantissas[] = {1, 2, 5};
#define MANTISSA_COUNT (sizeof mantissas / sizeof mantissas[0])

/* The largest of 1, 2 and 5 times a power of ten not above VALUE > 0; below, the smallest not below VALUE. */
static double round_number_below(double value) {
    double power = pow(10, floor(log10(value) + NEARLY));
    for (size_t i = MANTISSA_COUNT; i-- > 1;) {
        if (mantissas[i] * power <= value * (1 + NEARLY))
            return mantissas[i] * power;
    }
    return power;
}

static double round_number_above(double value) {
    double power = pow(10, floor(log10(value) + NEARLY));
    for (size_t i = 0; i < MANTISSA_COUNT; i++) {
        if (mantissas[i] * power >= value * (1 - NEARLY))
            return mantissas[i] * power;
    }
    return power * 10;
}

chart_axis chart_axis_log(double lowest, double highest) {
    assert(lowest > 0 && highest >= lowest);
    chart_axis axis = {.low = round_number_below(lowest), .high = round_number_above(highest), .is_log = true};
    if (axis.high < axis.low * 1.5)
        axis.high = round_number_above(axis.low * 1.5);
    return axis;
}

static double tick_step(double span) {
    return round_number_above(span / 6);
}

chart_axis chart_axis_linear(double highest) {
    assert(highest >= 0);
    if (highest == 0)
        highest = 1;
    double step = tick_step(highest);
    return (chart_axis){.low = 0, .high = ceil(highest / step - NEARLY) * step};
}

double chart_place(const chart_axis *axis, double value) {
    assert(axis->low < axis->high);
    if (value <= axis->low)
        return 0;
    if (value >= axis->high)
        return 1;
    if (axis->is_log)
        return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

void chart_ticks_add(chart_ticks *ticks, double place, unsigned rank, const char *label) {
    if (ticks->count == CHART_TICKS_MAX)
        return;
    chart_tick *tick = &ticks->ticks[ticks->count++];
    *tick = (chart_tick){.place = place, .rank = rank};
    (void)snprintf(tick->label, sizeof tick->label, "%s", label);
}

void chart_ticks_of_times(chart_ticks *ticks, const chart_axis *axis) {
    static const char *const units[] = {"ns", "us", "ms", "s"};
    static const unsigned ranks[] = {3, 0, 2, 3, 3, 1, 3, 3, 3, 3}; /* by mantissa */
    bool is_short = axis->high <= axis->low * 10 * (1 + NEARLY);    /* at most a decade: show the numbers between, too */
    for (unsigned decade = 0; decade < 14; decade++) {              /* 1 ns to some hours */
        double power = pow(10, decade);
        unsigned unit = decade / 3 < 3 ? decade / 3 : 3;
        for (unsigned mantissa = 1; mantissa < 10; mantissa++) {
            double value = mantissa * power;
            bool is_on = value >= axis->low * (1 - NEARLY) && value <= axis->high * (1 + NEARLY);
            if (!is_on || (!is_short && ranks[mantissa] == 3))
                continue;
            char label[CHART_LABEL_SIZE];
            (void)snprintf(label, sizeof label, "%.0f %s", value / pow(10, 3 * unit), units[unit]);
            chart_ticks_add(ticks, chart_place(axis, value), ranks[mantissa], label);
        }
    }
}

void chart_ticks_of_numbers(chart_ticks *ticks, const chart_axis *axis, bool has_thousands, const char *unit) {
    static const char *const prefixes[] = {"", "k", "M"};
    double step = tick_step(axis->high - axis->low);
    double scale = 1;
    size_t prefix = 0;
    for (; has_thousands && prefix < 2 && axis->high >= 10000 * scale; prefix++)
        scale *= 1000;
    for (unsigned i = 0; i < CHART_TICKS_MAX && axis->low + i * step <= axis->high * (1 + NEARLY); i++) {
        lm_buffer number = {0};
        double value = axis->low + i * step;
        markup_decimal(&number, value / scale, 6);
        lm_buffer_append_text(&number, value > 0 ? prefixes[prefix] : "");
        lm_buffer_append_text(&number, unit);
        chart_ticks_add(ticks, chart_place(axis, value), i % 2, lm_buffer_text(&number));
        lm_buffer_free(&number);
    }
}

/* Whether a label at PLACE fits beside those already shown. */
static bool has_room(const chart_ticks *ticks, double place, double gap, bool is_narrow) {
    for (size_t i = 0; i < ticks->count; i++) {
        const chart_tick *other = &ticks->ticks[i];
        bool is_taken = is_narrow ? other->is_shown_on_narrow : other->is_shown;
        if (is_taken && fabs(other->place - place) < gap)
            return false;
    }
    return true;
}

/* Shows the labels that have room, lower ranks first. */
static void ticks_thin(chart_ticks *ticks, double gap, double gap_narrow) {
    for (unsigned rank = 0; rank < CHART_RANKS; rank++) {
        for (size_t i = 0; i < ticks->count; i++) {
            chart_tick *tick = &ticks->ticks[i];
            assert(tick->rank < CHART_RANKS);
            if (tick->rank != rank)
                continue;
            tick->is_shown = has_room(ticks, tick->place, gap, false);
            tick->is_shown_on_narrow = tick->is_shown && has_room(ticks, tick->place, gap_narrow, true);
        }
    }
}

static void percent_append(lm_buffer *output, double place) {
    markup_decimal(output, place * 100, 2);
    lm_buffer_append_text(output, "%");
}

static void x_tick_append(lm_buffer *output, const chart_tick *tick) {
    text_append(output, "<line class=\"", tick->rank == 0 ? "grid" : "grid fine", "\" y1=\"0\" y2=\"100%\" x1=\"");
    percent_append(output, tick->place);
    text_append(output, "\" x2=\"");
    percent_append(output, tick->place);
    text_append(output, "\"/>");
    if (!tick->is_shown)
        return;
    text_append(output, "<text class=\"at-x", tick->is_shown_on_narrow ? "" : " wide", "\" y=\"100%\" dy=\"18\" x=\"");
    percent_append(output, tick->place);
    text_append(output, "\">", tick->label, "</text>");
}

static void y_tick_append(lm_buffer *output, const chart_tick *tick) {
    text_append(output, "<line class=\"", tick->is_shown ? "grid" : "grid fine", "\" x1=\"0\" x2=\"100%\" y1=\"");
    percent_append(output, 1 - tick->place);
    text_append(output, "\" y2=\"");
    percent_append(output, 1 - tick->place);
    text_append(output, "\"/>");
    if (!tick->is_shown)
        return;
    text_append(output, "<text class=\"at-y\" x=\"0\" dx=\"-8\" dy=\"4\" y=\"");
    percent_append(output, 1 - tick->place);
    text_append(output, "\">", tick->label, "</text>");
}

void chart_begin(chart *self) {
    text_append(self->output, "<figure><h2>", self->title, "</h2>\n<p class=\"legend\">");
}

void chart_legend_append(chart *self, const char *name, const char *words) {
    bool is_box = strcmp(name, "bars") == 0 || strcmp(name, "failing") == 0;
    text_append(self->output, "<span><svg aria-hidden=\"true\" viewBox=\"0 0 26 12\"><path class=\"", is_box ? "" : "line ", name,
                "\" d=\"", is_box ? "M4 0H22V12H4Z" : "M0 6H26", "\"/></svg>", words, "</span>\n");
}

void chart_missing_append(lm_buffer *output, const char *title, const char *why) {
    text_append(output, "<figure><h2>", title, "</h2>\n<p class=\"nothing\">", why, "</p></figure>\n");
}

void chart_plot_begin(chart *self, const char *description, chart_ticks *x_labels, chart_ticks *y_labels) {
    lm_buffer *output = self->output;
    ticks_thin(x_labels, GAP_X, GAP_X_NARROW);
    ticks_thin(y_labels, GAP_Y, GAP_Y);
    text_append(output, "</p>\n<div class=\"plot\"><svg role=\"img\" aria-labelledby=\"", self->id, "-title ", self->id,
                "-text\"><title id=\"", self->id, "-title\">", self->title, "</title><desc id=\"", self->id, "-text\">",
                description, "</desc>\n");
    for (size_t i = 0; i < x_labels->count; i++)
        x_tick_append(output, &x_labels->ticks[i]);
    for (size_t i = 0; i < y_labels->count; i++)
        y_tick_append(output, &y_labels->ticks[i]);
    text_append(output, "\n");
}

void chart_end(chart *self, const char *const *note) {
    text_append(self->output, "</svg></div>\n<p class=\"axis\">");
    text_append_all(self->output, note);
    text_append(self->output, "</p></figure>\n");
}

void chart_area_begin(chart *self) {
    text_append(self->output,
                "<svg class=\"area\" width=\"100%\" height=\"100%\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">\n");
}

void chart_area_end(chart *self) {
    text_append(self->output, "</svg>\n");
}

static void units_append(lm_buffer *output, double place) {
    markup_decimal(output, place * 1000, 1);
}

void chart_line_begin(chart *self, const char *name) {
    text_append(self->output, "<path class=\"line ", name, "\" d=\"");
    self->is_line_open = false;
}

void chart_line_point(chart *self, double x, double y) {
    text_append(self->output, self->is_line_open ? "L" : "M");
    units_append(self->output, chart_place(&self->x, x));
    text_append(self->output, " ");
    units_append(self->output, 1 - chart_place(&self->y, y));
    self->is_line_open = true;
}

void chart_line_gap(chart *self) {
    self->is_line_open = false;
}

void chart_line_end(chart *self) {
    text_append(self->output, "\"/>\n");
}

void chart_boxes_begin(chart *self, const char *name) {
    text_append(self->output, "<path class=\"", name, "\" d=\"");
}

void chart_box(chart *self, double left, double right, double top) {
    text_append(self->output, "M");
    units_append(self->output, left);
    text_append(self->output, " 1000V");
    units_append(self->output, 1 - top);
    text_append(self->output, "H");
    units_append(self->output, right);
    text_append(self->output, "V1000Z");
}

void chart_boxes_end(chart *self) {
    text_append(self->output, "\"/>\n");
}

void chart_dot(chart *self, double x, double y, const char *text) {
    text_append(self->output, "<circle class=\"dot\" r=\"4\" cx=\"");
    percent_append(self->output, chart_place(&self->x, x));
    text_append(self->output, "\" cy=\"");
    percent_append(self->output, 1 - chart_place(&self->y, y));
    text_append(self->output, "\"><title>", text, "</title></circle>\n");
}

void chart_marker(chart *self, double x, unsigned row, const char *text) {
    double place = chart_place(&self->x, x);
    char digits[UNIT_TEXT_SIZE];
    char digits_text[UNIT_TEXT_SIZE];
    text_append(self->output, "<line class=\"marker\" y2=\"100%\" y1=\"", number_format(14 * row, digits), "\" x1=\"");
    percent_append(self->output, place);
    text_append(self->output, "\" x2=\"");
    percent_append(self->output, place);
    /* In the right half the text is left of its line, to stay inside the plot. */
    text_append(self->output, "\"/><text class=\"marker-", place > 0.5 ? "left\" dx=\"-5" : "right\" dx=\"5", "\" y=\"",
                number_format(14 * row + 10, digits_text), "\" x=\"");
    percent_append(self->output, place);
    text_append(self->output, "\">", text, "</text>\n");
}
