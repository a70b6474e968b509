/* What follows from the numbers of a report: --fail-if, the ratios of a comparison, what set the limit, a wrong byte in words. */
#include "pal/clock.h"
#include "report/fail_if.h"
#include "report/measure.h"
#include "report/report.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

/* A second of an open loop: 100 answers of 1, 2 ... 100 ms, 3 errors, 2 lost. */
typedef struct report_by_hand {
    bench_report report;
    bench_server servers[2];
    lm_load_slice slices[2][4];
} report_by_hand;

static int report_open(void **state) {
    report_by_hand *by_hand = calloc(1, sizeof *by_hand);
    if (by_hand == NULL)
        return -1;
    bench_report *report = &by_hand->report;
    report->server_count = 1;
    report->plan = (bench_plan){.load = {.rate = 100, .workers = 2}};
    report->failure = "";
    for (size_t i = 0; i < 2; i++) {
        report->servers[i] = &by_hand->servers[i];
        report->servers[i]->slices = by_hand->slices[i];
    }
    lm_load_result *measured = &by_hand->servers[0].measured;
    measured->elapsed_ns = PAL_SECOND_NS;
    measured->due = measured->sent = 102;
    measured->answered = 100;
    measured->lost = 2;
    measured->errors[LM_LOAD_TIMED_OUT] = 2;
    by_hand->servers[0].connecting.errors[LM_LOAD_REFUSED] = 1;
    for (uint64_t i = 1; i <= 100; i++) {
        lm_histogram_record(&measured->response, i * PAL_MILLISECOND_NS, 1);
        lm_histogram_record(&measured->service, i * PAL_MICROSECOND_NS, 1);
        lm_histogram_record(&measured->lateness, 20 * PAL_MICROSECOND_NS, 1);
    }
    lm_histogram_record(&by_hand->servers[0].connecting.connect, 3 * PAL_MILLISECOND_NS, 1);
    *state = by_hand;
    return 0;
}

static int report_close(void **state) {
    free(*state);
    return 0;
}

static fail_if check_of(const char *text, bench_report *report) {
    char wrong[FAIL_IF_TEXT_SIZE];
    fail_if check;
    const char *sentence = fail_if_parse(&check, text, wrong);
    if (sentence != NULL)
        fail_msg("'%s' %s", text, sentence);
    fail_if_evaluate(&check, report);
    return check;
}

static void a_check_fails_exactly_where_its_comparison_holds(void **state) {
    report_by_hand *by_hand = *state;
    static const struct {
        const char *text;
        bool is_met;
    } cases[] = {
        {"p99>98ms", true},
        {"p99>100ms", false},
        {"p50>=50ms", true},
        {"p50<49ms", false},
        {"max<=100ms", true},
        {"max<100ms", false},
        {"max>=100ms", true},
        {"max>100ms", false},
        {"min>999us", true},
        {"min>1ms", false},
        {"min<=1ms", true},
        {"mean>50ms", true},
        {"mean>51ms", false},
        {"p100>=100ms", true},
        {"p99.9>99ms", true},
        {"service_p50>1ms", false},
        {"service_max>=100us", true},
        {"lateness_p99>1ms", false},
        {"lateness_max>=20us", true},
        {"connect_p50>2ms", true},
        {"connect_max>3ms", false},
        {"errors>2", true},
        {"errors>3", false},
        {"errors>=3", true},
        {"wrong>0", false},
        {"lost>1", true},
        {"lost<2", false},
        {"answered<0.1k", false},
        {"answered<=0.1k", true},
        {"rate<101", true},
        {"rate<100", false},
        {" rate \t< 101 ", true},
        {"p50>0", true},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        fail_if check = check_of(cases[i].text, &by_hand->report);
        if (check.is_unknown || check.is_met != cases[i].is_met)
            fail_msg("'%s' was judged wrongly", cases[i].text);
    }
}

static void what_was_not_measured_is_unknown_and_not_zero(void **state) {
    report_by_hand *by_hand = *state;
    static const char *const texts[] = {"p99>1m", "min<0", "service_max>1m", "lateness_mean<0", "connect_p50>1m", "rate<0"};
    memset(by_hand->servers, 0, sizeof by_hand->servers);
    for (size_t i = 0; i < TEST_COUNT(texts); i++) {
        fail_if check = check_of(texts[i], &by_hand->report);
        char words[FAIL_IF_TEXT_SIZE];
        assert_true(check.is_unknown);
        assert_false(check.is_met);
        assert_non_null(strstr(fail_if_describe(&check, words), "nothing was measured"));
    }
    assert_false(check_of("errors>0", &by_hand->report).is_unknown);
    assert_true(check_of("rate_ratio<1", &by_hand->report).is_unknown);
}

static void a_check_says_what_it_was_as_exactly_as_its_limit(void **state) {
    report_by_hand *by_hand = *state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"max > 5ms", "max > 5ms: it was 100ms"},
        {"service_min<1ms", "service_min<1ms: it was 1us"},
        {"errors>0", "errors>0: it was 3"},
        {"rate<10k", "rate<10k: it was 100"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        fail_if check = check_of(cases[i].text, &by_hand->report);
        char words[FAIL_IF_TEXT_SIZE];
        assert_string_equal(fail_if_describe(&check, words), cases[i].words);
    }
    by_hand->servers[0].measured.answered = 1234567;
    fail_if check = check_of("rate<10M", &by_hand->report);
    char words[FAIL_IF_TEXT_SIZE];
    assert_string_equal(fail_if_describe(&check, words), "rate<10M: it was 1234567");
}

