/* What the real server does at its limits and when it is stopped. */
#include "apps/program.h"
#include "support/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void the_greeting_the_reply_and_the_farewell_can_be_chosen(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server =
        server_connect(&peer, "127.0.0.1:0", "--greeting=welcome", "--reply={{{message}|{message}}}", "--farewell", "bye");
    test_peer_expect(&peer, "welcome");
    test_peer_send_text(&peer, "exit");
    test_peer_expect(&peer, "{exit|exit}");
    test_peer_send_text(&peer, "bye");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_stop(server);
}

static void an_interrupt_lets_an_answer_in_flight_finish(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--delay", "2s", "--drain", "60s");
    test_peer_send_text(&peer, "wait for me");
    program_await(server, PAL_PROCESS_OUTPUT, "-->>wait for me!\n"); /* it has the message, and waits before it answers */
    pal_process_interrupt(server);
    test_peer_expect(&peer, "loop_msg:wait for me!");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    program_expect_exit(server, 0);
    program_expect_part(server, PAL_PROCESS_OUTPUT, " closed\n");
}

static void an_interrupt_stops_accepting_and_closes_idle_conversations(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0");
    pal_process_interrupt(server);
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    program_expect_exit(server, 0);
}

static void answers_that_take_longer_than_the_drain_are_cut_off(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--delay", "1m", "--drain", "100ms");
    test_peer_send_text(&peer, "too slow");
    program_await(server, PAL_PROCESS_OUTPUT, "-->>too slow!\n");
    uint64_t begin_ns = pal_clock_now_ns();
    server_stop(server);
    assert_true(pal_clock_now_ns() - begin_ns < 50 * PAL_SECOND_NS);
    test_peer_receive_end(&peer);
    test_peer_close(&peer);
}

static void a_second_interrupt_ends_it_at_once(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--delay", "1m", "--drain", "2m");
    test_peer_send_text(&peer, "too slow");
    program_await(server, PAL_PROCESS_OUTPUT, "-->>too slow!\n");
    pal_process_interrupt(server);
    program_await(server, PAL_PROCESS_ERROR, "stopping");
    pal_process_interrupt(server);
    program_expect_exit(server, 130);
    test_peer_receive_end(&peer);
    test_peer_close(&peer);
}

/* Only connecting can show whether a place is free: the server gives it back a moment after the conversation's end. */
static void peer_await_place(uint16_t port) {
    uint64_t deadline_ns = pal_clock_now_ns() + PROGRAM_WAIT_NS;
    for (bool is_served = false; !is_served;) {
        assert_true(pal_clock_now_ns() < deadline_ns);
        test_peer peer;
        test_peer_connect(&peer, port);
        test_peer_shutdown(&peer);
        test_peer_receive_end(&peer);
        is_served = peer.stream.received_bytes > 0;
        test_peer_close(&peer);
    }
}

static void a_connection_over_the_limit_is_closed_and_logged(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0", "--max-connections", "2");
    test_peer first;
    test_peer second;
    peer_meet(&first, port);
    peer_meet(&second, port);
    test_peer third;
    test_peer_connect(&third, port);
    test_peer_receive_end(&third);
    test_peer_close(&third);
    program_await(server, PAL_PROCESS_ERROR, "--max-connections 2");
    test_peer_send_text(&second, "exit");
    test_peer_expect_end(&second);
    test_peer_close(&second);
    peer_await_place(port);
    test_peer_send_text(&first, "me");
    test_peer_expect(&first, "loop_msg:me!");
    test_peer_close(&first);
    server_stop(server);
}

static void a_silent_conversation_ends_after_the_idle_timeout(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0", "--idle-timeout", "300ms", "--framing", "line");
    test_peer peer;
    uint64_t begin_ns = pal_clock_now_ns();
    test_peer_connect(&peer, port);
    test_peer_expect(&peer, "hello,im server\n");
    test_peer_send_text(&peer, "no line ending"); /* a message in part is not one */
    test_peer_receive_end(&peer);
    assert_true(pal_clock_now_ns() - begin_ns >= 300 * PAL_MILLISECOND_NS);
    test_peer_close(&peer);
    program_await(server, PAL_PROCESS_ERROR, "--idle-timeout");
    program_expect_part(server, PAL_PROCESS_ERROR, "idle for 300ms");
    server_stop(server);
}

