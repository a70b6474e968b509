/* What a load generator does: its phases, its schedule, what it counts. */
#include "core/load/fixture.h"

#include <stdlib.h>

/* -- closed loop -- */

static void check_closed_loop(lm_framing_kind framing, uint32_t pipeline, uint32_t size_min, uint32_t size_max) {
    test_load *test = load_create(framing);
    test->settings.pipeline = pipeline;
    test->settings.size_min = size_min;
    test->settings.size_max = size_max;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 1001, test->result);
    load_assert_complete(test, 1001);
    assert_int_equal(test->slice_answered, 1001);
    assert_int_equal(test->slice_errors, 0);
    assert_int_equal(test->result->lateness.total, 0);
    assert_memory_equal(&test->result->response, &test->result->service, sizeof test->result->service);
    load_end(test);
}

static void under_auto_each_message_goes_out_as_a_line_and_is_answered(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_AUTO, 1, 0, 1000);
}

static void under_chunk_each_message_waits_for_the_answer_before(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_CHUNK, 1, 1, 1024);
}

static void under_line_many_messages_of_mixed_sizes_are_in_flight(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_LINE, 20, 0, 5000);
}

static void under_length_many_messages_of_mixed_sizes_are_in_flight(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_LENGTH, 20, 0, 5000);
}

static void under_raw_many_messages_of_mixed_sizes_are_in_flight(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_RAW, 20, 1, 5000);
}

static void a_message_larger_than_the_systems_buffers_is_answered(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LENGTH);
    test->spoiler.fixture.settings.conversation.max_message = 16u << 20;
    test->settings.size_min = test->settings.size_max = 12u << 20;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 4, test->result);
    load_assert_complete(test, 4);
    load_end(test);
}

static void under_auto_the_greeting_may_be_that_of_a_server_of_lines(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_AUTO);
    test->spoiler.fixture.settings.conversation.framing = LM_FRAMING_LINE;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 100, test->result);
    load_assert_complete(test, 100);
    load_end(test);
}

static void unverified_answers_are_counted_by_their_size(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.is_unverified = true;
    test->spoiler.spoil = load_spoil_flip;
    test->spoiler.victim = 0;
    test->spoiler.last_victim = UINT64_MAX;
    test->spoiler.fixture.settings.conversation.greeting = "good morning :)"; /* as long as the one expected */
    load_connect_all(test);
    lm_load_measure(test->load, 0, 100, test->result);
    load_assert_complete(test, 100);
    load_end(test);
}

static void a_phase_ends_when_its_time_is_over(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    load_connect_all(test);
    lm_load_measure(test->load, 200 * PAL_MILLISECOND_NS, 0, test->result);
    assert_true(test->result->answered > 0);
    load_assert_complete(test, test->result->answered);
    assert_true(test->result->elapsed_ns >= 200 * PAL_MILLISECOND_NS);
    assert_true(test->slice_count >= 1);
    assert_int_equal(test->slice_answered, test->result->answered);
    load_end(test);
}

static void phases_follow_each_other_on_the_same_connections(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_AUTO);
    load_connect_all(test);
    for (int i = 0; i < 3; i++) {
        lm_load_measure(test->load, 20 * PAL_MILLISECOND_NS, 0, test->result);
        load_assert_complete(test, test->result->answered);
        assert_int_equal(test->result->connected, 0);
        lm_load_measure(test->load, 0, 10, test->result);
        load_assert_complete(test, 10);
    }
    load_end(test);
}

/* -- open loop -- */

static void an_open_loop_sends_every_message_of_its_schedule(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.rate = 2000;
    test->settings.pipeline = LM_LOAD_PIPELINE_MAX;
    load_connect_all(test);
    lm_load_measure(test->load, 250 * PAL_MILLISECOND_NS, 0, test->result);
    load_assert_complete(test, 500);
    assert_int_equal(test->result->lateness.total, 500);
    lm_load_measure(test->load, 0, 300, test->result);
    load_assert_complete(test, 300);
    assert_true(test->result->elapsed_ns >= 299 * PAL_SECOND_NS / 2000);
    load_end(test);
}

static void an_open_loop_lasts_as_long_as_it_should_though_nothing_is_due_at_its_end(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.rate = 5;
    load_connect_all(test);
    lm_load_measure(test->load, 300 * PAL_MILLISECOND_NS, 0, test->result);
    load_assert_complete(test, 2);
    assert_true(test->result->elapsed_ns >= 300 * PAL_MILLISECOND_NS);
    load_end(test);
}

static void the_messages_of_every_connection_have_their_own_place_in_the_schedule(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.rate = 10;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 4, test->result); /* 100 ms apart, one on each connection */
    load_assert_complete(test, 4);
    assert_true(lm_histogram_quantile_ns(&test->result->response, 0.75) < 100 * PAL_MILLISECOND_NS);
    load_end(test);
}

/* 20 ms per answer and 100 messages per second: the queue grows by one message every 20 ms, and the last of 50 waits half a
 * second. */
