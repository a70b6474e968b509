#include "apps/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAMS_MAX 8
#define LISTENING "listening on 127.0.0.1:"

static pal_process *programs[PROGRAMS_MAX];
static size_t program_count;

static uint64_t deadline(void) {
    return pal_clock_now_ns() + PROGRAM_WAIT_NS;
}

pal_process *program_start_with(const char *const *arguments) {
    assert_true(program_count < PROGRAMS_MAX);
    assert_ok(pal_process_start(&programs[program_count], arguments));
    return programs[program_count++];
}

pal_process *program_run_with(int code, const void *input, size_t size, const char *const *arguments) {
    pal_process *process = program_start_with(arguments);
    if (size > 0)
        assert_ok(pal_process_write(process, input, size));
    pal_process_end_input(process);
    program_expect_exit(process, code);
    return process;
}

pal_process *server_start_with(uint16_t *port, const char *const *arguments) {
    pal_process *server = program_start_with(arguments);
    pal_process_end_input(server);
    program_await(server, PAL_PROCESS_ERROR, LISTENING);
    char *text = NULL;
    const char *line;
    do { /* until it is whole */
        free(text);
        text = pal_process_text(server, PAL_PROCESS_ERROR, NULL);
        assert_non_null(text);
        line = strstr(text, LISTENING);
        assert_non_null(line);
    } while (strchr(line, '\n') == NULL);
    *port = (uint16_t)strtoul(line + strlen(LISTENING), NULL, 10);
    free(text);
    assert_int_not_equal(*port, 0);
    return server;
}

pal_process *server_start_address_with(char *address, const char *const *arguments) {
    uint16_t port;
    pal_process *server = server_start_with(&port, arguments);
    program_address(port, address);
    return server;
}

pal_process *server_connect_with(test_peer *peer, const char *const *arguments) {
    uint16_t port;
    pal_process *server = server_start_with(&port, arguments);
    test_peer_connect(peer, port);
    return server;
}

pal_process *server_meet_with(test_peer *peer, const char *const *arguments) {
    pal_process *server = server_connect_with(peer, arguments);
    test_peer_expect(peer, "hello,im server");
    return server;
}

void peer_meet(test_peer *peer, uint16_t port) {
    test_peer_connect(peer, port);
    test_peer_expect(peer, "hello,im server");
}

pal_process *program_meet_with(test_peer *peer, const char *const *arguments) {
    pal_process *process = program_start_with(arguments);
    pal_process_end_input(process);
    test_peer_accept(peer);
    return process;
}

void server_stop(pal_process *server) {
    pal_process_interrupt(server);
    program_expect_exit(server, 0);
}

const char *program_address(uint16_t port, char *buffer) {
    snprintf(buffer, PROGRAM_ADDRESS_SIZE, "127.0.0.1:%u", (unsigned)port);
    return buffer;
}

/* Prints the two streams on CMocka's error output, to show why a test failed. */
static void program_show(pal_process *process) {
    for (int stream = PAL_PROCESS_OUTPUT; stream <= PAL_PROCESS_ERROR; stream++) {
        char *text = pal_process_text(process, (pal_process_stream)stream, NULL);
        print_error("%s: '%.2000s'\n", stream == PAL_PROCESS_OUTPUT ? "output" : "error", text != NULL ? text : "");
        free(text);
    }
}

void program_await(pal_process *process, pal_process_stream stream, const char *text) {
    if (pal_process_wait_text(process, stream, text, deadline()))
        return;
    program_show(process);
    fail_msg("waited without success for '%s'", text);
}

void program_expect_exit(pal_process *process, int code) {
    int actual = -1;
    if (!pal_process_wait(process, deadline(), &actual)) {
        program_show(process);
        fail_msg("the program did not end");
    }
    if (actual == code)
        return;
    program_show(process);
    fail_msg("the program exited with %d, not %d", actual, code);
}

void program_expect(pal_process *process, pal_process_stream stream, const char *text) {
    size_t size = 0;
    char *printed = pal_process_text(process, stream, &size);
    assert_non_null(printed);
    if (size != strlen(text) || memcmp(printed, text, size) != 0) {
        program_show(process);
        fail_msg("'%s' was expected", text);
    }
    free(printed);
}

static bool program_has_part(pal_process *process, pal_process_stream stream, const char *text) {
    return pal_process_wait_text(process, stream, text, 0);
}

void program_expect_part(pal_process *process, pal_process_stream stream, const char *text) {
    if (program_has_part(process, stream, text))
        return;
    program_show(process);
    fail_msg("'%s' was expected to be in it", text);
}

void program_expect_no_part(pal_process *process, pal_process_stream stream, const char *text) {
    if (!program_has_part(process, stream, text))
        return;
    program_show(process);
    fail_msg("'%s' was not expected to be in it", text);
}

void program_expect_error_line(pal_process *process, const char *text) {
    size_t size = 0;
    char *printed = pal_process_text(process, PAL_PROCESS_ERROR, &size);
    assert_non_null(printed);
    bool is_line = size > 0 && strchr(printed, '\n') == printed + size - 1 && strncmp(printed, "loopmsg: ", 9) == 0;
    free(printed);
    program_expect_part(process, PAL_PROCESS_ERROR, text);
    if (is_line)
        return;
    program_show(process);
    fail_msg("one line was expected that begins with 'loopmsg: '");
}

int programs_end(void **state) {
    (void)state;
    for (size_t i = 0; i < program_count; i++)
        pal_process_close(programs[i]);
    program_count = 0;
    return 0;
}
