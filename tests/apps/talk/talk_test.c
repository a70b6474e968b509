/* The real client: messages from arguments and from a pipe, and how it ends when the other side misbehaves. */
#include "apps/program.h"
#include "support/peer.h"

#include <stdlib.h>
#include <string.h>

static void messages_go_one_after_the_other(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *client = program_run(0, NULL, 0, "talk", address, "one", "two words", "three");
    program_expect(client, PAL_PROCESS_OUTPUT,
                   "-->>hello,im server\n-->>loop_msg:one!\n-->>loop_msg:two words!\n-->>loop_msg:three!\n");
    program_expect(client, PAL_PROCESS_ERROR, "");
    server_stop(server);
}

static void every_framing_carries_the_same_messages(void **state) {
    (void)state;
    static const char *const framings[] = {"auto", "chunk", "line", "length"};
    for (size_t i = 0; i < TEST_COUNT(framings); i++) {
        char address[PROGRAM_ADDRESS_SIZE];
        pal_process *server = server_start_address(address, "127.0.0.1:0", "--framing", framings[i]);
        pal_process *client = program_run(0, NULL, 0, "talk", "--framing", framings[i], address, "hello,im client");
        program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:hello,im client!\n");
        program_await(server, PAL_PROCESS_OUTPUT, "-->>hello,im client!\n");
        server_stop(server);
        programs_end(NULL);
    }
}

static void each_line_of_a_pipe_is_a_message(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--framing", "line");
    pal_process *client = program_run(0, "one\ntwo\r\n\nlast", 14, "talk", "--framing", "line", "--plain", address);
    program_expect(client, PAL_PROCESS_OUTPUT, "hello,im server\nloop_msg:one!\nloop_msg:two!\nloop_msg:!\nloop_msg:last!\n");
    program_expect(client, PAL_PROCESS_ERROR, "");
    client = program_run(0, NULL, 0, "talk", "--framing", "line", address); /* nothing to say */
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n");
    client = program_run(0, "before\nexit\nafter\n", 18, "talk", "--framing", "line", address);
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:before!\n");
    server_stop(server);
    program_expect_no_part(server, PAL_PROCESS_OUTPUT, "after");
}

static void answers_are_printed_while_the_pipe_stays_open(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *client = program_start("talk", address);
    program_await(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n");
    assert_ok(pal_process_write(client, "first\n", 6));
    program_await(client, PAL_PROCESS_OUTPUT, "-->>loop_msg:first!\n");
    assert_ok(pal_process_write(client, "second\n", 7));
    program_await(client, PAL_PROCESS_OUTPUT, "-->>loop_msg:second!\n");
    pal_process_end_input(client);
    program_expect_exit(client, 0);
    server_stop(server);
}

static void what_a_peer_says_cannot_drive_the_terminal(void **state) {
    (void)state;
    test_peer peer;
    pal_process *client = program_meet(&peer, "talk", "--framing", "chunk", "hi");
    test_peer_send_text(&peer, "\x1b]0;mine\x07\xff\n-->>forged");
    test_peer_expect(&peer, "hi");
    test_peer_close(&peer);
    program_expect_exit(client, 6);
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>\\x1b]0;mine\\x07\xef\xbf\xbd\\x0a-->>forged\n");
}

static void a_refused_connection_names_address_and_cause(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *client = program_run(4, NULL, 0, "talk", program_address(TEST_REFUSING_PORT, address), "hi");
    program_expect_error_line(client, "refused");
    program_expect_part(client, PAL_PROCESS_ERROR, address);
    program_expect(client, PAL_PROCESS_OUTPUT, "");
}

static void a_name_that_does_not_exist_is_reported(void **state) {
    (void)state;
    pal_process *client = program_run(3, NULL, 0, "talk", "no-such-host.invalid:9999", "hi");
    program_expect_error_line(client, "'no-such-host.invalid'");
}

static void a_silent_server_is_given_up_after_the_timeout(void **state) {
    (void)state;
    test_peer peer;
    char address[PROGRAM_ADDRESS_SIZE];
    program_address(test_peer_listen(&peer), address);
    uint64_t begin_ns = pal_clock_now_ns();
    pal_process *client = program_run(5, NULL, 0, "talk", "--timeout", "300ms", address, "hi");
    assert_true(pal_clock_now_ns() - begin_ns >= 300 * PAL_MILLISECOND_NS);
    program_expect_error_line(client, "no greeting within 300ms");
    program_expect_part(client, PAL_PROCESS_ERROR, address);
    client = program_run(5, NULL, 0, "talk", "--timeout", "300ms", "--no-greeting", address, "hi");
    program_expect_error_line(client, "no answer to message 1 within 300ms");
    test_peer_close(&peer);
}

