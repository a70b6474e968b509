/* What a load generator does with servers that refuse, break off or fall silent. */
#include "core/addresses.h"
#include "core/load/fixture.h"

static void refused_connections_are_counted_and_end_the_first_phase(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    pal_address address = address_refusing();
    load_open(test, &address);
    lm_load_connect(test->load, test->result);
    assert_int_equal(test->result->errors[LM_LOAD_REFUSED], 4);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_status(test->result->last_error, PAL_REFUSED);
    assert_int_equal(lm_load_connections_open(test->load), 0);
    load_free(test);
}

static void the_next_address_is_tried_when_one_refuses(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    fixture_start(&test->spoiler.fixture);
    pal_address addresses[] = {address_refusing(), test->spoiler.fixture.bound[0]};
    test->settings.address_count = 2;
    load_open(test, addresses);
    lm_load_connect(test->load, test->result);
    assert_int_equal(test->result->connected, 4);
    assert_int_equal(lm_load_errors(test->result), 0);
    load_end(test);
}

/* The server closes a conversation at a message over 600 bytes. */
static test_load *create_breaking(void) {
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.conversation.max_message = 600;
    test->settings.size_min = 580;
    test->settings.size_max = 605;
    return test;
}

static void a_connection_that_breaks_is_counted_and_opened_again(void **state) {
    (void)state;
    test_load *test = create_breaking();
    load_connect_all(test);
    lm_load_measure(test->load, 0, 40, test->result);
    const lm_load_result *result = test->result;
    uint64_t broken = result->errors[LM_LOAD_CLOSED] + result->errors[LM_LOAD_RESET];
    assert_true(broken > 0);
    assert_int_equal(lm_load_errors(result), broken);
    assert_int_equal(result->sent, 40);
    assert_true(result->answered > 0);
    assert_int_equal(result->lost, broken);
    assert_int_equal(result->answered + result->lost, 40);
    assert_true(result->connected > 0);
    assert_int_equal(test->slice_errors, broken);
    load_end(test);
}

static void without_reconnecting_a_phase_ends_with_its_last_connection(void **state) {
    (void)state;
    test_load *test = create_breaking();
    test->settings.has_no_reconnect = true;
    load_connect_all(test);
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_int_equal(test->result->lost, 4);
    assert_int_equal(test->result->connected, 0);
    assert_int_equal(lm_load_connections_open(test->load), 0);
    load_end(test);
}

static void without_reconnecting_what_cannot_be_sent_is_not_waited_for(void **state) {
    (void)state;
    test_load *test = create_breaking();
    test->settings.has_no_reconnect = true;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 1000000, test->result);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_int_equal(test->result->sent, test->result->answered + 4);
    load_end(test);
}

static void without_reconnecting_a_schedule_ends_with_its_last_connection(void **state) {
    (void)state;
    test_load *test = create_breaking();
    test->settings.has_no_reconnect = true;
    test->settings.rate = 1000;
    load_connect_all(test);
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_true(test->result->due >= test->result->sent);
    load_end(test);
}

/* Nothing can be sent, and no time is set: the load still ends. */
static void a_number_of_messages_is_not_waited_for_when_no_connection_opens(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    pal_address address = address_refusing();
    test->settings.timeout_ns = 150 * PAL_MILLISECOND_NS;
    load_open(test, &address);
    lm_load_connect(test->load, test->result);
    lm_load_measure(test->load, 0, 1000, test->result);
    assert_int_equal(test->result->sent, 0);
    assert_true(lm_load_errors(test->result) > 0);
    load_free(test);
}

/* An answer takes an hour; one message is in flight, nine more were due. After its time and the timeout the phase ends without
 * them. */
static void what_is_missing_after_a_phase_is_not_waited_for_longer_than_the_timeout(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.delay_ns = 3600 * PAL_SECOND_NS;
    test->spoiler.fixture.settings.drain_ns = 0;
    test->settings.connections = 1;
    test->settings.rate = 100;
    test->settings.timeout_ns = 300 * PAL_MILLISECOND_NS;
    load_connect(test);
    lm_load_measure(test->load, 100 * PAL_MILLISECOND_NS, 0, test->result);
    assert_int_equal(test->result->due, 10);
    assert_true(test->result->sent < 10);
    assert_int_equal(test->result->answered, 0);
    load_end(test);
}

/* The server sends less than expected, and then waits. 128 of the 400 connections are tried at a time. */
static void many_connections_that_are_never_greeted_end_the_first_phase_soon(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_AUTO);
    test->settings.connections = 400;
    test->settings.greeting = LM_GREETING ", and more";
    test->settings.timeout_ns = 300 * PAL_MILLISECOND_NS;
    load_connect(test);
    assert_int_equal(test->result->connected, 0);
    assert_true(lm_load_errors(test->result) > 0);
    assert_true(lm_load_errors(test->result) < 400);
    load_end(test);
}

/* The timeout is for one answer, not for a connection. */
static void answers_in_time_may_go_on_for_longer_than_the_timeout(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.timeout_ns = PAL_SECOND_NS;
    load_connect_all(test);
    lm_load_measure(test->load, 1200 * PAL_MILLISECOND_NS, 0, test->result);
    load_assert_complete(test, test->result->answered);
    load_end(test);
}

static void an_answer_that_does_not_come_in_time_is_an_error_and_no_latency(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.delay_ns = 3600 * PAL_SECOND_NS;
    test->spoiler.fixture.settings.drain_ns = 0;
    test->settings.timeout_ns = 300 * PAL_MILLISECOND_NS;
    load_connect(test); /* on a slow machine, a greeting may be late, too */
    lm_load_measure(test->load, 0, 4, test->result);
    assert_int_equal(test->result->answered, 0);
    assert_int_equal(test->result->lost, test->result->sent);
    assert_true(test->result->errors[LM_LOAD_TIMED_OUT] >= test->result->sent);
    assert_int_equal(test->result->response.total, 0);
    load_end(test);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_connections_are_counted_and_end_the_first_phase),
        cmocka_unit_test(the_next_address_is_tried_when_one_refuses),
        cmocka_unit_test(a_connection_that_breaks_is_counted_and_opened_again),
        cmocka_unit_test(without_reconnecting_a_phase_ends_with_its_last_connection),
        cmocka_unit_test(without_reconnecting_what_cannot_be_sent_is_not_waited_for),
        cmocka_unit_test(without_reconnecting_a_schedule_ends_with_its_last_connection),
        cmocka_unit_test(a_number_of_messages_is_not_waited_for_when_no_connection_opens),
        cmocka_unit_test(what_is_missing_after_a_phase_is_not_waited_for_longer_than_the_timeout),
        cmocka_unit_test(many_connections_that_are_never_greeted_end_the_first_phase_soon),
        cmocka_unit_test(answers_in_time_may_go_on_for_longer_than_the_timeout),
        cmocka_unit_test(an_answer_that_does_not_come_in_time_is_an_error_and_no_latency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