static void response_time_counts_from_the_moment_a_message_was_due(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->settings.rate = 100;
    test->spoiler.fixture.settings.delay_ns = 20 * PAL_MILLISECOND_NS;
    load_connect_all(test);
    lm_load_measure(test->load, 500 * PAL_MILLISECOND_NS, 0, test->result);
    load_assert_complete(test, 50);
    const lm_load_result *result = test->result;
    assert_true(result->service.min_ns >= 20 * PAL_MILLISECOND_NS);
    assert_true(result->response.max_ns >= 500 * PAL_MILLISECOND_NS);
    assert_true(lm_histogram_quantile_ns(&result->response, 0.5) >= 12 * lm_histogram_quantile_ns(&result->service, 0.0));
    load_end(test);
}

/* As above, but nothing is held back: messages wait in the server's queue. */
static void service_time_counts_from_the_moment_a_message_was_sent(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->settings.rate = 100;
    test->settings.pipeline = LM_LOAD_PIPELINE_MAX;
    test->spoiler.fixture.settings.delay_ns = 20 * PAL_MILLISECOND_NS;
    load_connect_all(test);
    lm_load_measure(test->load, 500 * PAL_MILLISECOND_NS, 0, test->result);
    load_assert_complete(test, 50);
    assert_true(test->result->service.max_ns >= 500 * PAL_MILLISECOND_NS);
    assert_true(test->result->service.max_ns <= test->result->response.max_ns);
    load_end(test);
}

static void stop_load(void *context) {
    lm_load_stop(context);
}

static void another_thread_can_stop_a_phase_and_all_that_follow(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    pal_thread thread;
    load_connect_all(test);
    assert_ok(pal_thread_start(&thread, stop_load, test->load));
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    pal_thread_join(&thread);
    assert_int_equal(lm_load_errors(test->result), 0);
    assert_int_equal(test->result->sent, test->result->answered + test->result->lost);
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    assert_int_equal(test->result->sent, 0);
    load_end(test);
}

static void connections_are_opened_at_the_rate_asked_for(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 21;
    test->settings.connect_rate = 100;
    load_connect_all(test);
    assert_true(test->result->elapsed_ns >= 190 * PAL_MILLISECOND_NS); /* the last is due after 200, counted from lm_load_open */
    load_end(test);
}

static void results_add_up(void **state) {
    (void)state;
    lm_load_result *sum = calloc(2, sizeof *sum);
    assert_non_null(sum);
    lm_load_result *part = sum + 1;
    sum->wrong = (lm_load_wrong){.is_found = true, .time_ns = 9, .message = 1};
    sum->elapsed_ns = 5;
    part->begin_wall_ns = 3;
    part->elapsed_ns = 4;
    part->due = 6;
    part->sent = 5;
    part->answered = 4;
    part->lost = 1;
    part->wrong = (lm_load_wrong){.is_found = true, .time_ns = 8, .message = 2};
    part->errors[LM_LOAD_RESET] = 2;
    part->last_error = pal_error_of(PAL_RESET);
    lm_histogram_record(&part->service, 1000, 4);
    lm_load_result_add(sum, part);
    lm_load_result_add(sum, part);
    assert_int_equal(sum->begin_wall_ns, 3);
    assert_int_equal(sum->elapsed_ns, 5);
    assert_int_equal(sum->due, 12);
    assert_int_equal(sum->sent, 10);
    assert_int_equal(sum->answered, 8);
    assert_int_equal(sum->lost, 2);
    assert_int_equal(sum->wrong.message, 2);
    assert_int_equal(lm_load_errors(sum), 4);
    assert_status(sum->last_error, PAL_RESET);
    assert_int_equal(sum->service.total, 8);
    free(sum);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_auto_each_message_goes_out_as_a_line_and_is_answered),
        cmocka_unit_test(under_chunk_each_message_waits_for_the_answer_before),
        cmocka_unit_test(under_line_many_messages_of_mixed_sizes_are_in_flight),
        cmocka_unit_test(under_length_many_messages_of_mixed_sizes_are_in_flight),
        cmocka_unit_test(under_raw_many_messages_of_mixed_sizes_are_in_flight),
        cmocka_unit_test(a_message_larger_than_the_systems_buffers_is_answered),
        cmocka_unit_test(under_auto_the_greeting_may_be_that_of_a_server_of_lines),
        cmocka_unit_test(unverified_answers_are_counted_by_their_size),
        cmocka_unit_test(a_phase_ends_when_its_time_is_over),
        cmocka_unit_test(phases_follow_each_other_on_the_same_connections),
        cmocka_unit_test(an_open_loop_sends_every_message_of_its_schedule),
        cmocka_unit_test(an_open_loop_lasts_as_long_as_it_should_though_nothing_is_due_at_its_end),
        cmocka_unit_test(the_messages_of_every_connection_have_their_own_place_in_the_schedule),
        cmocka_unit_test(response_time_counts_from_the_moment_a_message_was_due),
        cmocka_unit_test(service_time_counts_from_the_moment_a_message_was_sent),
        cmocka_unit_test(another_thread_can_stop_a_phase_and_all_that_follow),
        cmocka_unit_test(connections_are_opened_at_the_rate_asked_for),
        cmocka_unit_test(results_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
