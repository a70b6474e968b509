/* The real bench: what it prints, and how it ends when it is interrupted or the other side misbehaves. run.py and wrong.py test
 * what it measures and which errors it finds. */
#include "apps/program.h"
#include "support/peer.h"

#include <string.h>

#define QUICK "--warmup", "0"
#define UNWRITABLE "no-such-folder/file"

static void a_run_prints_a_table(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0", "--quiet");
    pal_process *bench = program_run(0, NULL, 0, "bench", program_address(port, address), "-n", "500", "--warmup", "100ms");
    program_expect(bench, PAL_PROCESS_ERROR, ""); /* no bar where there is no terminal */
    static const char *const parts[] = {"500 sent, 500 answered, 0 lost", "every byte of every answer was the one expected",
                                        "10 at the start", "\np99.99 "};
    program_expect_part(bench, PAL_PROCESS_OUTPUT, address);
    for (size_t i = 0; i < TEST_COUNT(parts); i++)
        program_expect_part(bench, PAL_PROCESS_OUTPUT, parts[i]);
    server_stop(server);
}

static void an_interval_prints_a_line_for_each_slice(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0", "--quiet");
    program_address(port, address);
    pal_process *bench = program_run(0, NULL, 0, "bench", address, "-d", "200ms", "--interval", "50ms", QUICK);
    program_expect_part(bench, PAL_PROCESS_ERROR, "/s  p50 ");
    program_expect_part(bench, PAL_PROCESS_ERROR, "0 errors  10 open\n");
    bench = program_run(0, NULL, 0, "bench", address, "-d", "200ms", "--interval", "50ms", "--no-progress", QUICK);
    program_expect(bench, PAL_PROCESS_ERROR, "");
    server_stop(server);
}

static void a_refused_connection_names_address_and_cause(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *bench = program_run(4, NULL, 0, "bench", program_address(TEST_REFUSING_PORT, address));
    program_expect_error_line(bench, "refused");
    program_expect_part(bench, PAL_PROCESS_ERROR, address);
    program_expect(bench, PAL_PROCESS_OUTPUT, "");
    bench = program_run(4, NULL, 0, "bench", address, "--json");
    program_expect_error_line(bench, "refused");
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "\"exit_code\":4");
}

static void a_name_that_does_not_exist_is_reported(void **state) {
    (void)state;
    pal_process *bench = program_run(3, NULL, 0, "bench", "no-such-host.invalid:9999");
    program_expect_error_line(bench, "'no-such-host.invalid'");
}

static void a_silent_server_is_given_up_after_the_timeout(void **state) {
    (void)state;
    static const struct {
        const char *expected;
        const char *arguments[8];
    } cases[] = {
        {"no greeting within 300ms", {"-d", "60m"}},
        {"no answer within 300ms", {"--echo", "-n", "1", QUICK}},
        {"no answer within 300ms", {"--echo", "--rate", "100", "-d", "100ms", QUICK}},
        {"no answer within 300ms", {"--echo", "-d", "60m", "--no-reconnect"}}, /* ends in its warm-up */
    };
    test_peer peer;
    char address[PROGRAM_ADDRESS_SIZE];
    program_address(test_peer_listen(&peer), address);
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        const char *arguments[15] = {LOOPMSG_PROGRAM, "bench", address, "--timeout", "300ms", "-c", "1"};
        memcpy(arguments + 7, cases[i].arguments, sizeof cases[i].arguments);
        uint64_t begin_ns = pal_clock_now_ns();
        pal_process *bench = program_run_with(5, NULL, 0, arguments);
        assert_true(pal_clock_now_ns() - begin_ns >= 300 * PAL_MILLISECOND_NS);
        program_expect_error_line(bench, cases[i].expected);
        program_expect_part(bench, PAL_PROCESS_ERROR, address);
    }
    test_peer_close(&peer);
}

/* Starts bench with one connection, which PEER has accepted when this returns. */
static pal_process *bench_accept(test_peer *peer, const char *option) {
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *bench = program_start("bench", program_address(test_peer_listen(peer), address), "-c", "1", "-d", "60m", option);
    test_peer_accept(peer);
    return bench;
}

/* Greets and takes the first message. */
static void bench_greet(test_peer *peer) {
    char message[65];
    test_peer_send_text(peer, "hello,im server");
    test_peer_receive(peer, message, sizeof message);
}