static void slice_set(lm_load_slice *slice, uint64_t answered, uint64_t p50_ns, uint64_t p99_ns) {
    *slice = (lm_load_slice){.length_ns = PAL_SECOND_NS, .answered = answered, .p50_ns = p50_ns, .p99_ns = p99_ns};
}

static void ratios_are_medians_over_pairs_of_turns_in_which_both_answered(void **state) {
    report_by_hand *by_hand = *state;
    bench_report *report = &by_hand->report;
    bench_ratio ratio;
    assert_false(bench_ratio_of(report, BENCH_RATIO_RATE, &ratio)); /* one server */
    report->server_count = 2;
    assert_false(bench_ratio_of(report, BENCH_RATIO_RATE, &ratio)); /* no turn */
    slice_set(&by_hand->slices[0][0], 100, 1000, 8000);
    slice_set(&by_hand->slices[0][1], 0, 0, 0);
    slice_set(&by_hand->slices[0][2], 200, 1000, 8000);
    slice_set(&by_hand->slices[1][0], 50, 3000, 4000);
    slice_set(&by_hand->slices[1][1], 70, 1, 1);
    slice_set(&by_hand->slices[1][2], 300, 2000, 2000);
    slice_set(&by_hand->slices[0][3], 100, 1000, 8000);
    by_hand->servers[0].slice_count = 4;
    by_hand->servers[1].slice_count = 4; /* whose last one is zero */
    assert_true(bench_ratio_of(report, BENCH_RATIO_RATE, &ratio));
    assert_true(ratio.low == 0.5 && ratio.median == 1 && ratio.high == 1.5);
    assert_true(bench_ratio_of(report, BENCH_RATIO_P50, &ratio));
    assert_true(ratio.low == 2 && ratio.median == 2.5 && ratio.high == 3);
    assert_true(bench_ratio_of(report, BENCH_RATIO_P99, &ratio));
    assert_true(ratio.low == 0.25 && ratio.median == 0.375 && ratio.high == 0.5);
    assert_true(check_of("p50_ratio>2.4", report).is_met);
    assert_false(check_of("p50_ratio>2.5", report).is_met);
    by_hand->servers[1].slice_count = 1; /* interrupted: the last pair is whole */
    assert_true(bench_ratio_of(report, BENCH_RATIO_RATE, &ratio));
    assert_true(ratio.low == 0.5 && ratio.median == 0.5 && ratio.high == 0.5);
}

static void the_generator_is_the_limit_when_it_is_late_itself_or_out_of_processor_time(void **state) {
    report_by_hand *by_hand = *state;
    bench_report *report = &by_hand->report;
    bench_server *server = report->servers[0];
    lm_load_result *measured = &server->measured;
    char buffer[BENCH_LIMIT_SIZE];
    assert_null(bench_limit_describe(report, server, buffer));
    lm_histogram_record(&measured->lateness, 50 * PAL_MILLISECOND_NS, 2);
    assert_non_null(bench_limit_describe(report, server, buffer));
    assert_non_null(strstr(buffer, "50.0 ms"));
    lm_histogram_record(&measured->response, PAL_SECOND_NS, 100); /* beside a server that stands still it is nothing */
    assert_null(bench_limit_describe(report, server, buffer));
    lm_histogram_record(&measured->lateness, PAL_SECOND_NS, 2);
    assert_non_null(bench_limit_describe(report, server, buffer));
    report->plan.load.rate = 0;
    measured->processor_ns = 1700 * PAL_MILLISECOND_NS;
    assert_null(bench_limit_describe(report, server, buffer));
    measured->processor_ns = 1900 * PAL_MILLISECOND_NS;
    assert_non_null(bench_limit_describe(report, server, buffer));
    assert_non_null(strstr(buffer, "2 threads used 1.90 s"));
}

static void a_wrong_byte_is_named_with_its_place(void **state) {
    (void)state;
    static const struct {
        lm_load_wrong wrong;
        const char *words;
    } cases[] = {
        {{.is_found = true, .connection = 3, .message = 17, .offset = 12, .expected = 'A', .got = 'C'},
         "connection 3, message 17, offset 12: expected 0x41 'A', got 0x43 'C'"},
        {{.is_found = true, .message = 2, .expected = 0, .got = 255}, "connection 0, message 2, offset 0: expected 0x00, got 0xff"},
        {{.is_found = true, .is_greeting = true, .offset = 1, .expected = ' ', .got = '\n'},
         "connection 0, greeting, offset 1: expected 0x20, got 0x0a"},
        {{.is_found = true, .is_greeting = true, .expected = -1, .got = 'h'},
         "connection 0, greeting, offset 0: expected no greeting, got 0x68 'h'"},
        {{.is_found = true, .is_repeated = true, .message = 5, .offset = 75, .expected = -1, .got = 'l'},
         "connection 0, message 5, offset 75: expected nothing more, the answer was complete, got 0x6c 'l'; "
         "the bytes received begin like the same answer again"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_buffer text = {0};
        bench_wrong_append(&text, &cases[i].wrong);
        assert_string_equal(lm_buffer_text(&text), cases[i].words);
        lm_buffer_free(&text);
    }
}

#define report_test(function) cmocka_unit_test_setup_teardown(function, report_open, report_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        report_test(a_check_fails_exactly_where_its_comparison_holds),
        report_test(what_was_not_measured_is_unknown_and_not_zero),
        report_test(a_check_says_what_it_was_as_exactly_as_its_limit),
        report_test(ratios_are_medians_over_pairs_of_turns_in_which_both_answered),
        report_test(the_generator_is_the_limit_when_it_is_late_itself_or_out_of_processor_time),
        cmocka_unit_test(a_wrong_byte_is_named_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
