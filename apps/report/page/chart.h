/* A chart of the page: a figure with a title, a legend, inline SVG that is sharp and readable at every width, and a note below it.
 * The svg element is the plot area. Text is placed by percentages and keeps its size; drawings are stretched from 1000 by 1000
 * units, with lines that keep their width. Any thread. */
#ifndef APPS_REPORT_PAGE_CHART_H
#define APPS_REPORT_PAGE_CHART_H

#include "loopmsg/buffer.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct chart_axis {
    double low, high; /* low < high; both above 0 on a logarithmic axis */
    bool is_log;
} chart_axis;

/* A logarithmic axis from LOWEST to HIGHEST (0 < LOWEST <= HIGHEST), widened to 1, 2 or 5 times a power of ten at both ends. */
chart_axis chart_axis_log(double lowest, double highest);

/* A linear axis from 0 to HIGHEST (not below 0) or the next tick. */
chart_axis chart_axis_linear(double highest);

/* Where VALUE is on the axis: 0 at the low end to 1 at the high end. Values beyond an end are drawn at it. */
double chart_place(const chart_axis *axis, double value);

#define CHART_TICKS_MAX 64
#define CHART_LABEL_SIZE 24
#define CHART_RANKS 4

typedef struct chart_tick {
    double place;  /* from chart_place */
    unsigned rank; /* below CHART_RANKS; lower ranks keep their labels if there is no room for all */
    char label[CHART_LABEL_SIZE];
    bool is_shown;           /* the label, on a wide page */
    bool is_shown_on_narrow; /* only if is_shown, too */
} chart_tick;

typedef struct chart_ticks {
    size_t count;
    chart_tick ticks[CHART_TICKS_MAX];
} chart_ticks;

/* Adds a tick, unless there are CHART_TICKS_MAX already. */
void chart_ticks_add(chart_ticks *ticks, double place, unsigned rank, const char *label);

/* Ticks of a logarithmic axis of nanoseconds, at 1, 2 and 5 times powers of ten; on a short axis also between. Labels are "1 us",
 * "2 us" ... */
void chart_ticks_of_times(chart_ticks *ticks, const chart_axis *axis);

/* About five ticks of a linear axis, at multiples of 1, 2 or 5 times a power of ten, followed by UNIT. HAS_THOUSANDS: thousands and
 * millions as k and M. */
void chart_ticks_of_numbers(chart_ticks *ticks, const chart_axis *axis, bool has_thousands, const char *unit);

typedef struct chart {
    lm_buffer *output;
    const char *id; /* of the svg element, unique on the page */
    const char *title;
    chart_axis x, y;
    bool is_line_open; /* between chart_line_begin and the first point, and after a gap */
} chart;

/* Opens the figure with the title and the legend. */
void chart_begin(chart *self);

/* An entry of the legend: a line or bar of the class NAME, and its meaning. */
void chart_legend_append(chart *self, const char *name, const char *words);

/* Closes the legend and opens the svg element, with a description for screen readers (our own plain text). Draws the grid and the
 * labels that have room. */
void chart_plot_begin(chart *self, const char *description, chart_ticks *x_labels, chart_ticks *y_labels);

/* Closes the svg element and the figure, with NOTE, made with TEXTS, below the axis. */
void chart_end(chart *self, const char *const *note);

/* A figure that says why there is no chart. */
void chart_missing_append(lm_buffer *output, const char *title, const char *why);

/* Opens and closes the area for the functions below. */
void chart_area_begin(chart *self);
void chart_area_end(chart *self);

/* A line of the class NAME. A gap interrupts it. */
void chart_line_begin(chart *self, const char *name);
void chart_line_point(chart *self, double x, double y);
void chart_line_gap(chart *self);
void chart_line_end(chart *self);

/* Boxes of the class NAME; left, right and top are places from 0 to 1. */
void chart_boxes_begin(chart *self, const char *name);
void chart_box(chart *self, double left, double right, double top);
void chart_boxes_end(chart *self);

/* Outside of an area: a dot at (X, Y) that shows TEXT (our own) under the pointer, and a vertical line at X with TEXT in the given
 * row of labels. */
void chart_dot(chart *self, double x, double y, const char *text);
void chart_marker(chart *self, double x, unsigned row, const char *text);

#endif
