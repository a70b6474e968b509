/* The histogram of response times, as bars of text. Any thread. */
#ifndef APPS_REPORT_HISTOGRAM_H
#define APPS_REPORT_HISTOGRAM_H

#include "loopmsg/buffer.h"
#include "loopmsg/histogram.h"

/* Appends a heading and the bars, WIDTH columns wide (BENCH_WIDTH_MIN to BENCH_WIDTH_MAX); nothing for an empty histogram. */
void bench_histogram_append(lm_buffer *output, unsigned width, const lm_histogram *histogram);

#endif