static void a_server_that_closes_early_is_reported(void **state) {
    (void)state;
    test_peer peer;
    pal_process *client = program_meet(&peer, "talk", "hi");
    test_peer_send_text(&peer, "welcome");
    test_peer_expect(&peer, "hi");
    test_peer_close(&peer);
    program_expect_exit(client, 6);
    program_expect_error_line(client, "closed the connection");
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>welcome\n");
}

static void a_server_that_resets_is_reported(void **state) {
    (void)state;
    test_peer peer;
    pal_process *client = program_meet(&peer, "talk", "hi");
    test_peer_send_text(&peer, "welcome");
    test_peer_expect(&peer, "hi");
    test_peer_reset(&peer);
    program_expect_exit(client, 6);
    program_expect_error_line(client, "reset");
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>welcome\n");
}

static void an_interrupt_ends_it_at_once(void **state) {
    (void)state;
    test_peer peer;
    pal_process *client = program_meet(&peer, "talk", "hi");
    test_peer_send_text(&peer, "welcome");
    program_await(client, PAL_PROCESS_OUTPUT, "-->>welcome\n");
    pal_process_interrupt(client);
    program_expect_exit(client, 130);
    test_peer_close(&peer);
}

static void a_message_that_may_arrive_in_pieces_is_warned_of(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    static char message[1026];
    memset(message, 'm', 1025);
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *client = program_run(0, NULL, 0, "talk", address, message);
    program_expect_error_line(client, "1025 bytes");
    program_expect_part(client, PAL_PROCESS_ERROR, "line and length");
    message[1024] = '\0'; /* 1024 bytes go in one piece */
    client = program_run(0, NULL, 0, "talk", address, message);
    program_expect(client, PAL_PROCESS_ERROR, "");
    server_stop(server);

    server = server_start_address(address, "127.0.0.1:0", "--framing", "length");
    message[1024] = 'm';
    client = program_run(0, NULL, 0, "talk", "--framing", "length", address, message);
    program_expect(client, PAL_PROCESS_ERROR, "");
    server_stop(server);
}

static void json_reports_the_conversation(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *client = program_run(0, NULL, 0, "talk", "--json", address, "hi");
    program_expect_part(client, PAL_PROCESS_OUTPUT, "\"event\":\"connected\",\"peer\":\"127.0.0.1:");
    program_expect_part(client, PAL_PROCESS_OUTPUT, "\"text\":\"hello,im server\"");
    program_expect_part(client, PAL_PROCESS_OUTPUT, "\"text\":\"loop_msg:hi!\"");
    program_expect_part(client, PAL_PROCESS_OUTPUT, "\"event\":\"closed\"");
    program_expect_no_part(client, PAL_PROCESS_OUTPUT, "-->>");
    server_stop(server);
}

static void raw_is_a_pipe_for_any_bytes(void **state) {
    (void)state;
    enum { SIZE = 1 << 20 };
    uint8_t *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i ^ (i >> 8)); /* every value of a byte, CR LF, Ctrl-Z and zero among them, in every order */
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--framing", "raw", "-q");
    pal_process *client = program_run(0, bytes, SIZE, "talk", "--framing", "raw", address);
    size_t size = 0;
    char *text = pal_process_text(client, PAL_PROCESS_OUTPUT, &size);
    assert_int_equal(size, SIZE);
    assert_memory_equal(text, bytes, SIZE);
    program_expect(client, PAL_PROCESS_ERROR, "");
    free(text);
    free(bytes);
    server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(messages_go_one_after_the_other),
        program_test(every_framing_carries_the_same_messages),
        program_test(each_line_of_a_pipe_is_a_message),
        program_test(answers_are_printed_while_the_pipe_stays_open),
        program_test(what_a_peer_says_cannot_drive_the_terminal),
        program_test(a_refused_connection_names_address_and_cause),
        program_test(a_name_that_does_not_exist_is_reported),
        program_test(a_silent_server_is_given_up_after_the_timeout),
        program_test(a_server_that_closes_early_is_reported),
        program_test(a_server_that_resets_is_reported),
        program_test(an_interrupt_ends_it_at_once),
        program_test(a_message_that_may_arrive_in_pieces_is_warned_of),
        program_test(json_reports_the_conversation),
        program_test(raw_is_a_pipe_for_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
