/* What the original program did, to the byte: the transcripts of server and client, and the bytes on the wire. */
#include "apps/program.h"
#include "support/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRANSCRIPT_SIZE 2000

/* Stops the server when its conversation has ended. */
static void server_end(pal_process *server) {
    program_await(server, PAL_PROCESS_OUTPUT, " closed\n");
    server_stop(server);
}

/* Ends the server, and compares its output; PEER stands for each "127.0.0.1:PORT", because nobody knows a client's port in advance.
 */
static void server_end_expect(pal_process *server, const char *expected) {
    server_end(server);
    char *text = pal_process_text(server, PAL_PROCESS_OUTPUT, NULL);
    assert_non_null(text);
    char normal[TRANSCRIPT_SIZE] = "";
    size_t size = 0;
    for (const char *next = text; *next != '\0' && size + 10 < sizeof normal;) {
        if (strncmp(next, "127.0.0.1:", 10) == 0) {
            next += 10 + strspn(next + 10, "0123456789");
            size += (size_t)snprintf(normal + size, sizeof normal - size, "PEER");
        } else {
            normal[size++] = *next++;
        }
    }
    assert_string_equal(normal, expected);
    free(text);
}

static void client_and_server_print_the_original_transcripts(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *client = program_run(0, NULL, 0, "talk", address, "hello,im client");
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:hello,im client!\n");
    program_expect(client, PAL_PROCESS_ERROR, "");
    server_end_expect(server, "waiting for connection...\n"
                              "Accept new connection from PEER...\n"
                              "-->>hello,im client!\n"
                              "Connection from PEER closed\n");
}

static void the_server_sends_what_the_original_sent(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0");
    test_peer_send_text(&peer, "hello,im client");
    test_peer_expect(&peer, "loop_msg:hello,im client!");
    test_peer_send_text(&peer, "gr\xc3\xbc\xc3\x9f dich");
    test_peer_expect(&peer, "loop_msg:gr\xc3\xbc\xc3\x9f dich!");
    test_peer_send_text(&peer, "exit");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_end_expect(server, "waiting for connection...\n"
                              "Accept new connection from PEER...\n"
                              "-->>hello,im client!\n"
                              "-->>gr\xc3\xbc\xc3\x9f dich!\n"
                              "Connection from PEER closed\n");
}

static void the_client_sends_what_the_original_sent(void **state) {
    (void)state;
    test_peer peer;
    pal_process *client = program_meet(&peer, "talk", "hello,im client");
    test_peer_send_text(&peer, "hello,im server");
    test_peer_expect(&peer, "hello,im client");
    test_peer_send_text(&peer, "loop_msg:hello,im client!");
    test_peer_expect(&peer, "exit");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    program_expect_exit(client, 0);
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:hello,im client!\n");
    program_expect(client, PAL_PROCESS_ERROR, "");
}

static void the_end_of_the_stream_ends_a_conversation_as_exit_does(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--framing", "chunk");
    test_peer_send_text(&peer, "last words");
    test_peer_shutdown(&peer);
    test_peer_expect(&peer, "loop_msg:last words!");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_end(server);
    program_expect_no_part(server, PAL_PROCESS_ERROR, "loopmsg: ");
}

static void clients_are_served_at_the_same_time(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0", "--threads", "1");
    test_peer first;
    test_peer second;
    peer_meet(&first, port); /* and says nothing */
    peer_meet(&second, port);
    test_peer_send_text(&second, "two");
    test_peer_expect(&second, "loop_msg:two!");
    test_peer_send_text(&first, "one");
    test_peer_expect(&first, "loop_msg:one!");
    test_peer_close(&second);
    test_peer_send_text(&first, "exit");
    test_peer_expect_end(&first);
    test_peer_close(&first);
    server_stop(server);
}

static void a_delayed_answer_does_not_hold_up_other_clients(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0", "--delay", "1s", "--threads", "1");
    enum { COUNT = 20 };
    static test_peer peers[COUNT];
    uint64_t begin_ns = pal_clock_now_ns();
    for (size_t i = 0; i < COUNT; i++) {
        peer_meet(&peers[i], port);
        test_peer_send_text(&peers[i], "slow");
    }
    for (size_t i = 0; i < COUNT; i++) {
        test_peer_expect(&peers[i], "loop_msg:slow!");
        test_peer_close(&peers[i]);
    }
    uint64_t time_ns = pal_clock_now_ns() - begin_ns;
    assert_true(time_ns >= PAL_SECOND_NS);
    assert_true(time_ns < COUNT / 2 * PAL_SECOND_NS); /* one after the other would take COUNT seconds */
    server_stop(server);
}

static void an_answer_ends_as_its_message_did(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0"); /* auto */
    test_peer_send_text(&peer, "bare");
    test_peer_expect(&peer, "loop_msg:bare!");
    test_peer_send_text(&peer, "telnet\r\n");
    test_peer_expect(&peer, "loop_msg:telnet!\r\n");
    test_peer_send_text(&peer, "nc\nboth\r\nhal");
    test_peer_expect(&peer, "loop_msg:nc!\nloop_msg:both!\r\n");
    test_peer_send_text(&peer, "f\n");
    test_peer_expect(&peer, "loop_msg:half!\n");
    test_peer_send_text(&peer, "exit\r\n");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_end_expect(server, "waiting for connection...\n"
                              "Accept new connection from PEER...\n"
                              "-->>bare!\n-->>telnet!\n-->>nc!\n-->>both!\n-->>half!\n"
                              "Connection from PEER closed\n");
}

static void no_peer_can_forge_a_line_or_drive_a_terminal(void **state) {
    (void)state;
    static const char message[] = "a\0b\x1b[2J\xff\r\nConnection from 1.2.3.4:5 closed\n\xe2\x80\xae\xc2\x9b\x7f";
    enum { SIZE = sizeof message - 1 };
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--framing", "chunk");
    test_peer_send(&peer, message, SIZE);
    char answer[SIZE + 10];
    test_peer_receive(&peer, answer, sizeof answer); /* on the wire, bytes are never altered */
    assert_memory_equal(answer, "loop_msg:", 9);
    assert_memory_equal(answer + 9, message, SIZE);
    assert_int_equal(answer[9 + SIZE], '!');
    test_peer_close(&peer);
    server_end(server);
    program_expect_part(
        server, PAL_PROCESS_OUTPUT,
        "...\n-->>a\\x00b\\x1b[2J\xef\xbf\xbd\\x0d\\x0aConnection from 1.2.3.4:5 closed\\x0a\\u202e\\u009b\\x7f!\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(client_and_server_print_the_original_transcripts),
        program_test(the_server_sends_what_the_original_sent),
        program_test(the_client_sends_what_the_original_sent),
        program_test(the_end_of_the_stream_ends_a_conversation_as_exit_does),
        program_test(clients_are_served_at_the_same_time),
        program_test(a_delayed_answer_does_not_hold_up_other_clients),
        program_test(an_answer_ends_as_its_message_did),
        program_test(no_peer_can_forge_a_line_or_drive_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
