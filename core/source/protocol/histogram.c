#include "loopmsg/histogram.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#define SINGLE_BITS 11u /* values of this many bits have a bucket each: 2 * 10^3, rounded up to a power of two */
#define HALF_BITS (SINGLE_BITS - 1)

static_assert(LM_HISTOGRAM_HALF == 1u << HALF_BITS,
              "all later groups of buckets are as large as the upper half of the single ones");
static_assert(LM_HISTOGRAM_MAX_NS >> (LM_HISTOGRAM_BUCKETS / LM_HISTOGRAM_HALF - 2 + SINGLE_BITS) == 0,
              "the longest time has a bucket");
static_assert(DBL_MANT_DIG == 53 && sizeof(double) == sizeof(uint64_t), "doubles are those of IEEE 754");

/* Returns by how many bits a value is longer than SINGLE_BITS. A double holds it exactly, and its exponent is the number of bits:
 * faster than any portable search for the highest bit. */
static unsigned exponent_of(uint64_t value_ns) {
    double number = (double)(int64_t)(value_ns | ((1u << SINGLE_BITS) - 1));
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return (unsigned)(bits >> (DBL_MANT_DIG - 1)) - (DBL_MAX_EXP - 1) - HALF_BITS;
}

/* Returns the same for the values of a bucket. */
static unsigned bucket_exponent(size_t bucket) {
    assert(bucket < LM_HISTOGRAM_BUCKETS);
    return bucket < LM_HISTOGRAM_HALF ? 0 : (unsigned)(bucket / LM_HISTOGRAM_HALF - 1);
}

size_t lm_histogram_bucket(uint64_t value_ns) {
    if (value_ns > LM_HISTOGRAM_MAX_NS)
        value_ns = LM_HISTOGRAM_MAX_NS;
    unsigned exponent = exponent_of(value_ns);
    size_t bucket = (size_t)exponent * LM_HISTOGRAM_HALF + (size_t)(value_ns >> exponent);
    assert(bucket < LM_HISTOGRAM_BUCKETS);
    return bucket;
}

uint64_t lm_histogram_bucket_lowest_ns(size_t bucket) {
    unsigned exponent = bucket_exponent(bucket);
    return (uint64_t)(bucket - (size_t)exponent * LM_HISTOGRAM_HALF) << exponent;
}

uint64_t lm_histogram_bucket_highest_ns(size_t bucket) {
    return lm_histogram_bucket_lowest_ns(bucket) + (UINT64_C(1) << bucket_exponent(bucket)) - 1;
}

/* Returns the value that stands for all values of a bucket. */
static double bucket_middle_ns(size_t bucket) {
    uint64_t half_width_ns = (UINT64_C(1) << bucket_exponent(bucket)) / 2;
    return (double)(lm_histogram_bucket_lowest_ns(bucket) + half_width_ns);
}

void lm_histogram_record(lm_histogram *histogram, uint64_t value_ns, uint64_t count) {
    if (count == 0)
        return; /* otherwise min and max would include a value that is not there */
    if (value_ns > LM_HISTOGRAM_MAX_NS)
        value_ns = LM_HISTOGRAM_MAX_NS;
    if (value_ns < histogram->min_ns || histogram->total == 0)
        histogram->min_ns = value_ns;
    if (value_ns > histogram->max_ns)
        histogram->max_ns = value_ns;
    histogram->total += count;
    histogram->counts[lm_histogram_bucket(value_ns)] += count;
}

void lm_histogram_add(lm_histogram *histogram, const lm_histogram *from) {
    assert(histogram != from);
    if (from->total == 0)
        return;
    assert(from->min_ns <= from->max_ns && from->max_ns <= LM_HISTOGRAM_MAX_NS);
    size_t last = lm_histogram_bucket(from->max_ns);
    for (size_t i = lm_histogram_bucket(from->min_ns); i <= last; i++)
        histogram->counts[i] += from->counts[i];
    if (from->min_ns < histogram->min_ns || histogram->total == 0)
        histogram->min_ns = from->min_ns;
    if (from->max_ns > histogram->max_ns)
        histogram->max_ns = from->max_ns;
    histogram->total += from->total;
}

void lm_histogram_clear(lm_histogram *histogram) {
    size_t first = lm_histogram_bucket(histogram->min_ns);
    size_t last = lm_histogram_bucket(histogram->max_ns);
    assert(first <= last);
    memset(&histogram->counts[first], 0, (last - first + 1) * sizeof histogram->counts[0]);
    histogram->total = 0;
    histogram->min_ns = 0;
    histogram->max_ns = 0;
}

/* Returns how many of the values a quantile covers. */
static uint64_t rank_of(double quantile, uint64_t total) {
    if (quantile >= 1)
        return total;
    /* 0.07 is stored slightly too large, and 7 of 100 values would become 8. So use the number just below. */
    return (uint64_t)ceil(nextafter(quantile, 0) * (double)total);
}

uint64_t lm_histogram_quantile_ns(const lm_histogram *histogram, double quantile) {
    assert(quantile >= 0 && quantile <= 1);
    if (histogram->total == 0)
        return 0;
    uint64_t rank = rank_of(quantile, histogram->total);
    size_t bucket = lm_histogram_bucket(histogram->min_ns);
    size_t last = lm_histogram_bucket(histogram->max_ns);
    uint64_t counted = histogram->counts[bucket];
    while (counted < rank && bucket < last)
        counted += histogram->counts[++bucket];
    return bucket < last ? lm_histogram_bucket_highest_ns(bucket) : histogram->max_ns;
}

double lm_histogram_mean_ns(const lm_histogram *histogram) {
    if (histogram->total == 0)
        return 0;
    double sum_ns = 0;
    size_t last = lm_histogram_bucket(histogram->max_ns);
    for (size_t i = lm_histogram_bucket(histogram->min_ns); i <= last; i++)
        sum_ns += (double)histogram->counts[i] * bucket_middle_ns(i);
    return sum_ns / (double)histogram->total;
}

double lm_histogram_deviation_ns(const lm_histogram *histogram) {
    if (histogram->total == 0)
        return 0;
    double mean_ns = lm_histogram_mean_ns(histogram);
    double sum = 0;
    size_t last = lm_histogram_bucket(histogram->max_ns);
    for (size_t i = lm_histogram_bucket(histogram->min_ns); i <= last; i++) {
        double distance_ns = bucket_middle_ns(i) - mean_ns;
        sum += (double)histogram->counts[i] * distance_ns * distance_ns;
    }
    return sqrt(sum / (double)histogram->total);
}
