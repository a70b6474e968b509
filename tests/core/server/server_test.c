/* A server as a caller's own program sees it. tests/apps tests it in the program `loopmsg`. */
#include "core/fixture.h"
#include "support/listener.h"

#include <stdio.h>
#include <string.h>

static void answer_with_size(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    (void)context;
    char text[64];
    assert_int_equal(peer->family, PAL_IPV4);
    snprintf(text, sizeof text, "%u bytes", (unsigned)message->size);
    lm_buffer_append_text(answer, text);
}

static void events_report_a_conversation_from_its_accept_to_its_cause(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.answer = answer_with_size;
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    recorder_send(&recorder, "one", LM_ENDING_LF);
    recorder_send(&recorder, "three", LM_ENDING_CRLF);
    test_loop_until(&fixture.loop, recorder.message_count, 3);
    recorder_send(&recorder, LM_FAREWELL, LM_ENDING_LF);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_END);
    assert_string_equal(recorder.messages, LM_GREETING "|3 bytes|5 bytes|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    /* 4 + 7 + 5 bytes came; a greeting of 16 and answers of 8 and 9 bytes went */
    assert_string_equal(fixture.events, "accepted;message one;message three;closed farewell 16/33;");
    fixture_close(&fixture);
}

static void each_framing_carries_messages_both_ways(void **state) {
    (void)state;
    for (int number = 0; number < LM_FRAMING_COUNT; number++) {
        lm_framing_kind kind = (lm_framing_kind)number;
        const lm_framing_traits *traits = lm_framing_traits_of(kind);
        test_fixture fixture;
        test_recorder recorder;
        fixture_open(&fixture);
        fixture.settings.conversation.framing = kind;
        fixture_start(&fixture);
        recorder_connect(&recorder, &fixture, kind);
        if (traits->has_messages)
            test_loop_until(&fixture.loop, recorder.message_count, 1);
        recorder_send(&recorder, "ping", traits->ending);
        test_loop_until(&fixture.loop, recorder.message_count, traits->has_messages ? 2 : 1);
        assert_string_equal(recorder.messages, traits->has_messages ? LM_GREETING "|loop_msg:ping!|" : "ping|");
        recorder_close(&recorder);
        fixture_stop(&fixture);
        fixture_close(&fixture);
    }
}

static void connections_go_to_the_workers_in_turn(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorders[2];
    fixture_open(&fixture);
    fixture_start(&fixture);
    for (size_t i = 0; i < 2; i++) {
        recorder_connect(&recorders[i], &fixture, LM_FRAMING_AUTO);
        test_loop_until(&fixture.loop, recorders[i].message_count, 1);
    }
    for (size_t i = 0; i < 2; i++)
        recorder_close(&recorders[i]);
    fixture_stop(&fixture);
    assert_int_equal(fixture.accepted_lanes, 3);
    fixture_close(&fixture);
}

/* CONTEXT is the most bytes of answers that were collected when one more was requested. */
static void answer_and_note_size(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    size_t *size_max = context;
    (void)peer;
    if (answer->size > *size_max)
        *size_max = answer->size;
    lm_buffer_append(answer, message->bytes, message->size);
    lm_buffer_append_text(answer, ", and as much again and more than the message itself");
}

#define PIPELINED 20000

/* The answers are far larger than what one send carries: the other messages must wait, and none may be lost. */
static void messages_sent_all_at_once_are_answered_in_order_and_in_bounded_portions(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    lm_buffer sent = {0}, expected = {0};
    size_t size_max = 0;
    for (unsigned i = 0; i < PIPELINED; i++) {
        char line[80];
        snprintf(line, sizeof line, "%u\n", i);
        lm_buffer_append_text(&sent, line);
        snprintf(line, sizeof line, "%u, and as much again and more than the message itself\n", i);
        lm_buffer_append_text(&expected, line);
    }
    fixture_open(&fixture);
    fixture.settings.event = NULL;
    fixture.settings.answer = answer_and_note_size;
    fixture.settings.context = &size_max;
    fixture.settings.threads = 1;
    fixture.settings.conversation = (lm_conversation_settings){.framing = LM_FRAMING_LINE};
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_RAW);
    recorder.expected = &expected;
    assert_true(lm_client_send(&recorder.client, sent.bytes, sent.size, LM_ENDING_NONE));
    test_loop_until(&fixture.loop, recorder.matched_bytes, expected.size);
    recorder_close(&recorder);
    fixture_stop(&fixture);
    assert_between(size_max, 1, 65536 + 100);
    lm_buffer_free(&sent);
    lm_buffer_free(&expected);
    fixture_close(&fixture);
}

/* A server that closed on unread bytes would send a reset, which can overtake the answer. */
static void what_a_client_sends_after_its_farewell_does_not_destroy_the_answer(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    lm_buffer sent = {0}, expected = {0};
    lm_buffer_append_text(&sent, "last\nexit\n");
    for (int i = 0; i < 100000; i++)
        lm_buffer_append_text(&sent, "nobody reads this\n");
    lm_buffer_append_text(&expected, "loop_msg:last!\n");
    fixture_open(&fixture);
    fixture.settings.conversation = (lm_conversation_settings){.framing = LM_FRAMING_LINE, .farewell = LM_FAREWELL};
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_RAW);
    recorder.expected = &expected;
    assert_true(lm_client_send(&recorder.client, sent.bytes, sent.size, LM_ENDING_NONE));
    test_loop_until(&fixture.loop, recorder.sent_count, 1);
    assert_ok(recorder.sent_error); /* the server has read it all */
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_END);
    assert_int_equal(recorder.matched_bytes, expected.size);
    recorder_close(&recorder);
    fixture_stop(&fixture);
    lm_buffer_free(&sent);
    lm_buffer_free(&expected);
    fixture_close(&fixture);
}

