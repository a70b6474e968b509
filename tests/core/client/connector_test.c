/* Several addresses at once: which one wins, when each is tried, and what happens to the others. On the simulation, seeds try every
 * order of events (tests/sim). */
#include "core/fixture.h"
#include "loopmsg/connector.h"
#include "support/listener.h"
#include "support/stream.h"

#include <string.h>

/* An address that never answers: its backlog is full. */
typedef struct silent_address {
    test_listener listener;
    test_stream clients[8];
    size_t count;
    pal_address address;
} silent_address;

/* False if no connect waits for a full backlog here; then only close it. */
static bool silent_open(silent_address *silent, test_loop *loop) {
    assert_ok(test_listener_open(&silent->listener, loop, "127.0.0.1", 0, 1));
    test_listener_pause(&silent->listener);
    silent->address = pal_listener_address(&silent->listener.listener);
    return test_listener_fill(&silent->listener, silent->clients, TEST_COUNT(silent->clients), &silent->count);
}

static void silent_close(silent_address *silent) {
    for (size_t i = 0; i < silent->count; i++)
        test_stream_close_wait(&silent->clients[i]);
    test_listener_close_wait(&silent->listener);
}

static void an_address_that_is_silent_delays_the_next_by_a_quarter_of_a_second(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent;
    fixture_open(&fixture);
    fixture_start(&fixture);
    if (silent_open(&silent, &fixture.loop)) {
        pal_address addresses[] = {silent.address, fixture.bound[0]};
        uint64_t begin_ns = pal_clock_now_ns();
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
        test_loop_until(&fixture.loop, recorder.connected_count, 1);
        assert_true(pal_clock_now_ns() - begin_ns >= LM_ATTEMPT_DELAY_NS);
        assert_ok(recorder.connected_error);
        assert_int_equal(recorder.connected_address.port, fixture.bound[0].port);
        assert_int_equal(recorder.begun_count, 2);
        assert_int_equal(recorder.failed_count, 0);
        test_loop_until(&fixture.loop, recorder.message_count, 1);
        recorder_send(&recorder, "through the second stream", LM_ENDING_NONE);
        test_loop_until(&fixture.loop, recorder.message_count, 2);
        assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:through the second stream!|");
        lm_client_shutdown(&recorder.client);
        test_loop_until(&fixture.loop, recorder.ended_count, 1);
        recorder_close(&recorder);
    }
    silent_close(&silent);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_can_be_closed_while_two_attempts_are_under_way(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address first, second;
    fixture_open(&fixture);
    bool are_silent = silent_open(&first, &fixture.loop);
    if (silent_open(&second, &fixture.loop) && are_silent) {
        pal_address addresses[] = {first.address, second.address};
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
        test_loop_until(&fixture.loop, recorder.begun_count, 2);
        recorder_close(&recorder);
        assert_int_equal(recorder.connected_count, 0);
        assert_int_equal(recorder.failed_count, 0);
        test_loop_passes(&fixture.loop, 5);
        assert_int_equal(recorder.closed_count, 1);
    }
    silent_close(&second);
    silent_close(&first);
    fixture_close(&fixture);
}

static void each_attempt_has_the_whole_time_limit_to_itself(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address first, second;
    fixture_open(&fixture);
    bool are_silent = silent_open(&first, &fixture.loop);
    if (silent_open(&second, &fixture.loop) && are_silent) {
        pal_address addresses[] = {first.address, second.address};
        fixture.connect_timeout_ns = LM_ATTEMPT_DELAY_NS + 50 * PAL_MILLISECOND_NS;
        uint64_t begin_ns = pal_clock_now_ns();
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
        test_loop_until(&fixture.loop, recorder.failed_count, 1);
        assert_int_equal(recorder.begun_count, 2); /* it began beside the first */
        assert_int_equal(recorder.connected_count, 0);
        test_loop_until(&fixture.loop, recorder.connected_count, 1);
        assert_true(pal_clock_now_ns() - begin_ns >= 2 * LM_ATTEMPT_DELAY_NS + 50 * PAL_MILLISECOND_NS);
        assert_status(recorder.connected_error, PAL_TIMED_OUT);
        assert_int_equal(recorder.failed_count, 2);
        recorder_close(&recorder);
    }
    silent_close(&second);
    silent_close(&first);
    fixture_close(&fixture);
}

static void a_refusal_does_not_end_an_attempt_that_is_under_way(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent;
    pal_address refusing;
    fixture_open(&fixture);
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &refusing));
    if (silent_open(&silent, &fixture.loop)) {
        pal_address addresses[] = {silent.address, refusing};
        fixture.connect_timeout_ns = 3 * PAL_SECOND_NS;
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
        test_loop_until(&fixture.loop, recorder.failed_count, 1);
        assert_status(recorder.failed_error, PAL_REFUSED);
        assert_int_equal(recorder.connected_count, 0);
        test_listener_resume(&silent.listener); /* now it answers */
        test_loop_until(&fixture.loop, recorder.connected_count, 1);
        assert_ok(recorder.connected_error);
        assert_int_equal(recorder.connected_address.port, silent.address.port);
        recorder_close(&recorder);
    }
    silent_close(&silent);
    fixture_close(&fixture);
}

/* Letters for addresses: capitals are IPv6. */
static void families_take_turns_and_keep_their_own_order(void **state) {
    (void)state;
    static const char *const orders[][2] = {
        {"a", "a"},     {"ab", "ab"},       {"Aa", "Aa"},         {"aA", "aA"},         {"abA", "aAb"},
        {"ABa", "AaB"}, {"ABCab", "AaBbC"}, {"abcABC", "aAbBcC"}, {"AabcdB", "AaBbcd"}, {"ABCDEFGHIJKLMNOp", "ApBCDEFGHIJKLMNO"},
    };
    for (size_t row = 0; row < TEST_COUNT(orders); row++) {
        pal_address addresses[16] = {{.family = PAL_ANY_FAMILY}};
        char text[17] = "";
        size_t count = strlen(orders[row][0]);
        for (size_t i = 0; i < count; i++) {
            char letter = orders[row][0][i];
            addresses[i] = (pal_address){.family = letter >= 'a' ? PAL_IPV4 : PAL_IPV6, .port = (uint16_t)letter};
        }
        lm_addresses_interleave(addresses, count);
        for (size_t i = 0; i < count; i++)
            text[i] = (char)addresses[i].port;
        assert_string_equal(text, orders[row][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_is_silent_delays_the_next_by_a_quarter_of_a_second),
        cmocka_unit_test(a_client_can_be_closed_while_two_attempts_are_under_way),
        cmocka_unit_test(each_attempt_has_the_whole_time_limit_to_itself),
        cmocka_unit_test(a_refusal_does_not_end_an_attempt_that_is_under_way),
        cmocka_unit_test(families_take_turns_and_keep_their_own_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
