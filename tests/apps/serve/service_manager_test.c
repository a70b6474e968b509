/* The real server as a service of Windows: its control manager starts it, gets answers, stops it, and receives its exit code. */
#include "apps/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *control_text;
static char service_name[32]; /* one per test: a deleted service keeps its name until the manager releases it */
static unsigned service_count;

/* Runs sc.exe and keeps what it printed. Its exit code. */
static int control(const char *const *arguments) {
    pal_process *process;
    int code = -1;
    assert_ok(pal_process_start(&process, arguments));
    pal_process_end_input(process);
    assert_true(pal_process_wait(process, pal_clock_now_ns() + PROGRAM_WAIT_NS, &code));
    free(control_text);
    control_text = pal_process_text(process, PAL_PROCESS_OUTPUT, NULL);
    assert_non_null(control_text);
    pal_process_close(process);
    return code;
}

#define service_control(...) control((const char *const[]){"sc.exe", __VA_ARGS__, NULL})

static void service_await(const char *state) {
    uint64_t deadline_ns = pal_clock_now_ns() + PROGRAM_WAIT_NS;
    do {
        if (pal_clock_now_ns() > deadline_ns)
            fail_msg("the service is not %s: %s", state, control_text);
        assert_int_equal(service_control("query", service_name), 0);
    } while (strstr(control_text, state) == NULL);
}

static bool service_create(const char *arguments) {
    char command[1024];
    snprintf(service_name, sizeof service_name, "loopmsg-test-%u", ++service_count);
    snprintf(command, sizeof command, "\"%s\" serve --service %s", LOOPMSG_PROGRAM, arguments);
    (void)service_control("delete", service_name); /* what a killed test may have left */
    if (service_control("create", service_name, "binPath=", command, "start=", "demand") == 0)
        return true;
    print_message("skipped: only an administrator can create services: %s\n", control_text);
    return false;
}

/* The manager refuses while it is busy with another service. */
static void service_start(void) {
    uint64_t deadline_ns = pal_clock_now_ns() + PROGRAM_WAIT_NS;
    while (service_control("start", service_name) != 0) {
        if (pal_clock_now_ns() > deadline_ns)
            fail_msg("the service is not started: %s", control_text);
        assert_int_equal(service_control("query", service_name), 0);
        if (strstr(control_text, "RUNNING") != NULL)
            return;
    }
    service_await("RUNNING");
}

static int service_delete(void **state) {
    (void)state;
    (void)service_control("stop", service_name);
    (void)service_control("delete", service_name);
    free(control_text);
    control_text = NULL;
    return 0;
}

/* A port that was free a moment ago: a service cannot report which one it got. */
static uint16_t port_find(void) {
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0");
    server_stop(server);
    return port;
}

static void a_service_is_started_serves_and_is_stopped(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    uint16_t port = port_find();
    if (!service_create(program_address(port, address)))
        skip();
    for (int round = 0; round < 2; round++) {
        service_start();
        test_peer peer;
        peer_meet(&peer, port);
        test_peer_send_text(&peer, "to a service");
        test_peer_expect(&peer, "loop_msg:to a service!");
        assert_int_equal(service_control("stop", service_name), 0);
        test_peer_expect_end(&peer);
        test_peer_close(&peer);
        service_await("STOPPED");
        assert_non_null(strstr(control_text, "WIN32_EXIT_CODE    : 0 "));
    }
}

static void a_service_that_is_stopping_says_so_until_its_answers_are_out(void **state) {
    (void)state;
    char arguments[100], address[PROGRAM_ADDRESS_SIZE];
    uint16_t port = port_find();
    snprintf(arguments, sizeof arguments, "--delay 2s --drain 60s %s", program_address(port, address));
    if (!service_create(arguments))
        skip();
    service_start();
    test_peer peer;
    peer_meet(&peer, port);
    test_peer_send_text(&peer, "one");
    test_peer_expect(&peer, "loop_msg:one!");
    test_peer_send_text(&peer, "two");
    assert_int_equal(service_control("stop", service_name), 0);
    assert_non_null(strstr(control_text, "STOP_PENDING"));
    test_peer_expect(&peer, "loop_msg:two!");
    test_peer_expect_end(&peer);
    test_peer_close(&peer);
    service_await("STOPPED");
}

/* 4 is the exit code of a server that cannot listen. */
static void a_service_that_cannot_serve_reports_its_exit_code(void **state) {
    (void)state;
    if (!service_create("203.0.113.1:9999")) /* TEST-NET-3, RFC 5737: nobody's */
        skip();
    uint64_t deadline_ns = pal_clock_now_ns() + PROGRAM_WAIT_NS;
    do {
        assert_true(pal_clock_now_ns() < deadline_ns);
        (void)service_control("start", service_name); /* what it returns depends on how soon the service ends */
        assert_int_equal(service_control("query", service_name), 0);
    } while (strstr(control_text, "SERVICE_EXIT_CODE  : 4 ") == NULL);
    service_await("STOPPED");
    assert_non_null(strstr(control_text, "WIN32_EXIT_CODE    : 1066 ")); /* ERROR_SERVICE_SPECIFIC_ERROR */
}

static void a_program_that_was_started_by_hand_is_no_service(void **state) {
    (void)state;
    program_expect_error_line(program_run(2, NULL, 0, "serve", "127.0.0.1:0", "--service"), "service control manager");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_service_is_started_serves_and_is_stopped, service_delete),
        cmocka_unit_test_teardown(a_service_that_is_stopping_says_so_until_its_answers_are_out, service_delete),
        cmocka_unit_test_teardown(a_service_that_cannot_serve_reports_its_exit_code, service_delete),
        program_test(a_program_that_was_started_by_hand_is_no_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
