/* Against the published definition of HdrHistogram with a lowest value of 1, a highest of 3,600,000,000,000 and 3 significant
 * digits. */
#include "loopmsg/histogram.h"
#include "support/check.h"
#include "support/random.h"

#include <stdlib.h>
#include <string.h>

/* Constant and too large for a stack. */
static lm_histogram histogram, first_half, second_half;

/* The definition as written, without speed in mind: 2 * 10^3 values must each be distinguished, and 2,048 is the next power of two.
 * So the first bucket has 2,048 sub-buckets of one value, and each further one 1,024 that are twice as wide as those before. */
typedef struct definition {
    size_t index;
    uint64_t lowest, highest, median;
} definition;

static definition definition_of(uint64_t value) {
    uint64_t width = 1;
    size_t before = 0; /* narrower sub-buckets, except the 1,024 for the lower half of this bucket */
    while (value / width >= 2048) {
        width *= 2;
        before += 1024;
    }
    definition result = {.index = before + (size_t)(value / width), .lowest = value / width * width};
    result.highest = result.lowest + width - 1;
    result.median = result.lowest + width / 2;
    return result;
}

/* A value of any length in bits, each as likely as the others. */
static uint64_t value_next(uint64_t *random) {
    uint64_t value = test_random_next(random) >> (22 + test_random_below(random, 42));
    return value <= LM_HISTOGRAM_MAX_NS ? value : LM_HISTOGRAM_MAX_NS;
}

static void assert_close(double value, double expected) {
    double distance = value < expected ? expected - value : value - expected;
    if (!(distance <= expected * 1e-12))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void the_edges_of_buckets_stand_where_the_definition_has_them(void **state) {
    (void)state;
    static const struct {
        uint64_t value;
        size_t bucket;
        uint64_t lowest, highest, median;
    } cases[] = {
        {0, 0, 0, 0, 0},
        {1, 1, 1, 1, 1},
        {2047, 2047, 2047, 2047, 2047},
        {2048, 2048, 2048, 2049, 2049},
        {2049, 2048, 2048, 2049, 2049},
        {2050, 2049, 2050, 2051, 2051},
        {4000, 3024, 4000, 4001, 4001},
        {4095, 3071, 4094, 4095, 4095},
        {4096, 3072, 4096, 4099, 4098},
        {8000, 4048, 8000, 8003, 8002},
        {8180, 4093, 8180, 8183, 8182},
        {8191, 4095, 8188, 8191, 8190},
        {8193, 4096, 8192, 8199, 8196},
        {9995, 4321, 9992, 9999, 9996},
        {10007, 4322, 10000, 10007, 10004},
        {10008, 4323, 10008, 10015, 10012},
        {1000000, 11169, 999936, 1000447, 1000192},
        {LM_HISTOGRAM_MAX_NS, 33420, UINT64_C(3599182594048), UINT64_C(3601330077695), UINT64_C(3600256335872)},
        {UINT64_MAX, 33420, UINT64_C(3599182594048), UINT64_C(3601330077695), UINT64_C(3600256335872)},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        size_t bucket = lm_histogram_bucket(cases[i].value);
        assert_int_equal(bucket, cases[i].bucket);
        assert_int_equal(lm_histogram_bucket_lowest_ns(bucket), cases[i].lowest);
        assert_int_equal(lm_histogram_bucket_highest_ns(bucket), cases[i].highest);
        memset(&histogram, 0, sizeof histogram);
        lm_histogram_record(&histogram, cases[i].value, 1);
        assert_close(lm_histogram_mean_ns(&histogram), (double)cases[i].median);
    }
}

static void assert_as_defined(uint64_t value) {
    definition expected = definition_of(value);
    size_t bucket = lm_histogram_bucket(value);
    assert_int_equal(bucket, expected.index);
    assert_int_equal(lm_histogram_bucket_lowest_ns(bucket), expected.lowest);
    assert_int_equal(lm_histogram_bucket_highest_ns(bucket), expected.highest);
}

static void any_value_falls_into_the_bucket_that_the_definition_gives_it(void **state) {
    (void)state;
    uint64_t random = 1;
    for (size_t i = 0; i < 100000; i++)
        assert_as_defined(value_next(&random));
    for (uint64_t power = 1; power < LM_HISTOGRAM_MAX_NS; power *= 2) {
        assert_as_defined(power - 1);
        assert_as_defined(power);
        assert_as_defined(power + 1);
    }
}

static void buckets_follow_each_other_without_a_gap_and_none_is_wider_than_a_thousandth(void **state) {
    (void)state;
    uint64_t next = 0;
    for (size_t bucket = 0; bucket < LM_HISTOGRAM_BUCKETS; bucket++) {
        uint64_t lowest = lm_histogram_bucket_lowest_ns(bucket);
        uint64_t highest = lm_histogram_bucket_highest_ns(bucket);
        assert_int_equal(lowest, next);
        assert_true(highest == lowest || (highest - lowest + 1) * 1000 <= lowest);
        next = highest + 1;
        if (highest > LM_HISTOGRAM_MAX_NS)
            continue;
        assert_int_equal(lm_histogram_bucket(lowest), bucket);
        assert_int_equal(lm_histogram_bucket(highest), bucket);
    }
    assert_true(next > LM_HISTOGRAM_MAX_NS);
}

static void an_empty_histogram_is_zero_in_everything(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, 12345, 0); /* no value */
    assert_int_equal(histogram.min_ns, 0);
    assert_int_equal(histogram.max_ns, 0);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0), 0);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.5), 0);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 1), 0);
    assert_true(lm_histogram_mean_ns(&histogram) == 0);
    assert_true(lm_histogram_deviation_ns(&histogram) == 0);
}

