/* Measured numbers, rounded. */
#include "output/measured.h"
#include "support/check.h"

typedef struct number_case {
    double value;
    const char *expected;
} number_case;

static void assert_numbers(const char *(*format)(double, char *), const number_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char buffer[UNIT_TEXT_SIZE];
        assert_string_equal(format(cases[i].value, buffer), cases[i].expected);
    }
}

static void a_time_has_three_digits_and_the_unit_that_it_is_rounded_to(void **state) {
    (void)state;
    static const number_case cases[] = {
        {0, "0 us"},           {0.4, "0 us"},        {1, "1 ns"},          {850, "850 ns"},       {12.34, "12.3 ns"},
        {999.4, "999 ns"},     {999.6, "1.00 us"},   {1000, "1.00 us"},    {9994, "9.99 us"},     {9996, "10.0 us"},
        {12345, "12.3 us"},    {99940, "99.9 us"},   {99960, "100 us"},    {999400, "999 us"},    {999600, "1.00 ms"},
        {4564000, "4.56 ms"},  {9.996e6, "10.0 ms"}, {999.6e6, "1.00 s"},  {1.9e9, "1.90 s"},     {59.94e9, "59.9 s"},
        {59.96e9, "1.00 min"}, {150e9, "2.50 min"},  {3600e9, "60.0 min"}, {86400e9, "1440 min"},
    };
    assert_numbers(measured_time_format, cases, TEST_COUNT(cases));
}

static void counts_and_sizes_have_three_digits_too(void **state) {
    (void)state;
    static const number_case counts[] = {{0, "0"},           {7, "7"},           {950, "950"},      {0.25, "0.25"},
                                         {12.34, "12.3"},    {999.6, "1.00 k"},  {12345, "12.3 k"}, {999499, "999 k"},
                                         {999501, "1.00 M"}, {4.56e6, "4.56 M"}, {1.5e9, "1.50 G"}, {2.5e15, "2500 T"}};
    static const number_case sizes[] = {{0, "0 B"},
                                        {64, "64 B"},
                                        {1000, "1000 B"},
                                        {1023, "1023 B"},
                                        {1024, "1.00 KiB"},
                                        {1536, "1.50 KiB"},
                                        {1023.6 * 1024, "1.00 MiB"},
                                        {12.3 * 1048576, "12.3 MiB"},
                                        {4.56 * 1073741824, "4.56 GiB"}};
    assert_numbers(measured_count_format, counts, TEST_COUNT(counts));
    assert_numbers(measured_size_format, sizes, TEST_COUNT(sizes));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_has_three_digits_and_the_unit_that_it_is_rounded_to),
        cmocka_unit_test(counts_and_sizes_have_three_digits_too),
    };
    return cmocka_run_group_tests_name("measured numbers", tests, NULL, NULL);
}
