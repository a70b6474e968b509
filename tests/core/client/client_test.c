/* A client as a caller's own program sees it. */
#include "core/addresses.h"
#include "core/fixture.h"

static void under_auto_a_client_speaks_to_a_server_of_lines_in_lines(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_AUTO);
    test_loop_until(&fixture.loop, recorder.message_count, 1);
    recorder_send(&recorder, "one", LM_ENDING_NONE);
    test_loop_until(&fixture.loop, recorder.message_count, 2);
    assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:one!|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_tries_the_next_address_when_one_refuses(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    pal_address addresses[2] = {address_refusing()};
    fixture_start(&fixture);
    addresses[1] = fixture.bound[0];
    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
    test_loop_until(&fixture.loop, recorder.connected_count, 1);
    assert_ok(recorder.connected_error);
    assert_int_equal(recorder.failed_count, 1);
    assert_status(recorder.failed_error, PAL_REFUSED);
    assert_int_equal(recorder.connected_address.port, fixture.bound[0].port);
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_without_an_address_left_reports_the_last_reason(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    pal_address address = address_refusing();
    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, &address, 1);
    test_loop_until(&fixture.loop, recorder.connected_count, 1);
    assert_status(recorder.connected_error, PAL_REFUSED);
    assert_int_equal(recorder.failed_count, 1);
    recorder_close(&recorder);
    fixture_close(&fixture);
}

static void a_client_gives_up_a_connect_that_takes_longer_than_it_may(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    silent_address silent;
    pal_address address;
    fixture_open(&fixture);
    if (silent_open(&silent, 1, &fixture.loop, &address)) {
        fixture.connect_timeout_ns = 20 * PAL_MILLISECOND_NS;
        recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, &address, 1);
        test_loop_until(&fixture.loop, recorder.connected_count, 1);
        assert_status(recorder.connected_error, PAL_TIMED_OUT);
        assert_int_equal(recorder.failed_count, 1);
        recorder_close(&recorder);
    }
    silent_close(&silent, 1);
    fixture_close(&fixture);
}

static void a_client_can_be_closed_before_it_is_connected(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture_start(&fixture);
    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, fixture.bound, 1);
    recorder_close(&recorder); /* nothing has begun */
    assert_int_equal(recorder.connected_count, 0);

    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, fixture.bound, 1);
    test_loop_passes(&fixture.loop, 1); /* the stream connects, or has connected */
    recorder_close(&recorder);
    test_loop_passes(&fixture.loop, 3);
    assert_int_equal(recorder.closed_count, 1);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_hears_of_an_end_inside_a_message(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_CHUNK;
    fixture.settings.conversation.greeting = "abc"; /* too short for a count of four bytes */
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LENGTH);
    lm_client_shutdown(&recorder.client);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_TRUNCATED);
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_auto_a_client_speaks_to_a_server_of_lines_in_lines),
        cmocka_unit_test(a_client_tries_the_next_address_when_one_refuses),
        cmocka_unit_test(a_client_without_an_address_left_reports_the_last_reason),
        cmocka_unit_test(a_client_gives_up_a_connect_that_takes_longer_than_it_may),
        cmocka_unit_test(a_client_can_be_closed_before_it_is_connected),
        cmocka_unit_test(a_client_hears_of_an_end_inside_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