static void a_server_that_never_ran_can_be_closed(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    assert_ok(lm_server_open(&fixture.server, &fixture.settings, NULL));
    lm_server_close(fixture.server);
    fixture_close(&fixture);
}

static void a_server_stopped_before_it_runs_returns_at_once(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    assert_ok(lm_server_open(&fixture.server, &fixture.settings, NULL));
    lm_server_stop(fixture.server);
    lm_server_run(fixture.server);
    lm_server_close(fixture.server);
    fixture_close(&fixture);
}

static void several_addresses_get_the_same_free_port(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    /* Under Linux all of 127/8 is loopback; elsewhere ::1 serves. */
    assert_true(pal_address_parse("::1", 0, &fixture.addresses[1]));
    fixture.settings.address_count = 2;
    assert_ok(lm_server_open(&fixture.server, &fixture.settings, NULL));
    size_t count = lm_server_addresses(fixture.server, fixture.bound, 2);
    assert_int_not_equal(fixture.bound[0].port, 0);
    if (count == 2)
        assert_int_equal(fixture.bound[0].port, fixture.bound[1].port);
    else
        print_message("this machine has no IPv6 loopback address: only one address is bound and tested\n");
    lm_server_close(fixture.server);
    fixture_close(&fixture);
}

static void an_address_in_use_is_named(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    fixture_start(&fixture);
    lm_server *second = NULL;
    pal_address failed = {0};
    lm_server_settings settings = fixture.settings;
    settings.addresses = fixture.bound;
    assert_status(lm_server_open(&second, &settings, &failed), PAL_ADDRESS_IN_USE);
    assert_int_equal(failed.port, fixture.bound[0].port);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_socket_that_listens_already_is_served_in_place_of_an_address(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    pal_address address;
    pal_socket socket = test_socket_listen(&fixture.loop, &address);
    test_recorder recorder;
    fixture.bound[0] = address;
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE); /* waits before there is a server */
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture.settings.address_count = 0;
    fixture.settings.sockets = &socket;
    fixture.settings.socket_count = 1;
    fixture_start(&fixture);
    assert_int_equal(fixture.bound[0].port, address.port);
    test_loop_until(&fixture.loop, recorder.message_count, 1);
    recorder_send(&recorder, "early", LM_ENDING_LF);
    test_loop_until(&fixture.loop, recorder.message_count, 2);
    assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:early!|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

/* The first is a connection, which cannot be adopted; the second would do. */
static void sockets_that_cannot_all_be_adopted_are_all_closed(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    test_listener listener;
    fixture.bound[0] = test_listener_start(&listener, &fixture.loop);
    test_recorder recorder;
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    test_loop_until(&fixture.loop, listener.accepted_count, 1);
    pal_address address;
    pal_socket sockets[] = {test_listener_take(&listener), test_socket_listen(&fixture.loop, &address)};
    fixture.settings.address_count = 0;
    fixture.settings.sockets = sockets;
    fixture.settings.socket_count = 2;
    assert_status(lm_server_open(&fixture.server, &fixture.settings, NULL), PAL_INVALID);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    recorder_close(&recorder);
    pal_socket again;
    assert_ok(pal_socket_listen(&address, 0, &again));
    pal_socket_close(again);
    test_listener_close_wait(&listener);
    fixture_close(&fixture);
}

static void stopping_lets_a_delayed_answer_arrive(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture.settings.delay_ns = 200 * PAL_MILLISECOND_NS;
    fixture.settings.drain_ns = TEST_DEADLINE_NS;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    test_loop_until(&fixture.loop, recorder.message_count, 1);
    recorder_send(&recorder, "late", LM_ENDING_LF);
    fixture_wait_event(&fixture, "message late;"); /* its answer is in flight */
    lm_server_stop(fixture.server);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:late!|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    assert_non_null(strstr(fixture.events, "closed stopped 5/31;"));
    fixture_close(&fixture);
}

static void stopping_resets_what_outlasts_the_drain(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture.settings.delay_ns = 10 * TEST_DEADLINE_NS;
    fixture.settings.drain_ns = 0;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    test_loop_until(&fixture.loop, recorder.message_count, 1); /* Wine loses a reset that finds no receive waiting */
    recorder_send(&recorder, "never answered", LM_ENDING_LF);
    fixture_wait_event(&fixture, "message never answered;");
    fixture_stop(&fixture);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_BROKEN);
    recorder_close(&recorder);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_report_a_conversation_from_its_accept_to_its_cause),
        cmocka_unit_test(each_framing_carries_messages_both_ways),
        cmocka_unit_test(connections_go_to_the_workers_in_turn),
        cmocka_unit_test(messages_sent_all_at_once_are_answered_in_order_and_in_bounded_portions),
        cmocka_unit_test(what_a_client_sends_after_its_farewell_does_not_destroy_the_answer),
        cmocka_unit_test(a_server_that_never_ran_can_be_closed),
        cmocka_unit_test(a_server_stopped_before_it_runs_returns_at_once),
        cmocka_unit_test(several_addresses_get_the_same_free_port),
        cmocka_unit_test(an_address_in_use_is_named),
        cmocka_unit_test(a_socket_that_listens_already_is_served_in_place_of_an_address),
        cmocka_unit_test(sockets_that_cannot_all_be_adopted_are_all_closed),
        cmocka_unit_test(stopping_lets_a_delayed_answer_arrive),
        cmocka_unit_test(stopping_resets_what_outlasts_the_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
