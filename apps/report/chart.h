/* Charts as inline SVG that stays sharp and readable at every width: the svg element is the plot area and as wide as its place, text stands at
 * percentages of it in its own size, and what is drawn is stretched in a system of 1000 by 1000 units, with lines that keep their width.
 * Any thread. */
#ifndef APPS_REPORT_CHART_H
#define APPS_REPORT_CHART_H

#include "loopmsg/buffer.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct chart_axis {
    double low, high; /* low < high; both above 0 on a logarithmic axis */
    bool is_log;
} chart_axis;

/* A logarithmic axis from LOWEST to HIGHEST (0 < LOWEST <= HIGHEST), made wider until it ends at 1, 2 or 5 times a power of ten. */
chart_axis chart_axis_log(double lowest, double highest);

/* A linear axis from 0 to HIGHEST (not below 0) or the next tick. */
chart_axis chart_axis_linear(double highest);

/* Where VALUE is on the axis: 0 at its low end to 1 at its high end; a value beyond is drawn at the end. */
double chart_place(const chart_axis *axis, double value);

#define CHART_TICKS_MAX 64
#define CHART_LABEL_SIZE 24
#define CHART_RANKS 4

typedef struct chart_tick {
    double place;  /* as chart_place has it */
    unsigned rank; /* below CHART_RANKS; where there is no room for all, the labels of lower ranks stay */
    char label[CHART_LABEL_SIZE];
    bool is_shown;           /* the label, where the page is wide */
    bool is_shown_on_narrow; /* and where it is narrow: never without the other */
} chart_tick;

typedef struct chart_ticks {
    size_t count;
    chart_tick ticks[CHART_TICKS_MAX];
} chart_ticks;

/* Adds a tick; nothing once there are CHART_TICKS_MAX. */
void chart_ticks_add(chart_ticks *ticks, double place, unsigned rank, const char *label);

/* Ticks at 1, 2 and 5 times the powers of ten of a logarithmic axis of nanoseconds, and also between where it is short; labelled "1 us",
 * "2 us" ... */
void chart_ticks_of_times(chart_ticks *ticks, const chart_axis *axis);

/* Some five ticks of a linear axis at multiples of 1, 2 or 5 times a power of ten, followed by UNIT; thousands and millions as k and M
 * where HAS_THOUSANDS. */
void chart_ticks_of_numbers(chart_ticks *ticks, const chart_axis *axis, bool has_thousands, const char *unit);

typedef struct chart {
    lm_buffer *output;
    const char *id; /* of the svg element, unique on the page */
    chart_axis x, y;
    bool is_line_open; /* between chart_line_begin and the first point, and after a gap */
} chart;

/* Opens the svg element with its title and description for those who cannot see it (plain text of our own), and draws grid and labels.
 * LABELS are thinned out here. */
void chart_begin(chart *self, const char *title, const char *description, chart_ticks *x_labels, chart_ticks *y_labels);
void chart_end(chart *self);

/* Opens and closes what the calls below draw in. */
void chart_area_begin(chart *self);
void chart_area_end(chart *self);

/* A line of the class NAME. A gap parts it. */
void chart_line_begin(chart *self, const char *name);
void chart_line_point(chart *self, double x, double y);
void chart_line_gap(chart *self);
void chart_line_end(chart *self);

/* One box, between chart_boxes_begin and chart_boxes_end; in places from 0 to 1. */
void chart_boxes_begin(chart *self, const char *name);
void chart_box(chart *self, double left, double right, double top);
void chart_boxes_end(chart *self);

/* Outside of an area: a dot at (X, Y) that tells TEXT (our own) when pointed at, and an upright line at X with TEXT in the given row of
 * labels above the plot's upper edge. */
void chart_dot(chart *self, double x, double y, const char *text);
void chart_marker(chart *self, double x, unsigned row, const char *text);

#endif