static void a_server_that_closes_at_once_is_reported(void **state) {
    (void)state;
    test_peer peer;
    pal_process *bench = bench_accept(&peer, "--json");
    test_peer_close(&peer);
    program_expect_exit(bench, 6);
    program_expect_error_line(bench, "closed the connection before its greeting");
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "\"exit_code\":6");
    bench = bench_accept(&peer, "--no-reconnect");
    bench_greet(&peer);
    test_peer_close(&peer);
    program_expect_exit(bench, 6);
    program_expect_error_line(bench, "closed the connection before an answer");
}

static void a_server_that_resets_is_reported(void **state) {
    (void)state;
    test_peer peer;
    pal_process *bench = bench_accept(&peer, "--no-reconnect");
    test_peer_reset(&peer); /* which may be seen before or after the connection is */
    program_expect_exit(bench, 6);
    program_expect_error_line(bench, "127.0.0.1:");
    bench = bench_accept(&peer, "--no-reconnect");
    bench_greet(&peer);
    test_peer_reset(&peer);
    program_expect_exit(bench, 6);
    program_expect_error_line(bench, "before an answer");
}

static void a_server_that_ends_in_the_middle_is_counted(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0", "--quiet");
    pal_process *bench =
        program_start("bench", program_address(port, address), "-d", "3s", "--interval", "20ms", "--fail-if", "errors>0", QUICK);
    program_await(bench, PAL_PROCESS_ERROR, "/s  p50 "); /* answers were measured */
    pal_process_kill(server);
    program_expect_exit(bench, 1);
    program_expect_part(bench, PAL_PROCESS_ERROR, "loopmsg: --fail-if errors>0");
    program_expect_part(bench, PAL_PROCESS_OUTPUT, " refused");
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "every byte of every answer was the one expected");
}

static void a_file_that_cannot_be_written_is_found_before_the_run(void **state) {
    (void)state;
    static const char *const options[] = {"--report", "--hgrm"};
    test_peer peer;
    char address[PROGRAM_ADDRESS_SIZE];
    program_address(test_peer_listen(&peer), address);
    for (size_t i = 0; i < TEST_COUNT(options); i++) {
        pal_process *bench = program_run(1, NULL, 0, "bench", address, options[i], UNWRITABLE, "--timeout", "300ms");
        program_expect_error_line(bench, "'" UNWRITABLE "'");
        program_expect(bench, PAL_PROCESS_OUTPUT, "");
    }
    /* Had a connection been made, it would stand before this one. */
    test_peer witness;
    test_peer_connect(&witness, pal_listener_address(&peer.listener.listener).port);
    test_peer_accept(&peer);
    test_peer_send_text(&witness, "first");
    test_peer_expect(&peer, "first");
    assert_int_equal(peer.listener.accepted_count, 1);
    test_peer_close(&witness);
    test_peer_close(&peer);
}

static void an_interrupt_ends_the_run_which_still_reports(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0", "--quiet");
    program_address(port, address);
    pal_process *bench = program_start("bench", address, "-d", "60m", "--interval", "50ms", QUICK);
    program_await(bench, PAL_PROCESS_ERROR, "10 open\n");
    pal_process_interrupt(bench);
    program_expect_exit(bench, 130);
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "every byte of every answer was the one expected");
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "interrupted");
    bench = program_start("bench", address, "-d", "60m", "--interval", "50ms", "--rate", "1000", "--json", QUICK);
    program_await(bench, PAL_PROCESS_ERROR, "10 open\n");
    pal_process_interrupt(bench);
    program_expect_exit(bench, 130);
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "\"interrupted\":true");
    program_expect_part(bench, PAL_PROCESS_OUTPUT, "\"exit_code\":130");
    server_stop(server);
}

static void an_interrupt_does_not_wait_for_a_server_that_is_silent(void **state) {
    (void)state;
    test_peer peer;
    pal_process *bench = bench_accept(&peer, "--timeout=60m");
    pal_process_interrupt(bench);
    program_expect_exit(bench, 130);
    test_peer_close(&peer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(a_run_prints_a_table),
        program_test(an_interval_prints_a_line_for_each_slice),
        program_test(a_refused_connection_names_address_and_cause),
        program_test(a_name_that_does_not_exist_is_reported),
        program_test(a_silent_server_is_given_up_after_the_timeout),
        program_test(a_server_that_closes_at_once_is_reported),
        program_test(a_server_that_resets_is_reported),
        program_test(a_server_that_ends_in_the_middle_is_counted),
        program_test(a_file_that_cannot_be_written_is_found_before_the_run),
        program_test(an_interrupt_ends_the_run_which_still_reports),
        program_test(an_interrupt_does_not_wait_for_a_server_that_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