static void the_smallest_and_the_largest_value_are_kept_exactly(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, 1000001, 1);
    assert_int_equal(histogram.min_ns, 1000001);
    assert_int_equal(histogram.max_ns, 1000001);
    lm_histogram_record(&histogram, 999999, 2);
    lm_histogram_record(&histogram, 7654321, 3);
    assert_int_equal(histogram.min_ns, 999999);
    assert_int_equal(histogram.max_ns, 7654321);
    assert_int_equal(histogram.total, 6);
    lm_histogram_record(&histogram, 0, 1);
    assert_int_equal(histogram.min_ns, 0);
    lm_histogram_record(&histogram, 5, 1);
    assert_int_equal(histogram.min_ns, 0);
}

static void what_is_longer_than_the_longest_time_is_recorded_as_that(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, LM_HISTOGRAM_MAX_NS + 1, 1);
    lm_histogram_record(&histogram, UINT64_MAX, 1);
    assert_int_equal(histogram.total, 2);
    assert_int_equal(histogram.min_ns, LM_HISTOGRAM_MAX_NS);
    assert_int_equal(histogram.max_ns, LM_HISTOGRAM_MAX_NS);
    assert_int_equal(histogram.counts[lm_histogram_bucket(LM_HISTOGRAM_MAX_NS)], 2);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.5), LM_HISTOGRAM_MAX_NS);
}

static void a_value_recorded_many_times_at_once_is_that_value_many_times(void **state) {
    (void)state;
    uint64_t random = 2;
    memset(&histogram, 0, sizeof histogram);
    memset(&first_half, 0, sizeof first_half);
    for (size_t i = 0; i < 1000; i++) {
        uint64_t value = value_next(&random), count = test_random_below(&random, 5);
        lm_histogram_record(&histogram, value, count);
        for (uint64_t k = 0; k < count; k++)
            lm_histogram_record(&first_half, value, 1);
    }
    assert_true(memcmp(&histogram, &first_half, sizeof histogram) == 0);
}

