/* What is written of a report for people and plotters: made from results by hand, without a run. */
#include "pal/clock.h"
#include "report/fail_if.h"
#include "report/hgrm.h"
#include "report/measure.h"
#include "report/report.h"
#include "report/table.h"
#include "support/check.h"
#include "support/random.h"

#include <stdlib.h>
#include <string.h>

#define MILLISECOND PAL_MILLISECOND_NS

/* --- a report by hand --------------------------------------------------------------------------------------------------------- */

/* Two servers; static, because their histograms are large. */
static bench_server servers[BENCH_SERVERS_MAX];

static void report_open(bench_report *report) {
    static const char *const commands[] = {"loopmsg bench"};
    memset(servers, 0, sizeof servers);
    *report = (bench_report){.version = "", .system = "", .poller = "", .commands = commands, .command_count = 1, .failure = ""};
    report->plan = (bench_plan){
        .load = {.connections = 10, .workers = 2, .size_min = 64, .size_max = 64, .pipeline = 1, .greeting = "", .reply = ""}};
    for (size_t i = 0; i < BENCH_SERVERS_MAX; i++) {
        servers[i].address = i == 0 ? "127.0.0.1:9999" : "localhost:7777";
        servers[i].connecting.connected = 10;
        report->servers[i] = &servers[i];
    }
    report->server_count = 1;
}

static void answers_add(bench_server *server, uint64_t time_ns, uint64_t count) {
    lm_load_result *measured = &server->measured;
    lm_histogram_record(&measured->response, time_ns, count);
    lm_histogram_record(&measured->service, time_ns, count);
    measured->due = measured->sent = measured->answered += count;
    measured->elapsed_ns = PAL_SECOND_NS;
}

static char *text_of(lm_buffer *output) {
    (void)lm_buffer_text(output);
    assert_false(output->failed);
    return (char *)output->bytes;
}

/* The caller frees it. */
static char *table_of(const bench_report *report, unsigned width) {
    lm_buffer output = {0};
    bench_table_append(&output, report, width);
    return text_of(&output);
}

static void assert_table(const bench_report *report, const char *part) {
    char *table = table_of(report, 100);
    if (strstr(table, part) == NULL)
        fail_msg("'%s' is missing in:\n%s", part, table);
    free(table);
}

static void assert_no_table(const bench_report *report, const char *part) {
    char *table = table_of(report, 100);
    if (strstr(table, part) != NULL)
        fail_msg("'%s' stands in:\n%s", part, table);
    free(table);
}

/* --- percentiles for plotters ------------------------------------------------------------------------------------------------- */

static void assert_hgrm(const bench_report *report, const char *expected) {
    lm_buffer output = {0};
    bench_hgrm_append(&output, report);
    assert_string_equal(text_of(&output), expected);
    lm_buffer_free(&output);
}

/* Four values cover a quarter each: the rows go in tenths to one half, in twentieths to three quarters, in fortieths from there. */
static void percentiles_are_written_as_plotters_read_them(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    for (uint64_t i = 1; i <= 4; i++)
        answers_add(&servers[0], i * 100, 1);
    assert_hgrm(&report, "         Value     Percentile TotalCount 1/(1-Percentile)\n\n"
                         "      0.000100 0.000000000000          1             1.00\n"
                         "      0.000100 0.100000000000          1             1.11\n"
                         "      0.000100 0.200000000000          1             1.25\n"
                         "      0.000200 0.300000000000          2             1.43\n"
                         "      0.000200 0.400000000000          2             1.67\n"
                         "      0.000200 0.500000000000          2             2.00\n"
                         "      0.000300 0.550000000000          3             2.22\n"
                         "      0.000300 0.600000000000          3             2.50\n"
                         "      0.000300 0.650000000000          3             2.86\n"
                         "      0.000300 0.700000000000          3             3.33\n"
                         "      0.000300 0.750000000000          3             4.00\n"
                         "      0.000400 0.775000000000          4             4.44\n"
                         "      0.000400 1.000000000000          4              inf\n"
                         "#[Mean    =     0.000250, StdDeviation   =     0.000112]\n"
                         "#[Max     =     0.000400, Total count    =            4]\n"
                         "#[Buckets =           32, SubBuckets     =         2048]\n");
}

static void percentiles_of_no_answer_are_no_rows(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    assert_hgrm(&report, "         Value     Percentile TotalCount 1/(1-Percentile)\n\n"
                         "#[Mean    =     0.000000, StdDeviation   =     0.000000]\n"
                         "#[Max     =     0.000000, Total count    =            0]\n"
                         "#[Buckets =           32, SubBuckets     =         2048]\n");
}

/* --- the table ---------------------------------------------------------------------------------------------------------------- */

