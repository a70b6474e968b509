/* The real `loopmsg probe`, against servers that are there and against each way in which one is not. */
#include "apps/program.h"
#include "output/json_reader.h"
#include "support/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_server_that_is_up_is_reported_phase_by_phase(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *probe = program_run(0, NULL, 0, "probe", address);
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  resolve   127.0.0.1:");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  connect   127.0.0.1:");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, " connected in ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  greeting  'hello,im server' in ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  exchange  'loop_msg:hello,im client!' in ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, ": up, and answered in ");
    program_expect(probe, PAL_PROCESS_ERROR, "");
    server_stop(server);
}

static void it_speaks_every_framing(void **state) {
    (void)state;
    static const char *const framings[][2] = {{"auto", "auto"},  {"chunk", "chunk"}, {"line", "line"}, {"length", "length"},
                                              {"chunk", "auto"}, {"line", "auto"},   {"raw", "raw"}};
    for (size_t i = 0; i < TEST_COUNT(framings); i++) {
        char address[PROGRAM_ADDRESS_SIZE];
        pal_process *server = server_start_address(address, "127.0.0.1:0", "--framing", framings[i][0]);
        program_run(0, NULL, 0, "probe", "-f", framings[i][1], address);
        if (i + 1 == TEST_COUNT(framings))
            program_run(0, NULL, 0, "probe", "--echo", address);
        server_stop(server);
        programs_end(NULL);
    }
}

static void other_words_are_given_as_for_bench(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--greeting", "", "--reply", "you said {message}");
    pal_process *probe = program_run(0, NULL, 0, "probe", "--greeting", "", "--reply", "you said {message}", "-m", "hi", address);
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "'you said hi'");
    program_expect_no_part(probe, PAL_PROCESS_OUTPUT, "greeting");
    probe = program_run(8, NULL, 0, "probe", "--greeting", "", address);
    program_expect_error_line(probe, "other_protocol");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "'you said hello,im client'");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "where 'loop_msg:hello,im client!' was expected");
    probe = program_run(5, NULL, 0, "probe", "--reply", "you said {message}", "--timeout", "2s", address);
    program_expect_error_line(probe, "but it answers: --greeting '' expects no greeting");
    server_stop(server);
}