static void mean_and_deviation_are_those_of_the_buckets_middles(void **state) {
    (void)state;
    static const uint64_t textbook[] = {2, 4, 4, 4, 5, 5, 7, 9};
    memset(&histogram, 0, sizeof histogram);
    for (size_t i = 0; i < TEST_COUNT(textbook); i++)
        lm_histogram_record(&histogram, textbook[i], 1);
    assert_close(lm_histogram_mean_ns(&histogram), 5);
    assert_close(lm_histogram_deviation_ns(&histogram), 2);

    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, 10007, 3); /* counted as 10004 */
    lm_histogram_record(&histogram, 4000, 1);  /* counted as 4001 */
    assert_close(lm_histogram_mean_ns(&histogram), 8503.25);
    assert_close(lm_histogram_deviation_ns(&histogram) * lm_histogram_deviation_ns(&histogram),
                 (3 * 1500.75 * 1500.75 + 4502.25 * 4502.25) / 4);
}

static void mean_and_deviation_are_the_definitions_for_any_values(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    static uint64_t values[COUNT];
    uint64_t random = 3;
    memset(&histogram, 0, sizeof histogram);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = value_next(&random);
        lm_histogram_record(&histogram, values[i], 1);
        sum += (double)definition_of(values[i]).median;
    }
    for (size_t i = 0; i < COUNT; i++) {
        double distance = (double)definition_of(values[i]).median - sum / (double)COUNT;
        squares += distance * distance;
    }
    double deviation = lm_histogram_deviation_ns(&histogram);
    assert_close(lm_histogram_mean_ns(&histogram), sum / (double)COUNT);
    assert_close(deviation * deviation, squares / (double)COUNT);
}

static int value_compare(const void *one, const void *other) {
    uint64_t left = *(const uint64_t *)one, right = *(const uint64_t *)other;
    return left < right ? -1 : left > right;
}

/* COUNT values: each quantile, in THOUSANDTHS, is the value at that rank when sorted, rounded to its bucket. */
static void assert_quantiles(size_t count, uint64_t seed) {
    static uint64_t values[5000];
    assert_true(count > 0 && count <= TEST_COUNT(values));
    memset(&histogram, 0, sizeof histogram);
    for (size_t i = 0; i < count; i++) {
        values[i] = value_next(&seed);
        lm_histogram_record(&histogram, values[i], 1);
    }
    qsort(values, count, sizeof values[0], value_compare);
    for (size_t thousandths = 0; thousandths <= 1000; thousandths++) {
        size_t rank = (thousandths * count + 999) / 1000; /* rounded up in whole numbers */
        uint64_t expected = definition_of(values[rank > 0 ? rank - 1 : 0]).highest;
        if (expected > values[count - 1])
            expected = values[count - 1];
        assert_int_equal(lm_histogram_quantile_ns(&histogram, (double)thousandths / 1000), expected);
    }
}

static void quantiles_are_those_of_the_sorted_values(void **state) {
    (void)state;
    static const size_t counts[] = {1, 2, 3, 4, 7, 10, 99, 100, 101, 1000, 4999, 5000};
    for (size_t i = 0; i < TEST_COUNT(counts); i++)
        assert_quantiles(counts[i], i);
}

static void quantiles_at_the_edges_are_the_least_that_suffices(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, 10, 1);
    lm_histogram_record(&histogram, 20, 1);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0), 10);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.5), 10);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.500001), 20);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 1), 20);

    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, 1, 9999);
    lm_histogram_record(&histogram, 1000001, 1); /* its bucket reaches to 1000447, the values do not */
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.9999), 1);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.99991), 1000001);

    memset(&histogram, 0, sizeof histogram);
    lm_histogram_record(&histogram, 7, UINT64_C(1) << 62); /* more than a double distinguishes */
    lm_histogram_record(&histogram, 8, 1);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 0.5), 7);
    assert_int_equal(lm_histogram_quantile_ns(&histogram, 1), 8);
}