static void a_closed_loop_shows_its_one_time_once(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    answers_add(&servers[0], 1900, 9000);
    answers_add(&servers[0], 1500 * MILLISECOND, 1000);
    assert_table(&report, "messages    10000 sent, 10000 answered, 0 lost\n");
    assert_table(&report, "rate        10.0 k answers/s for 1.00 s\n");
    assert_table(&report, "errors      none\n");
    assert_table(&report, "time            response     connect\n");
    assert_table(&report, "p90              1.90 us           -\n");
    assert_table(&report, "max               1.50 s           -\n");
    assert_table(&report, "closed loop");
}

static void an_open_loop_shows_service_time_and_lateness_too(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    report.plan.load.rate = 10000;
    answers_add(&servers[0], 1900, 10000);
    lm_histogram_record(&servers[0].measured.lateness, 250, 10000);
    servers[0].measured.due = 10001;
    assert_table(&report, "open loop, 10000 messages/s over 10 connections");
    assert_table(&report, "10001 due, 10000 sent");
    assert_table(&report, "time            response     connect     service    lateness\n");
    assert_table(&report, "p99.99           1.90 us           -     1.90 us      250 ns\n");
}

static void that_every_byte_was_checked_is_said_only_where_it_is_true(void **state) {
    (void)state;
    static const char claim[] = "every byte of every answer was the one expected";
    bench_report report;
    report_open(&report);
    assert_no_table(&report, claim);
    answers_add(&servers[0], 1900, 1);
    assert_table(&report, claim);
    report.plan.load.is_unverified = true;
    assert_no_table(&report, claim);
    assert_table(&report, "--no-verify");
    report.plan.load.is_unverified = false;
    servers[0].warmup.wrong =
        (lm_load_wrong){.is_found = true, .connection = 3, .message = 17, .offset = 5, .expected = 'a', .got = 'b'};
    assert_no_table(&report, claim);
    assert_table(&report, "WRONG in the warm-up: connection 3, message 17, offset 5: expected 0x61 'a', got");
}

static void errors_stand_with_their_causes_and_phases(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    servers[0].measured.errors[LM_LOAD_RESET] = 3;
    assert_table(&report, "errors      3 reset\n");
    servers[0].measured.errors[LM_LOAD_TIMED_OUT] = 2;
    servers[0].connecting.errors[LM_LOAD_REFUSED] = 4;
    assert_table(&report, "errors      5 (3 reset, 2 no answer in time); while connecting: 4 refused\n");
}

static void limits_runs_and_an_early_end_are_reported(void **state) {
    (void)state;
    char wrong[FAIL_IF_TEXT_SIZE];
    bench_report report;
    report_open(&report);
    answers_add(&servers[0], 7 * MILLISECOND, 100);
    assert_null(fail_if_parse(&report.checks[0], "p99>5ms", wrong));
    assert_null(fail_if_parse(&report.checks[1], "errors>0", wrong));
    report.check_count = 2;
    for (size_t i = 0; i < report.check_count; i++)
        fail_if_evaluate(&report.checks[i], &report);
    assert_table(&report, "fail-if     FAILED p99>5ms: it was 7ms\n            held errors>0: it was 0\n");
    assert_no_table(&report, "interrupted");
    assert_no_table(&report, "merged");
    report.is_interrupted = true;
    report.is_merged = true;
    report.command_count = 3;
    assert_table(&report, "interrupted");
    assert_table(&report, "merged      3 runs");
}

static void a_comparison_shows_both_servers_and_their_ratios(void **state) {
    (void)state;
    static lm_load_slice slices[BENCH_SERVERS_MAX][3];
    bench_report report;
    report_open(&report);
    report.server_count = BENCH_SERVERS_MAX;
    for (size_t i = 0; i < BENCH_SERVERS_MAX; i++) {
        answers_add(&servers[i], 1000 * (i + 1), 3000 / (i + 1));
        servers[i].slices = slices[i];
        servers[i].slice_count = 3;
        for (size_t j = 0; j < 3; j++)
            slices[i][j] = (lm_load_slice){
                .length_ns = PAL_SECOND_NS, .answered = 1000 / (i + 1) + i * j, .p50_ns = 1000 * (i + 1), .p99_ns = 1000 * (i + 1)};
    }
    assert_table(&report, "server A    127.0.0.1:9999\nserver B    localhost:7777\n");
    assert_table(&report, "answered            3000        1500\n");
    assert_table(&report, "answers/s         3.00 k      1.50 k  0.501 (0.500 to 0.502)\n");
    assert_table(&report, "p50              1.00 us     2.00 us  2.000 (2.000 to 2.000)\n");
    assert_table(&report, "p90              1.00 us     2.00 us\n");
}

/* --- its shape ---------------------------------------------------------------------------------------------------------------- */

