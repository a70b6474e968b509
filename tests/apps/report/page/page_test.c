#include "pal/clock.h"
#include "report/fail_if.h"
#include "report/page/chart.h"
#include "report/page/page.h"
#include "report/report.h"
#include "support/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE_MAX (128 * 1024)
#define DEPTH_MAX 32
#define NAME_SIZE 16

/* --- a report by hand --------------------------------------------------------------------------------------------------------- */

static const char *const commands[] = {"loopmsg bench localhost:9999 --seed 7", "loopmsg bench localhost:9999 --seed 8"};

/* Of a run that came to nothing; an open loop. */
static bench_report report_of(bench_server *server) {
    memset(server, 0, sizeof *server);
    server->address = "localhost:9999";
    return (bench_report){.version = "1.2.3",
                          .system = "Linux",
                          .poller = "epoll",
                          .commands = commands,
                          .command_count = 1,
                          .plan = {.load = {.connections = 10,
                                            .workers = 2,
                                            .rate = 1000,
                                            .size_min = 64,
                                            .size_max = 64,
                                            .pipeline = 1,
                                            .timeout_ns = PAL_SECOND_NS,
                                            .interval_ns = PAL_SECOND_NS,
                                            .seed = 7,
                                            .greeting = "",
                                            .reply = "{message}"},
                                   .duration_ns = 10 * PAL_SECOND_NS},
                          .servers = {server},
                          .server_count = 1,
                          .failure = ""};
}

static void answers_add(bench_server *server, uint64_t time_ns, uint64_t count) {
    lm_load_result *result = &server->measured;
    lm_histogram_record(&result->response, time_ns, count);
    lm_histogram_record(&result->service, time_ns, count);
    lm_histogram_record(&result->lateness, 1000, count);
    result->due += count;
    result->sent += count;
    result->answered += count;
    result->bytes_received += 64 * count;
    result->elapsed_ns = 10 * PAL_SECOND_NS;
    result->begin_wall_ns = INT64_C(1769860800123456789); /* 2026-01-31 12:00:00 UTC */
}

static void slices_add(bench_server *server, size_t count) {
    server->slices = calloc(count, sizeof *server->slices);
    assert_non_null(server->slices);
    server->slice_count = server->slice_capacity = count;
    for (size_t i = 0; i < count; i++)
        server->slices[i] = (lm_load_slice){.begin_ns = i * PAL_SECOND_NS,
                                            .length_ns = PAL_SECOND_NS,
                                            .answered = 900 + i % 200,
                                            .errors = i % 50 == 7 ? 1 : 0,
                                            .p50_ns = i % 50 == 8 ? 0 : 100000 + 1000 * (i % 7),
                                            .p99_ns = i % 50 == 8 ? 0 : 300000 + 1000 * (i % 11)};
}

/* --- what a page must be ------------------------------------------------------------------------------------------------------ */

static bool is_void(const char *name) {
    return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0 || strcmp(name, "!DOCTYPE") == 0;
}

/* Every element is closed, in the order in which they were opened. */
static void assert_well_formed(const char *page) {
    char open[DEPTH_MAX][NAME_SIZE];
    size_t depth = 0;
    for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at + 1, '<')) {
        bool is_end = at[1] == '/';
        char name[NAME_SIZE] = {0};
        size_t size = strcspn(at + 1 + is_end, " />");
        assert_between(size, 1, NAME_SIZE - 1);
        memcpy(name, at + 1 + is_end, size);
        const char *end = strchr(at, '>');
        assert_non_null(end);
        if (is_end) {
            assert_int_not_equal(depth, 0);
            assert_string_equal(open[--depth], name);
        } else if (!is_void(name) && end[-1] != '/') {
            assert_true(depth < DEPTH_MAX);
            memcpy(open[depth++], name, NAME_SIZE);
        }
    }
    assert_int_equal(depth, 0);
}

/* The page, terminated; to be freed with the buffer. */
static const char *page_of(lm_buffer *output, const bench_report *report) {
    page_append(output, report);
    const char *page = lm_buffer_text(output);
    assert_false(output->failed);
    assert_between(output->size, 1000, PAGE_SIZE_MAX);
    assert_int_equal(strlen(page), output->size);
    assert_well_formed(page);
    static const char *const strangers[] = {"<script", "http:", "https:", "url(", "@import", "nan", "inf\"", "inf%", "-inf"};
    for (size_t i = 0; i < TEST_COUNT(strangers); i++)
        assert_null(strstr(page, strangers[i]));
    return page;
}