static void a_client_that_resets_is_reported_and_harms_nobody(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0");
    test_peer peer;
    peer_meet(&peer, port);
    test_peer_reset(&peer);
    program_await(server, PAL_PROCESS_OUTPUT, " closed\n");
    program_await(server, PAL_PROCESS_ERROR, "conversation ended");
    peer_meet(&peer, port);
    test_peer_close(&peer);
    server_stop(server);
}

static void a_port_in_use_is_reported_with_its_address(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *second = program_run(4, NULL, 0, "serve", address);
    program_expect_error_line(second, address);
    program_expect_part(second, PAL_PROCESS_ERROR, "in use");
    program_expect(second, PAL_PROCESS_OUTPUT, "");
    server_stop(server);
}

static void an_address_of_another_machine_cannot_be_listened_on(void **state) {
    (void)state;
    /* TEST-NET-3 (RFC 5737), which no machine has */
    program_expect_error_line(program_run(4, NULL, 0, "serve", "203.0.113.1:0"), "203.0.113.1");
}

static void json_reports_each_event_on_a_line(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_connect(&peer, "127.0.0.1:0", "--json", "--framing", "line");
    test_peer_expect(&peer, "hello,im server\n");
    test_peer_send_text(&peer, "a \"quote\" \\ \x01 \xff\n");
    test_peer_expect(&peer, "loop_msg:a \"quote\" \\ \x01 \xff!\n");
    test_peer_close(&peer);
    program_await(server, PAL_PROCESS_OUTPUT, "\"event\":\"closed\"");
    server_stop(server);
    program_expect_no_part(server, PAL_PROCESS_OUTPUT, "waiting for connection");
    program_expect_part(server, PAL_PROCESS_OUTPUT, "\"event\":\"listening\"");
    program_expect_part(server, PAL_PROCESS_OUTPUT, "\"event\":\"accepted\",\"peer\":\"127.0.0.1:");
    program_expect_part(server, PAL_PROCESS_OUTPUT, "\"bytes\":15,\"text\":\"a \\\"quote\\\" \\\\ \\u0001 \xef\xbf\xbd\"}\n");
    program_expect_part(server, PAL_PROCESS_OUTPUT, "\"cause\":\"end\"");
    size_t size = 0;
    char *text = pal_process_text(server, PAL_PROCESS_OUTPUT, &size);
    size_t lines = 0;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        assert_non_null(end);
        assert_memory_equal(line, "{\"time\":\"2", 10);
        assert_int_equal(end[-1], '}');
        lines++;
    }
    assert_int_equal(lines, 4);
    free(text);
}

static void quiet_prints_failures_only(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0", "-q");
    program_run(0, NULL, 0, "talk", program_address(port, address), "hello");
    test_peer peer;
    peer_meet(&peer, port);
    test_peer_reset(&peer);
    program_await(server, PAL_PROCESS_ERROR, "conversation ended");
    server_stop(server);
    program_expect(server, PAL_PROCESS_OUTPUT, "");
}

static void localhost_is_listened_on_at_both_its_addresses_and_no_other(void **state) {
    (void)state;
    size_t count = test_has_ipv6() ? 2 : 1;
    uint16_t port;
    char addresses[2][PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "localhost:0");
    program_address(port, addresses[0]);
    snprintf(addresses[1], sizeof addresses[1], "[::1]:%u", (unsigned)port);
    for (size_t i = 0; i < count; i++) {
        program_await(server, PAL_PROCESS_ERROR, addresses[i]);
        program_run(0, NULL, 0, "talk", addresses[i], "hello");
    }
    server_stop(server);
    program_expect_no_part(server, PAL_PROCESS_ERROR, "0.0.0.0");
    program_expect_no_part(server, PAL_PROCESS_ERROR, "[::]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(the_greeting_the_reply_and_the_farewell_can_be_chosen),
        program_test(an_interrupt_lets_an_answer_in_flight_finish),
        program_test(an_interrupt_stops_accepting_and_closes_idle_conversations),
        program_test(answers_that_take_longer_than_the_drain_are_cut_off),
        program_test(a_second_interrupt_ends_it_at_once),
        program_test(a_connection_over_the_limit_is_closed_and_logged),
        program_test(a_silent_conversation_ends_after_the_idle_timeout),
        program_test(a_client_that_resets_is_reported_and_harms_nobody),
        program_test(a_port_in_use_is_reported_with_its_address),
        program_test(an_address_of_another_machine_cannot_be_listened_on),
        program_test(json_reports_each_event_on_a_line),
        program_test(quiet_prints_failures_only),
        program_test(localhost_is_listened_on_at_both_its_addresses_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