static void where_nobody_listens_it_is_refused(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *probe = program_run(4, NULL, 0, "probe", program_address(TEST_REFUSING_PORT, address));
    program_expect_error_line(probe, ": refused; ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "refused after ");
    program_expect_no_part(probe, PAL_PROCESS_OUTPUT, "greeting");
}

static void a_name_without_an_address_is_not_found(void **state) {
    (void)state;
    pal_process *probe = program_run(3, NULL, 0, "probe", "no-such-host.invalid:9999");
    program_expect_error_line(probe, "no-such-host.invalid:9999: name_not_found; ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "cannot find 'no-such-host.invalid'");
    program_expect_no_part(probe, PAL_PROCESS_OUTPUT, "connect ");
}

/* Without a firewall, a full backlog is the closest to one that drops everything. */
static void what_never_answers_a_connect_is_filtered(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    test_stream clients[8];
    size_t count;
    char address[PROGRAM_ADDRESS_SIZE];
    test_loop_open(&loop);
    assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", 0, 1));
    test_listener_pause(&listener);
    if (test_listener_fill(&listener, clients, TEST_COUNT(clients), &count)) {
        program_address(pal_listener_address(&listener.listener).port, address);
        uint64_t begin_ns = pal_clock_now_ns();
        pal_process *probe = program_run(5, NULL, 0, "probe", "--timeout", "300ms", address);
        assert_true(pal_clock_now_ns() - begin_ns >= 300 * PAL_MILLISECOND_NS);
        program_expect_error_line(probe, ": filtered; ");
        program_expect_part(probe, PAL_PROCESS_OUTPUT, "filtered after ");
    }
    for (size_t i = 0; i < count; i++)
        test_stream_close_wait(&clients[i]);
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

/* localhost is 127.0.0.1, where nobody answers, and ::1, where somebody does. */
static void the_second_address_is_tried_beside_a_first_that_is_silent(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener, other;
    test_stream clients[8];
    size_t count;
    char target[PROGRAM_ADDRESS_SIZE], listening[PROGRAM_ADDRESS_SIZE];
    test_loop_open(&loop);
    assert_ok(test_listener_open(&listener, &loop, "127.0.0.1", 0, 1));
    test_listener_pause(&listener);
    uint16_t port = pal_listener_address(&listener.listener).port;
    pal_error error = test_listener_open(&other, &loop, "::1", port, 1);
    if (error.status == PAL_OK)
        test_listener_close_wait(&other);
    if (error.status != PAL_OK)
        print_message("skipped: [::1] cannot be listened on here\n");
    if (test_listener_fill(&listener, clients, TEST_COUNT(clients), &count) && error.status == PAL_OK) {
        snprintf(listening, sizeof listening, "[::1]:%u", (unsigned)port);
        snprintf(target, sizeof target, "localhost:%u", (unsigned)port);
        pal_process *server = program_start("serve", listening);
        program_await(server, PAL_PROCESS_ERROR, "listening on [::1]:");
        uint64_t begin_ns = pal_clock_now_ns();
        pal_process *probe = program_run(0, NULL, 0, "probe", target);
        assert_true(pal_clock_now_ns() - begin_ns >= 250 * PAL_MILLISECOND_NS);
        program_expect_part(probe, PAL_PROCESS_OUTPUT, "given up after ");
        program_expect_part(probe, PAL_PROCESS_OUTPUT, ", because another address connected\n  connect   [::1]:");
        program_expect_part(probe, PAL_PROCESS_OUTPUT, " after the first\n");
        pal_process *client = program_run(0, NULL, 0, "talk", target, "hi");
        program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:hi!\n");
        program_expect(client, PAL_PROCESS_ERROR, "");
        program_run(0, NULL, 0, "bench", target, "-n", "20", "-c", "2", "--warmup", "0", "--fail-if", "errors>0");
        server_stop(server);
    }
    for (size_t i = 0; i < count; i++)
        test_stream_close_wait(&clients[i]);
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

static void a_peer_that_says_nothing_is_silent(void **state) {
    (void)state;
    test_peer peer;
    char address[PROGRAM_ADDRESS_SIZE];
    program_address(test_peer_listen(&peer), address);
    pal_process *probe = program_run(5, NULL, 0, "probe", "--timeout", "200ms", address);
    program_expect_error_line(probe, ": silent; ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  greeting  nothing within ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  exchange  nothing within ");
    probe = program_run(5, NULL, 0, "probe", "--timeout", "200ms", "--greeting", "", address);
    program_expect_error_line(probe, ": silent; ");
    program_expect_no_part(probe, PAL_PROCESS_OUTPUT, "greeting");
    test_peer_close(&peer);
}

static void a_peer_that_closes_at_once_is_distinguished_from_one_that_resets(void **state) {
    (void)state;
    test_peer peer;
    pal_process *probe = program_meet(&peer, "probe", "--timeout", "30s");
    test_peer_close(&peer);
    program_expect_exit(probe, 6);
    program_expect_error_line(probe, ": closed; ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "nothing after ");

    probe = program_meet(&peer, "probe", "--timeout", "30s");
    test_peer_send_text(&peer, "hello,im server");
    test_peer_expect(&peer, "hello,im client");
    test_peer_reset(&peer);
    program_expect_exit(probe, 6);
    program_expect_error_line(probe, ": reset; ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  greeting  'hello,im server' in ");
}

static void who_answers_in_another_protocol_is_quoted_and_recognised(void **state) {
    (void)state;
    test_peer peer;
    pal_process *probe = program_meet(&peer, "probe", "--timeout", "2s");
    test_peer_expect(&peer, "hello,im client\r\n"); /* an HTTP server sends nothing before it has a line */
    test_peer_send_text(&peer, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    program_expect_exit(probe, 8);
    test_peer_close(&peer);
    program_expect_error_line(probe, ": other_protocol; ");
    program_expect_part(probe, PAL_PROCESS_ERROR, "looks like HTTP");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  greeting  nothing within ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  exchange  'HTTP/1.1 400 Bad Request");

    probe = program_meet(&peer, "probe", "--framing", "line");
    test_peer_send_text(&peer, "SSH-2.0-\x1b[2J\r\n");
    program_expect_exit(probe, 8);
    test_peer_close(&peer);
    program_expect_error_line(probe, "looks like SSH");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "'SSH-2.0-\\x1b[2J'");

    probe = program_meet(&peer, "probe", "--framing", "length");
    test_peer_send_text(&peer, "220 mail ready\r\n"); /* as a count it is far over any message */
    program_expect_exit(probe, 8);
    test_peer_close(&peer);
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "no message in that framing");
}

static void what_comes_in_pieces_is_put_together(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    static char greeting[3001]; /* chunk gives 1024 bytes of it at a time */
    memset(greeting, 'g', 3000);
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--framing", "chunk", "--greeting", greeting);
    program_run(0, NULL, 0, "probe", "--framing", "chunk", "--greeting", greeting, address);
    program_run(0, NULL, 0, "probe", "--greeting", greeting, address);
    greeting[2999] = 'G';
    program_run(8, NULL, 0, "probe", "--greeting", greeting, address);
    server_stop(server);
}

static void a_greeting_that_goes_on_is_another_one(void **state) {
    (void)state;
    test_peer peer;
    pal_process *probe = program_meet(&peer, "probe", "--timeout", "30s");
    test_peer_send_text(&peer, "hello,im server number two");
    program_expect_exit(probe, 8);
    test_peer_close(&peer);
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "'hello,im server number two'");
}

static void a_slow_server_is_up_and_one_too_slow_is_reported_late(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--delay", "3s");
    program_run(0, NULL, 0, "probe", address);
    pal_process *probe = program_run(5, NULL, 0, "probe", "--timeout", "1500ms", address);
    program_expect_error_line(probe, ": silent; ");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, "\n  greeting  'hello,im server' in ");
    server_stop(server);

    test_peer peer;
    probe = program_meet(&peer, "probe", "--timeout", "2s");
    test_peer_expect(&peer, "hello,im client"); /* it has stopped waiting */
    test_peer_send_text(&peer, "hello,im server");
    program_expect_exit(probe, 5);
    test_peer_close(&peer);
    program_expect_error_line(probe, "its greeting came late");
}

static void it_waits_until_the_server_is_up(void **state) {
    (void)state;
    test_peer peer;
    char address[PROGRAM_ADDRESS_SIZE];
    uint16_t port = test_peer_listen(&peer); /* a port that is free afterwards */
    test_listener_close_wait(&peer.listener);
    test_loop_close(&peer.loop);
    pal_process *probe = program_start("probe", "--wait", "50s", program_address(port, address));
    program_await(probe, PAL_PROCESS_ERROR, ": refused; waiting for it\n");
    pal_process *server = server_start(&port, address);
    program_expect_exit(probe, 0);
    program_expect_part(probe, PAL_PROCESS_OUTPUT, ": up, and answered in ");
    server_stop(server);
}

static void it_waits_no_longer_than_it_may(void **state) {
    (void)state;
    test_peer peer;
    char refused[PROGRAM_ADDRESS_SIZE], silent[PROGRAM_ADDRESS_SIZE];
    pal_process *probe = program_run(4, NULL, 0, "probe", "--wait", "300ms", program_address(TEST_REFUSING_PORT, refused));
    program_expect_part(probe, PAL_PROCESS_ERROR, "loopmsg: ");
    program_expect_part(probe, PAL_PROCESS_ERROR, ": refused; the machine answers");

    program_address(test_peer_listen(&peer), silent);
    uint64_t begin_ns = pal_clock_now_ns();
    program_run(5, NULL, 0, "probe", "--wait", "500ms", "--timeout", "1m", silent);
    assert_true(pal_clock_now_ns() - begin_ns < 30 * PAL_SECOND_NS);
    test_peer_close(&peer);
}

static void several_are_probed_at_once_and_the_first_that_failed_decides(void **state) {
    (void)state;
    uint16_t port;
    test_peer peer;
    char up[PROGRAM_ADDRESS_SIZE], refused[PROGRAM_ADDRESS_SIZE], silent[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0");
    program_address(port, up);
    program_address(TEST_REFUSING_PORT, refused);
    program_address(test_peer_listen(&peer), silent);
    pal_process *probe = program_run(5, NULL, 0, "probe", "--timeout", "3s", up, silent, refused, "no-such-host.invalid");
    program_expect_part(probe, PAL_PROCESS_OUTPUT, ": up, and answered in ");
    program_expect_part(probe, PAL_PROCESS_ERROR, ": silent; ");
    program_expect_part(probe, PAL_PROCESS_ERROR, ": refused; ");
    program_expect_part(probe, PAL_PROCESS_ERROR, ": name_not_found; ");
    program_run(4, NULL, 0, "probe", "--timeout", "3s", up, refused, silent);
    program_run(0, NULL, 0, "probe", up, up, up);
    test_peer_close(&peer);
    server_stop(server);
}

static void several_probes_are_a_line_each_and_added_up(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE], summary[64];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *probe = program_run(0, NULL, 0, "probe", "-n", "3", "-i", "20ms", address);
    snprintf(summary, sizeof summary, "\n%s: up in 3 of 3 probes\n", address);
    program_expect_part(probe, PAL_PROCESS_OUTPUT, summary);
    program_expect_no_part(probe, PAL_PROCESS_OUTPUT, "connect ");
    probe = program_run(4, NULL, 0, "probe", "-n", "2", "-i", "20ms", program_address(TEST_REFUSING_PORT, address));
    program_expect_part(probe, PAL_PROCESS_OUTPUT, ": up in 0 of 2 probes\n");
    server_stop(server);
}

/* -- JSON -- */

/* What one line of --json says, as the project's own reader reads it. */
typedef struct probe_line {
    char target[64], result[32], connect[32], greeting[32], exchange[32], text[64];
    int64_t number, exit_code, took_ns, attempts;
} probe_line;

static void text_take(json_reader *reader, char *buffer, size_t size) {
    const char *text;
    assert_true(json_read_text(reader, &text));
    snprintf(buffer, size, "%s", text);
}

static void part_take(json_reader *reader, char *result, char *heard, size_t heard_size) {
    const char *name;
    if (json_read_null(reader))
        return;
    assert_true(json_read_object(reader));
    while (json_read_member(reader, &name)) {
        if (strcmp(name, "result") == 0)
            text_take(reader, result, 32);
        else if (strcmp(name, "text") == 0 && heard != NULL)
            text_take(reader, heard, heard_size);
        else
            assert_true(json_skip(reader));
    }
}

static void attempts_take(json_reader *reader, probe_line *line) {
    assert_true(json_read_array(reader));
    while (json_read_element(reader)) {
        part_take(reader, line->connect, NULL, 0);
        line->attempts++;
    }
}

static void member_take(json_reader *reader, const char *name, probe_line *line) {
    if (strcmp(name, "target") == 0)
        text_take(reader, line->target, sizeof line->target);
    else if (strcmp(name, "result") == 0)
        text_take(reader, line->result, sizeof line->result);
    else if (strcmp(name, "number") == 0)
        assert_true(json_read_integer(reader, 1, INT32_MAX, &line->number));
    else if (strcmp(name, "exit_code") == 0)
        assert_true(json_read_integer(reader, 0, 255, &line->exit_code));
    else if (strcmp(name, "took_ns") == 0)
        assert_true(json_read_integer(reader, 0, INT64_MAX, &line->took_ns));
    else if (strcmp(name, "connect") == 0)
        attempts_take(reader, line);
    else if (strcmp(name, "greeting") == 0)
        part_take(reader, line->greeting, NULL, 0);
    else if (strcmp(name, "exchange") == 0)
        part_take(reader, line->exchange, line->text, sizeof line->text);
    else
        assert_true(json_skip(reader));
}

/* The lines that PROBE has printed. */
static size_t lines_take(pal_process *probe, probe_line *lines, size_t capacity) {
    size_t count = 0;
    memset(lines, 0, capacity * sizeof *lines);
    char *text = pal_process_text(probe, PAL_PROCESS_OUTPUT, NULL);
    assert_non_null(text);
    for (char *begin = text; *begin != '\0'; count++) {
        char *end = strchr(begin, '\n');
        json_reader reader;
        const char *name;
        assert_non_null(end);
        assert_true(count < capacity);
        json_reader_open(&reader, begin, (size_t)(end - begin));
        assert_true(json_read_object(&reader));
        while (json_read_member(&reader, &name))
            member_take(&reader, name, &lines[count]);
        if (!json_read_end(&reader))
            fail_msg("%s", reader.failure);
        json_reader_close(&reader);
        begin = end + 1;
    }
    free(text);
    return count;
}

static void json_is_one_object_a_probe(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    probe_line lines[4];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *probe = program_run(0, NULL, 0, "probe", "--json", "-n", "2", "-i", "20ms", address);
    assert_int_equal(lines_take(probe, lines, TEST_COUNT(lines)), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(lines[i].target, address);
        assert_int_equal(lines[i].number, i + 1);
        assert_string_equal(lines[i].result, "up");
        assert_int_equal(lines[i].exit_code, 0);
        assert_true(lines[i].took_ns > 0);
        assert_int_equal(lines[i].attempts, 1);
        assert_string_equal(lines[i].connect, "connected");
        assert_string_equal(lines[i].greeting, "up");
        assert_string_equal(lines[i].exchange, "up");
        assert_string_equal(lines[i].text, "loop_msg:hello,im client!");
    }
    program_expect(probe, PAL_PROCESS_ERROR, "");
    server_stop(server);

    probe = program_run(4, NULL, 0, "probe", "--json", program_address(TEST_REFUSING_PORT, address));
    assert_int_equal(lines_take(probe, lines, TEST_COUNT(lines)), 1);
    assert_string_equal(lines[0].result, "refused");
    assert_string_equal(lines[0].connect, "refused");
    assert_int_equal(lines[0].exit_code, 4);
    assert_string_equal(lines[0].greeting, "");
    probe = program_run(3, NULL, 0, "probe", "--json", "no-such-host.invalid");
    assert_int_equal(lines_take(probe, lines, TEST_COUNT(lines)), 1);
    assert_string_equal(lines[0].result, "name_not_found");
    assert_int_equal(lines[0].attempts, 0);
}

/* -- the command line -- */

static void what_cannot_go_together_is_refused(void **state) {
    (void)state;
    static const char *const lines[][5] = {
        {"--wait", "1s", "--count", "2", "--wait and --count"},
        {"--interval", "1s", "host", "host", "--interval needs --count or --wait"},
        {"--echo", "--framing", "line", "host", "--framing line cannot go with --echo"},
        {"--echo", "--greeting", "hi", "host", "--greeting cannot go with --echo"},
        {"--framing", "raw", "--reply", "x", "--reply cannot go with --framing raw"},
        {"--message", "", "host", "host", "--message: an empty message cannot be sent"},
        {"--reply", "", "host", "host", "--reply: an empty answer cannot be sent"},
        {"--reply", "{", "host", "host", "stray brace at byte 1"},
        {"--message", "a\nb", "host", "host", "contains a line ending"},
        {"-4", "-6", "host", "host", "-4 and -6"},
        {"127.0.0.1:1", "a:b:c", "host", "host", "'a:b:c' is not an address"},
        {"127.0.0.1:0", "--timeout", "1s", "host", "nobody listens on port 0"},
    };
    for (size_t i = 0; i < TEST_COUNT(lines); i++) {
        pal_process *probe = program_run(2, NULL, 0, "probe", lines[i][0], lines[i][1], lines[i][2], lines[i][3]);
        program_expect_error_line(probe, lines[i][4]);
        program_expect(probe, PAL_PROCESS_OUTPUT, "");
        programs_end(NULL);
    }
}

static void an_interrupt_ends_it_at_once(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *probe = program_start("probe", "--wait", "1m", program_address(TEST_REFUSING_PORT, address));
    program_await(probe, PAL_PROCESS_ERROR, "waiting for it");
    pal_process_interrupt(probe);
    program_expect_exit(probe, 130);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(a_server_that_is_up_is_reported_phase_by_phase),
        program_test(it_speaks_every_framing),
        program_test(other_words_are_given_as_for_bench),
        program_test(where_nobody_listens_it_is_refused),
        program_test(a_name_without_an_address_is_not_found),
        program_test(what_never_answers_a_connect_is_filtered),
        program_test(the_second_address_is_tried_beside_a_first_that_is_silent),
        program_test(a_peer_that_says_nothing_is_silent),
        program_test(a_peer_that_closes_at_once_is_distinguished_from_one_that_resets),
        program_test(who_answers_in_another_protocol_is_quoted_and_recognised),
        program_test(what_comes_in_pieces_is_put_together),
        program_test(a_greeting_that_goes_on_is_another_one),
        program_test(a_slow_server_is_up_and_one_too_slow_is_reported_late),
        program_test(it_waits_until_the_server_is_up),
        program_test(it_waits_no_longer_than_it_may),
        program_test(several_are_probed_at_once_and_the_first_that_failed_decides),
        program_test(several_probes_are_a_line_each_and_added_up),
        program_test(json_is_one_object_a_probe),
        program_test(what_cannot_go_together_is_refused),
        program_test(an_interrupt_ends_it_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