static size_t occurrences(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

static bench_server server; /* large */

/* --- pages -------------------------------------------------------------------------------------------------------------------- */

static void a_page_shows_the_numbers_the_charts_and_how_to_run_it_again(void **state) {
    (void)state;
    bench_report report = report_of(&server);
    answers_add(&server, 250000, 9900);
    answers_add(&server, 40000000, 100);
    slices_add(&server, 10);
    lm_buffer output = {0};
    const char *page = page_of(&output, &report);
    static const char *const parts[] = {"<h1>localhost:9999</h1>",
                                        "2026-01-31 12:00:00 UTC",
                                        "Every byte of 10,000 answers was compared",
                                        "loopmsg bench localhost:9999 --seed 7\n",
                                        "40.0 ms",
                                        "open loop at 1,000 messages per second",
                                        "prefers-color-scheme:dark"};
    for (size_t i = 0; i < TEST_COUNT(parts); i++)
        assert_non_null(strstr(page, parts[i]));
    assert_int_equal(occurrences(page, "role=\"img\""), 4);
    assert_int_equal(occurrences(page, "<desc id="), 4);
    lm_buffer_free(&output);
    free(server.slices);
}

static void what_others_wrote_stays_text(void **state) {
    (void)state;
    bench_report report = report_of(&server);
    static const char hostile[] = "<script>alert('\"&')</script>\x1b[2J\xff\xe2\x80\xae";
    static const char *const hostile_commands[] = {hostile};
    report.commands = hostile_commands;
    report.version = report.system = report.poller = report.failure = hostile;
    report.plan.load.greeting = report.plan.load.reply = hostile;
    server.address = hostile;
    report.checks[0] = (fail_if){.text = hostile, .is_unknown = true};
    report.check_count = 1;
    answers_add(&server, 1000000, 1);
    lm_buffer output = {0};
    const char *page = page_of(&output, &report);
    assert_between(occurrences(page, "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;\\x1b[2J\xef\xbf\xbd\\u202e"), 10,
                   20);
    assert_null(strchr(page, '\x1b'));
    lm_buffer_free(&output);
}

static void a_run_without_an_answer_says_so_instead_of_drawing(void **state) {
    (void)state;
    bench_report report = report_of(&server);
    report.failure = "cannot connect to 'localhost:9999': refused\nsecond";
    server.connecting.errors[LM_LOAD_REFUSED] = 10;
    lm_buffer output = {0};
    const char *page = page_of(&output, &report);
    assert_non_null(strstr(page, "No answers were measured"));
    assert_non_null(strstr(page, "cannot connect to &#39;localhost:9999&#39;: refused</span>"));
    assert_int_equal(occurrences(page, ">FAILED<"), 2);
    assert_non_null(strstr(page, "<dd class=\"big bad\">10</dd><dd class=\"small\">no answer lost; 10 while connecting"));
    assert_null(strstr(page, "Every byte"));
    assert_int_equal(occurrences(page, "role=\"img\""), 0);
    lm_buffer_free(&output);
}

static void a_wrong_byte_is_reported_once_and_nothing_is_called_right(void **state) {
    (void)state;
    bench_report report = report_of(&server);
    answers_add(&server, 1000000, 100);
    server.warmup.wrong =
        (lm_load_wrong){.is_found = true, .connection = 3, .message = 5, .offset = 17, .expected = 'A', .got = 'B'};
    lm_buffer sentence = {0};
    bench_wrong_append(&sentence, &server.warmup.wrong);
    lm_buffer output = {0};
    const char *page = page_of(&output, &report);
    assert_non_null(strstr(page, "The first wrong byte arrived in the warm-up: connection 3, message 5, offset 17"));
    assert_null(strstr(page, "Every byte"));
    assert_null(strstr(page, "every one as expected"));
    lm_buffer_clear(&output);
    report.failure = lm_buffer_text(&sentence);
    assert_int_equal(occurrences(page_of(&output, &report), "connection 3, message 5, offset 17"), 1);
    lm_buffer_free(&output);
    lm_buffer_free(&sentence);
}

static void merged_runs_have_no_percentiles_over_time_and_say_why(void **state) {
    (void)state;
    bench_report report = report_of(&server);
    report.is_merged = true;
    report.command_count = 2;
    answers_add(&server, 1000000, 100);
    slices_add(&server, 10);
    lm_buffer output = {0};
    const char *page = page_of(&output, &report);
    assert_non_null(strstr(page, "Percentiles of their intervals cannot be added up"));
    assert_non_null(strstr(page, "2 runs were merged"));
    assert_non_null(strstr(page, "--seed 8\n"));
    assert_int_equal(occurrences(page, "role=\"img\""), 3);
    lm_buffer_free(&output);
    free(server.slices);
}

static void a_page_stays_small_and_the_same_however_long_the_run_was(void **state) {
    (void)state;
    bench_report report = report_of(&server);
    for (uint64_t time_ns = 1; time_ns < LM_HISTOGRAM_MAX_NS; time_ns += time_ns / 3 + 1)
        answers_add(&server, time_ns, 1000000 / (1 + time_ns / 1000) + 1);
    slices_add(&server, 100000);
    lm_buffer first = {0}, second = {0};
    const char *page = page_of(&first, &report);
    assert_non_null(strstr(page, "each level is the highest of 400 intervals"));
    assert_string_equal(page, page_of(&second, &report));
    lm_buffer_free(&first);
    lm_buffer_free(&second);
    free(server.slices);
}

static void one_answer_of_any_time_is_drawn(void **state) {
    (void)state;
    static const uint64_t times_ns[] = {0, 1, 999, 1000, 87654, 1000000000, LM_HISTOGRAM_MAX_NS};
    for (size_t i = 0; i < TEST_COUNT(times_ns); i++) {
        bench_report report = report_of(&server);
        report.plan.load.rate = 0;
        answers_add(&server, times_ns[i], 1);
        slices_add(&server, 1);
        lm_buffer output = {0};
        assert_int_equal(occurrences(page_of(&output, &report), "role=\"img\""), 4);
        lm_buffer_free(&output);
        free(server.slices);
    }
}

/* --- axes and numbers --------------------------------------------------------------------------------------------------------- */

static void assert_near(double value, double expected) {
    assert_true(fabs(value - expected) < 1e-6);
}

static void an_axis_ends_at_round_numbers_around_its_values(void **state) {
    (void)state;
    static const double cases[][4] = {/* lowest, highest, ends */
                                      {120, 880, 100, 1000}, {100, 1000, 100, 1000},   {3, 3, 2, 5},
                                      {1, 1, 1, 2},          {2001, 2001, 2000, 5000}, {99999, 1e6 + 1, 50000, 2e6}};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        chart_axis axis = chart_axis_log(cases[i][0], cases[i][1]);
        assert_near(axis.low / cases[i][2], 1);
        assert_near(axis.high / cases[i][3], 1);
    }
    assert_near(chart_axis_linear(930).high, 1000);
    assert_near(chart_axis_linear(1000).high, 1000);
    assert_near(chart_axis_linear(0).high, 1);
}