static void halves_added_up_are_the_whole_to_the_byte(void **state) {
    (void)state;
    uint64_t random = 7;
    memset(&histogram, 0, sizeof histogram);
    memset(&first_half, 0, sizeof first_half);
    memset(&second_half, 0, sizeof second_half);
    for (size_t i = 0; i < 20000; i++) {
        uint64_t value = value_next(&random) + 1; /* so that no smallest value equals that of an empty histogram */
        lm_histogram_record(&histogram, value, 1);
        lm_histogram_record(test_random_below(&random, 2) == 0 ? &first_half : &second_half, value, 1);
    }
    lm_histogram_add(&first_half, &second_half);
    assert_true(memcmp(&first_half, &histogram, sizeof histogram) == 0);
}

static void a_range_added_to_another_keeps_the_extremes_of_both(void **state) {
    (void)state;
    static const uint64_t ranges[][2] = {{100, 5000}, {5000000, 70000000}};
    for (size_t lower = 0; lower < 2; lower++) {
        memset(&histogram, 0, sizeof histogram);
        memset(&first_half, 0, sizeof first_half);
        memset(&second_half, 0, sizeof second_half);
        for (size_t i = 0; i < 2; i++) {
            lm_histogram_record(&first_half, ranges[lower][i], 3);
            lm_histogram_record(&second_half, ranges[1 - lower][i], 4);
            lm_histogram_record(&histogram, ranges[lower][i], 3);
            lm_histogram_record(&histogram, ranges[1 - lower][i], 4);
        }
        lm_histogram_add(&first_half, &second_half);
        assert_true(memcmp(&first_half, &histogram, sizeof histogram) == 0);
    }
}

static void adding_nothing_changes_nothing_and_adding_to_nothing_copies(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    memset(&first_half, 0, sizeof first_half);
    memset(&second_half, 0, sizeof second_half);
    lm_histogram_add(&histogram, &second_half);
    assert_true(memcmp(&histogram, &second_half, sizeof histogram) == 0);
    lm_histogram_record(&first_half, 3000, 2);
    lm_histogram_record(&first_half, 5000000, 1);
    lm_histogram_add(&histogram, &first_half);
    lm_histogram_add(&histogram, &second_half);
    assert_true(memcmp(&histogram, &first_half, sizeof histogram) == 0);
}

static void a_cleared_histogram_is_all_zero(void **state) {
    (void)state;
    static const uint64_t values[][2] = {{0, 0}, {0, UINT64_MAX}, {2047, 2048}, {5000, 5000}, {123456, 987654321}};
    memset(&second_half, 0, sizeof second_half);
    for (size_t i = 0; i < TEST_COUNT(values); i++) {
        memset(&histogram, 0, sizeof histogram);
        lm_histogram_record(&histogram, values[i][0], 1);
        lm_histogram_record(&histogram, values[i][1], 5);
        lm_histogram_clear(&histogram);
        assert_true(memcmp(&histogram, &second_half, sizeof histogram) == 0);
        lm_histogram_clear(&histogram);
        assert_true(memcmp(&histogram, &second_half, sizeof histogram) == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_edges_of_buckets_stand_where_the_definition_has_them),
        cmocka_unit_test(any_value_falls_into_the_bucket_that_the_definition_gives_it),
        cmocka_unit_test(buckets_follow_each_other_without_a_gap_and_none_is_wider_than_a_thousandth),
        cmocka_unit_test(an_empty_histogram_is_zero_in_everything),
        cmocka_unit_test(the_smallest_and_the_largest_value_are_kept_exactly),
        cmocka_unit_test(what_is_longer_than_the_longest_time_is_recorded_as_that),
        cmocka_unit_test(a_value_recorded_many_times_at_once_is_that_value_many_times),
        cmocka_unit_test(mean_and_deviation_are_those_of_the_buckets_middles),
        cmocka_unit_test(mean_and_deviation_are_the_definitions_for_any_values),
        cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
        cmocka_unit_test(quantiles_at_the_edges_are_the_least_that_suffices),
        cmocka_unit_test(halves_added_up_are_the_whole_to_the_byte),
        cmocka_unit_test(a_range_added_to_another_keeps_the_extremes_of_both),
        cmocka_unit_test(adding_nothing_changes_nothing_and_adding_to_nothing_copies),
        cmocka_unit_test(a_cleared_histogram_is_all_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
