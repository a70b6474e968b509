/* Each framing as the real server speaks it, however the bytes are split, and messages that are too long. */
#include "apps/program.h"
#include "support/peer.h"
#include "support/random.h"

#include <stdlib.h>
#include <string.h>

static void lines_are_found_however_the_bytes_are_split(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_connect(&peer, "127.0.0.1:0", "--framing", "line");
    test_peer_expect(&peer, "hello,im server\n");
    test_peer_send_text(&peer, "one\ntwo\r\nthr");
    test_peer_expect(&peer, "loop_msg:one!\nloop_msg:two!\r\n");
    test_peer_send_text(&peer, "ee\r");
    test_peer_send_text(&peer, "\n\n");
    test_peer_expect(&peer, "loop_msg:three!\r\nloop_msg:!\n");
    for (const char *next = "byte by byte\n"; *next != '\0'; next++)
        test_peer_send(&peer, next, 1);
    test_peer_expect(&peer, "loop_msg:byte by byte!\n");
    test_peer_send_text(&peer, "unended");
    test_peer_shutdown(&peer);
    test_peer_expect(&peer, "loop_msg:unended!");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_stop(server);
}

static void counted_messages_hold_any_bytes(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_connect(&peer, "127.0.0.1:0", "--framing", "length");
    uint8_t answer[32];
    test_peer_receive(&peer, answer, 19);
    assert_memory_equal(answer, "\0\0\0\x0fhello,im server", 19);
    test_peer_send(&peer,
                   "\0\0\0\x03"
                   "a\n\0"
                   "\0\0\0\0"
                   "\0\0",
                   13); /* one message, an empty one, half a count */
    test_peer_receive(&peer, answer, 17);
    assert_memory_equal(answer, "\0\0\0\x0dloop_msg:a\n\0!", 17);
    test_peer_receive(&peer, answer, 14);
    assert_memory_equal(answer, "\0\0\0\x0aloop_msg:!", 14);
    test_peer_send(&peer,
                   "\0\x04"
                   "ex",
                   4);
    test_peer_send(&peer, "it", 2);
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_stop(server);
}

static void a_stream_that_ends_inside_a_counted_message_is_reported(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_connect(&peer, "127.0.0.1:0", "--framing", "length", "--greeting", "");
    test_peer_send(&peer, "\0\0\0\x09half", 8);
    test_peer_shutdown(&peer);
    test_peer_receive_end(&peer);
    test_peer_close(&peer);
    program_await(server, PAL_PROCESS_ERROR, "inside a message");
    server_stop(server);
}

static void chunks_are_cut_at_1024_bytes_and_keep_line_endings(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--framing", "chunk", "--reply", "{message}|");
    test_peer_send_text(&peer, "a\nb\r\n");
    test_peer_expect(&peer, "a\nb\r\n|");
    uint8_t message[2500], answer[2503];
    test_pattern_fill(1, 0, message, sizeof message);
    test_peer_send(&peer, message, sizeof message); /* one segment on the loopback interface: one receive */
    test_peer_receive(&peer, answer, sizeof answer);
    assert_memory_equal(answer, message, 1024);
    assert_int_equal(answer[1024], '|');
    assert_memory_equal(answer + 1025, message + 1024, 1024);
    assert_int_equal(answer[2049], '|');
    assert_memory_equal(answer + 2050, message + 2048, 452);
    assert_int_equal(answer[2502], '|');
    test_peer_close(&peer);
    server_stop(server);
}

static void raw_sends_every_byte_back_and_says_nothing_itself(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_connect(&peer, "127.0.0.1:0", "--framing", "raw");
    test_peer_send_text(&peer, "exit");
    test_peer_expect(&peer, "exit");
    static uint8_t sent[60000], received[60000];
    test_pattern_fill(2, 0, sent, sizeof sent);
    for (int round = 0; round < 20; round++) {
        test_peer_send(&peer, sent, sizeof sent);
        test_peer_receive(&peer, received, sizeof received);
        assert_memory_equal(received, sent, sizeof sent);
    }
    test_peer_shutdown(&peer);
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    server_stop(server);
}