static void a_place_is_where_the_value_stands_and_never_beyond_the_ends(void **state) {
    (void)state;
    chart_axis axis = chart_axis_log(100, 10000);
    assert_near(chart_place(&axis, 1000), 0.5);
    assert_near(chart_place(&axis, 1), 0);
    assert_near(chart_place(&axis, 1e9), 1);
    axis = chart_axis_linear(10);
    assert_near(chart_place(&axis, 2.5), 0.25);
}

static void labels_of_times_have_units_and_room(void **state) {
    (void)state;
    chart_axis axis = chart_axis_log(20000, 5e9);
    chart_ticks ticks = {0};
    chart_ticks_of_times(&ticks, &axis);
    assert_string_equal(ticks.ticks[0].label, "20 us");
    assert_string_equal(ticks.ticks[ticks.count - 1].label, "5 s");
    chart_ticks sides = {0};
    lm_buffer output = {0};
    chart drawn = {.output = &output, .id = "test", .title = "title", .x = axis, .y = axis};
    chart_plot_begin(&drawn, "text", &ticks, &sides);
    double last = -1;
    for (size_t i = 0; i < ticks.count; i++) {
        if (!ticks.ticks[i].is_shown_on_narrow)
            continue;
        assert_true(ticks.ticks[i].is_shown);
        assert_true(ticks.ticks[i].place - last > 0.2);
        last = ticks.ticks[i].place;
    }
    assert_true(last > 0.5);
    lm_buffer_free(&output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_shows_the_numbers_the_charts_and_how_to_run_it_again),
        cmocka_unit_test(what_others_wrote_stays_text),
        cmocka_unit_test(a_run_without_an_answer_says_so_instead_of_drawing),
        cmocka_unit_test(a_wrong_byte_is_reported_once_and_nothing_is_called_right),
        cmocka_unit_test(merged_runs_have_no_percentiles_over_time_and_say_why),
        cmocka_unit_test(a_page_stays_small_and_the_same_however_long_the_run_was),
        cmocka_unit_test(one_answer_of_any_time_is_drawn),
        cmocka_unit_test(an_axis_ends_at_round_numbers_around_its_values),
        cmocka_unit_test(a_place_is_where_the_value_stands_and_never_beyond_the_ends),
        cmocka_unit_test(labels_of_times_have_units_and_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
