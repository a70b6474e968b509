/* A histogram of times, log-linear as HdrHistogram defines it (http://hdrhistogram.org): from 1 ns to an hour with three
 * significant digits. Its size is constant, recording never fails, and adding histograms loses nothing. One thread at a time. */
#ifndef LOOPMSG_HISTOGRAM_H
#define LOOPMSG_HISTOGRAM_H

#include "pal/public.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_HISTOGRAM_MAX_NS UINT64_C(3600000000000) /* longer times are recorded as this */

/* Each value below 2048 ns has its own bucket. Above, each power of two is divided into 1,024 buckets, so a bucket is at most a
 * thousandth of its values wide. */
#define LM_HISTOGRAM_HALF 1024u
#define LM_HISTOGRAM_BUCKETS (33u * LM_HISTOGRAM_HALF)

/* All zero is an empty histogram. */
typedef struct lm_histogram {
    uint64_t total;  /* recorded values */
    uint64_t min_ns; /* the smallest and the largest value, exact; 0 while empty */
    uint64_t max_ns;
    uint64_t counts[LM_HISTOGRAM_BUCKETS]; /* by bucket, smallest values first */
} lm_histogram;

/* Records a value COUNT times. */
void lm_histogram_record(lm_histogram *histogram, uint64_t value_ns, uint64_t count);

/* Adds all values of FROM. Adding and clearing cost no more than the span of the buckets in use. */
void lm_histogram_add(lm_histogram *histogram, const lm_histogram *from);
void lm_histogram_clear(lm_histogram *histogram);

/* Return the bucket that holds a value, and the smallest and the largest value of a bucket. Buckets are numbered from 0 to
 * LM_HISTOGRAM_BUCKETS - 1. */
size_t lm_histogram_bucket(uint64_t value_ns);
uint64_t lm_histogram_bucket_lowest_ns(size_t bucket);
uint64_t lm_histogram_bucket_highest_ns(size_t bucket);

/* Returns a value that QUANTILE (0 to 1) of the values do not exceed: the highest value of the first bucket for which this holds,
 * at most max_ns. 0 for an empty histogram. */
uint64_t lm_histogram_quantile_ns(const lm_histogram *histogram, double quantile);

/* Return mean and standard deviation; each value counts as the middle of its bucket. 0 for an empty histogram. */
double lm_histogram_mean_ns(const lm_histogram *histogram);
double lm_histogram_deviation_ns(const lm_histogram *histogram);

PAL_PUBLIC_END

#endif
