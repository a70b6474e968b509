/* Numbers with units as options take them. */
#include "output/units.h"
#include "support/check.h"

typedef bool parse_function(const char *text, uint64_t *value);
typedef const char *format_function(uint64_t value, char *buffer);

typedef struct number_case {
    parse_function *parse;
    format_function *format;
    const char *text;
    uint64_t value;
    const char *formatted; /* NULL for as the text */
} number_case;

static const number_case numbers[] = {
    {time_parse, time_format, "0", 0, NULL},
    {time_parse, time_format, "0s", 0, "0"},
    {time_parse, time_format, "10ns", 10, NULL},
    {time_parse, time_format, "50us", 50000, NULL},
    {time_parse, time_format, "500ms", 500000000, NULL},
    {time_parse, time_format, "1.5s", 1500000000, "1500ms"},
    {time_parse, time_format, "0.5ms", 500000, "500us"},
    {time_parse, time_format, "1.000000001s", 1000000001, "1000000001ns"},
    {time_parse, time_format, "1.50s", 1500000000, "1500ms"},
    {time_parse, time_format, "0.1m", UINT64_C(6000000000), "6s"},
    {time_parse, time_format, "120s", UINT64_C(120000000000), "2m"},
    {time_parse, time_format, "18446744073709551615ns", UINT64_MAX, NULL},
    {time_parse, time_format, "18446744073.709551615s", UINT64_MAX, "18446744073709551615ns"},
    {size_parse, size_format, "100", 100, NULL},
    {size_parse, size_format, "1.5k", 1536, "1536"},
    {size_parse, size_format, "0.0009765625k", 1, "1"},
    {size_parse, size_format, "64k", 65536, NULL},
    {size_parse, size_format, "1024k", 1048576, "1M"},
    {count_parse, count_format, "1.5k", 1500, "1500"},
    {count_parse, count_format, "1.0", 1, "1"},
    {count_parse, count_format, "0.000001M", 1, "1"},
    {count_parse, count_format, "10k", 10000, NULL},
    {count_parse, count_format, "18446744073709551615", UINT64_MAX, NULL},
};

static void a_number_with_a_unit_is_read_exactly_and_written_so_that_it_is_read_again(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_COUNT(numbers); i++) {
        const number_case *row = &numbers[i];
        char buffer[UNIT_TEXT_SIZE];
        uint64_t value = 99;
        if (!row->parse(row->text, &value) || value != row->value)
            fail_msg("'%s' was not read as it should be", row->text);
        assert_string_equal(row->format(value, buffer), row->formatted != NULL ? row->formatted : row->text);
        assert_true(row->parse(buffer, &value));
        assert_true(value == row->value);
    }
}

static void what_is_no_exact_number_with_a_unit_is_refused(void **state) {
    (void)state;
    static const struct {
        parse_function *parse;
        const char *text;
    } cases[] = {
        {time_parse, ""},
        {time_parse, "1"},
        {time_parse, "s"},
        {time_parse, ".5s"},
        {time_parse, "1.s"},
        {time_parse, "1..5s"},
        {time_parse, "1.5.0s"},
        {time_parse, "1.5ns"},
        {time_parse, "0.0005us"},
        {time_parse, "-1s"},
        {time_parse, "+1s"},
        {time_parse, " 1s"},
        {time_parse, "1s "},
        {time_parse, "1 s"},
        {time_parse, "1S"},
        {time_parse, "1h"},
        {time_parse, "1e3s"},
        {time_parse, "0x1s"},
        {time_parse, "1,5s"},
        {time_parse, "18446744073709551616ns"},
        {size_parse, "1.5"},
        {size_parse, "0.0001k"},
        {size_parse, "1K"},
        {size_parse, "1kB"},
        {size_parse, "1ms"},
        {size_parse, "17592186044416M"},
        {count_parse, "0.5"},
        {count_parse, "0.0005k"},
        {count_parse, "k"},
        {count_parse, "18446744073709551616"},
        {time_parse, "18446744073.709551616s"},
        {time_parse, "1.0000000000000000000s"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        uint64_t value = 0;
        if (cases[i].parse(cases[i].text, &value))
            fail_msg("'%s' was read", cases[i].text);
    }
}

static void a_decimal_is_the_nearest_double(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"0", 0},
                 {"99.9", 99.9},
                 {"0.95", 0.95},
                 {"1.005", 1.005},
                 {"007.50", 7.5},
                 {"0.3333333333333333333333333", 0.3333333333333333},
                 {"18446744073709551615", 18446744073709551615.0}};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        double value = -1;
        assert_true(decimal_parse(cases[i].text, &value));
        assert_true(value == cases[i].value);
    }
    static const char *const wrong[] = {
        "", ".", "1.", ".5", "1.5.", "-1", "+1", " 1", "1 ", "1e3", "0x1", "1,5", "18446744073709551616"};
    for (size_t i = 0; i < TEST_COUNT(wrong); i++) {
        double value;
        assert_false(decimal_parse(wrong[i], &value));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_with_a_unit_is_read_exactly_and_written_so_that_it_is_read_again),
        cmocka_unit_test(what_is_no_exact_number_with_a_unit_is_refused),
        cmocka_unit_test(a_decimal_is_the_nearest_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
