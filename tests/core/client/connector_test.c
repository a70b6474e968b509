/* Several addresses at once: which one wins, when each is tried, and what happens to the others. On the simulation, seeds try every
 * order of events (tests/sim). */
#include "core/addresses.h"
#include "core/fixture.h"
#include "loopmsg/connector.h"

#include <string.h>

static void an_address_that_is_silent_delays_the_next_by_a_quarter_of_a_second(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent;
    pal_address addresses[2];
    fixture_open(&fixture);
    fixture_start(&fixture);
    addresses[1] = fixture.bound[0];
    if (silent_open(&silent, 1, &fixture.loop, addresses)) {
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
    silent_close(&silent, 1);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_can_be_closed_while_two_attempts_are_under_way(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent[2];
    pal_address addresses[2];
    fixture_open(&fixture);
    if (silent_open(silent, 2, &fixture.loop, addresses)) {
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
        test_loop_until(&fixture.loop, recorder.begun_count, 2);
        recorder_close(&recorder);
        assert_int_equal(recorder.connected_count, 0);
        assert_int_equal(recorder.failed_count, 0);
        test_loop_passes(&fixture.loop, 5);
        assert_int_equal(recorder.closed_count, 1);
    }
    silent_close(silent, 2);
    fixture_close(&fixture);
}

static void each_attempt_has_the_whole_time_limit_to_itself(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent[2];
    pal_address addresses[2];
    fixture_open(&fixture);
    if (silent_open(silent, 2, &fixture.loop, addresses)) {
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
    silent_close(silent, 2);
    fixture_close(&fixture);
}

static void a_refusal_does_not_end_an_attempt_that_is_under_way(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent;
    pal_address addresses[2] = {[1] = address_refusing()};
    fixture_open(&fixture);
    if (silent_open(&silent, 1, &fixture.loop, addresses)) {
        fixture.connect_timeout_ns = 3 * PAL_SECOND_NS;
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
        test_loop_until(&fixture.loop, recorder.failed_count, 1);
        assert_status(recorder.failed_error, PAL_REFUSED);
        assert_int_equal(recorder.connected_count, 0);
        test_listener_resume(&silent.listener); /* now it answers */
        test_loop_until(&fixture.loop, recorder.connected_count, 1);
        assert_ok(recorder.connected_error);
        assert_int_equal(recorder.connected_address.port, addresses[0].port);
        recorder_close(&recorder);
    }
    silent_close(&silent, 1);
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