/* A message of LIMIT bytes is answered; one byte more ends its conversation, and no other. */
static void check_limit(pal_process *server, uint16_t port, size_t limit, const char *expected) {
    test_peer witness;
    peer_meet(&witness, port);
    test_peer peer;
    peer_meet(&peer, port);
    test_peer_send_text(&peer, "\n");
    test_peer_expect(&peer, "loop_msg:!\n");
    char *line = malloc(limit + 12);
    assert_non_null(line);
    memset(line, 'x', limit);
    memcpy(line + limit, "\r\n", 2);
    test_peer_send(&peer, line, limit + 2);
    test_peer_expect(&peer, "loop_msg:");
    test_peer_receive(&peer, line, limit + 3);
    assert_memory_equal(line + limit, "!\r\n", 3);
    memset(line, 'x', limit + 1);
    test_peer_send(&peer, line, limit + 1);
    test_peer_receive_end(&peer);
    test_peer_close(&peer);
    program_await(server, PAL_PROCESS_ERROR, expected);
    test_peer_send_text(&witness, "still here?\n");
    test_peer_expect(&witness, "loop_msg:still here?!\n");
    test_peer_close(&witness);
    free(line);
}

static void a_message_over_the_limit_ends_its_conversation_only(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0");
    check_limit(server, port, 65536, "message over 65536 bytes");
    server_stop(server);
    server = server_start(&port, "127.0.0.1:0", "--max-message", "2k");
    check_limit(server, port, 2048, "message over 2048 bytes");
    server_stop(server);
    program_expect_part(server, PAL_PROCESS_ERROR, "--max-message");
}

static void a_count_over_the_limit_ends_the_conversation_at_once(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_connect(&peer, "127.0.0.1:0", "--framing", "length", "--greeting", "");
    test_peer_send(&peer, "\xff\xff\xff\xff", 4);
    test_peer_receive_end(&peer);
    test_peer_close(&peer);
    program_await(server, PAL_PROCESS_ERROR, "message over 65536 bytes");
    server_stop(server);
}

/* Sends lines and never reads an answer, until the system takes no more. Meanwhile another client is served. */
static void a_client_that_floods_and_never_reads_delays_nobody(void **state) {
    (void)state;
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0", "--threads", "1", "--quiet");
    test_peer flooder;
    test_peer_connect(&flooder, port);
    test_stream *stream = &flooder.stream;
    static char lines[1 << 20];
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 64 == 63 ? '\n' : 'f';
    uint64_t rounds = 0;
    for (bool is_taken = true; is_taken && rounds < 256; rounds++) {
        test_stream_send(stream, lines, sizeof lines);
        /* While the flood goes on, the other client converses: each exchange proves that the server does not wait for the
         * flooder. */
        test_peer peer;
        peer_meet(&peer, port);
        test_peer_send_text(&peer, "hello\n");
        test_peer_expect(&peer, "loop_msg:hello!\n");
        test_peer_close(&peer);
        test_loop_passes(&flooder.loop, 20);
        is_taken = !stream->is_sending;
    }
    assert_true(rounds < 256); /* the server stopped reading: what it holds for this client is bounded */
    test_peer_close(&flooder);
    server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(lines_are_found_however_the_bytes_are_split),
        program_test(counted_messages_hold_any_bytes),
        program_test(a_stream_that_ends_inside_a_counted_message_is_reported),
        program_test(chunks_are_cut_at_1024_bytes_and_keep_line_endings),
        program_test(raw_sends_every_byte_back_and_says_nothing_itself),
        program_test(a_message_over_the_limit_ends_its_conversation_only),
        program_test(a_count_over_the_limit_ends_the_conversation_at_once),
        program_test(a_client_that_floods_and_never_reads_delays_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