/* Columns of the line that begins at TEXT: characters, not bytes. */
static size_t line_columns(const char *text) {
    size_t columns = 0;
    for (; *text != '\n'; text++)
        columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

static void assert_fits(const bench_report *report, unsigned width, size_t columns_max) {
    char *table = table_of(report, width);
    for (const char *line = table; *line != '\0'; line = strchr(line, '\n') + 1) {
        if (line_columns(line) > columns_max)
            fail_msg("over %u columns: %s", (unsigned)columns_max, line);
    }
    free(table);
}

static void no_line_is_wider_than_the_terminal(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    report.plan.load.rate = 1000000000;
    report.plan.load.seed = UINT64_MAX;
    report.plan.load.size_max = 67108864;
    report.plan.load.is_unverified = true;
    report.is_interrupted = true;
    servers[0].measured.wrong =
        (lm_load_wrong){.is_found = true, .is_repeated = true, .connection = 999999, .message = UINT64_MAX, .expected = -1};
    for (size_t i = 0; i < BENCH_SERVERS_MAX; i++) {
        answers_add(&servers[i], 0, 1);
        answers_add(&servers[i], LM_HISTOGRAM_MAX_NS, 4000000000);
        for (int j = 0; j < LM_LOAD_ERROR_COUNT; j++)
            servers[i].measured.errors[j] = 1000000;
    }
    for (report.server_count = 1; report.server_count <= BENCH_SERVERS_MAX; report.server_count++) {
        assert_fits(&report, 80, 80);
        assert_fits(&report, 0, 60);
        assert_fits(&report, 1000, 100);
    }
}

/* Follows the rows of the histogram at the end of TABLE and adds up their counts. */
static uint64_t histogram_sum(const char *table, size_t *rows) {
    uint64_t sum = 0;
    const char *line = strstr(table, "answers by response time\n");
    *rows = 0;
    if (line == NULL)
        return 0;
    for (line = strchr(line, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1, ++*rows) {
        const char *percent = strchr(line, '%');
        assert_non_null(percent);
        const char *count = percent - 7; /* the blank before " 12.3 %" */
        assert_int_equal(*count, ' ');
        while (count[-1] >= '0' && count[-1] <= '9')
            count--;
        sum += strtoull(count, NULL, 10);
    }
    return sum;
}

/* From one bucket to the whole range, and from one value to a million. */
static void the_histogram_counts_every_answer_in_some_16_rows(void **state) {
    (void)state;
    uint64_t random = 1;
    bench_report report;
    for (unsigned spread = 0; spread <= 41; spread++) {
        report_open(&report);
        for (unsigned i = 0; i < 200; i++) {
            uint64_t value_ns = 1000 + test_random_below(&random, UINT64_C(1) << spread);
            answers_add(&servers[0], value_ns, 1 + test_random_below(&random, 1000));
        }
        size_t rows;
        char *table = table_of(&report, 80);
        assert_int_equal(histogram_sum(table, &rows), servers[0].measured.answered);
        assert_between(rows, 1, 16);
        free(table);
    }
}

static void times_close_together_lie_in_ranges_of_equal_steps(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    for (uint64_t i = 1000; i < 2000; i++)
        answers_add(&servers[0], i, 1);
    assert_table(&report, "answers by response time\n 1.00 us - 1.10 us ");
    assert_table(&report, " 1.90 us - 2.00 us ");
    assert_no_table(&report, "and over");
}

static void one_late_answer_does_not_press_the_others_into_one_bar(void **state) {
    (void)state;
    bench_report report;
    report_open(&report);
    for (uint64_t i = 0; i < 100; i++)
        answers_add(&servers[0], 40000 + i * 200, 100);
    answers_add(&servers[0], 3 * PAL_SECOND_NS, 1);
    size_t rows;
    char *table = table_of(&report, 80);
    assert_int_equal(histogram_sum(table, &rows), 10001);
    assert_between(rows, 8, 16);
    assert_non_null(strstr(table, "and over"));
    free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_written_as_plotters_read_them),
        cmocka_unit_test(percentiles_of_no_answer_are_no_rows),
        cmocka_unit_test(a_closed_loop_shows_its_one_time_once),
        cmocka_unit_test(an_open_loop_shows_service_time_and_lateness_too),
        cmocka_unit_test(that_every_byte_was_checked_is_said_only_where_it_is_true),
        cmocka_unit_test(errors_stand_with_their_causes_and_phases),
        cmocka_unit_test(limits_runs_and_an_early_end_are_reported),
        cmocka_unit_test(a_comparison_shows_both_servers_and_their_ratios),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(the_histogram_counts_every_answer_in_some_16_rows),
        cmocka_unit_test(times_close_together_lie_in_ranges_of_equal_steps),
        cmocka_unit_test(one_late_answer_does_not_press_the_others_into_one_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
