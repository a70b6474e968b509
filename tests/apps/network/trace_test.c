/* --trace of the real program: what one exchange prints on both sides, in text and in JSON, and what failures print. */
#include "apps/program.h"
#include "output/json_reader.h"
#include "support/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_SIZE 65536

/* --- text --------------------------------------------------------------------------------------------------------------------- */

/* Whether LINE is one of the trace: "  0.000123 server ...". *REST is what follows the time. */
static bool line_is_trace(const char *line, const char **rest) {
    size_t blanks = strspn(line, " ");
    size_t seconds = strspn(line + blanks, "0123456789");
    const char *point = line + blanks + seconds;
    if (seconds == 0 || *point != '.' || strspn(point + 1, "0123456789") != 6 || point[7] != ' ')
        return false;
    *rest = point + 8;
    return true;
}

static bool line_has(const char *line, const char *text) {
    size_t size = strcspn(line, "\n");
    for (size_t i = 0; i + strlen(text) <= size; i++) {
        if (strncmp(line + i, text, strlen(text)) == 0)
            return true;
    }
    return false;
}

/* What only some systems report: that something waits, sockets that are to be accepted, the bind before ConnectEx, the end
 * immediately before a close. */
static bool line_is_besides(const char *rest) {
    static const char *const words[] = {" = nothing yet", " = nobody yet", " = no room yet",
                                        " = under way",   "linger 0",      "accept             socket",
                                        "connect bind("};
    for (size_t i = 0; i < TEST_COUNT(words); i++) {
        if (line_has(rest, words[i]))
            return true;
    }
    const char *next = strchr(rest, '\n');
    return line_has(rest, "shutdown(") && next != NULL && line_has(next + 1, "close / closesocket(");
}

/* Copies LINE without what differs between runs: numbers of sockets, and ports. */
static size_t line_copy(char *to, const char *line) {
    char *begin = to;
    bool gives_socket = line_has(line, "socket / WSASocketW") || line_has(line, "accept / AcceptEx");
    for (const char *at = line; *at != '\n' && *at != '\0';) {
        bool is_socket = at > line && (at[-1] == '(' || (gives_socket && at >= line + 3 && strncmp(at - 3, " = ", 3) == 0));
        bool is_port = at > line + 10 && strncmp(at - 10, "127.0.0.1:", 10) == 0;
        size_t digits = strspn(at, "0123456789");
        if (digits > 0 && (is_socket || is_port)) {
            *to++ = is_socket ? '#' : 'P';
            at += digits;
        } else {
            *to++ = *at++;
        }
    }
    *to++ = '\n';
    return (size_t)(to - begin);
}

/* The trace that PROCESS printed on standard error, without times and what differs between runs and systems. The caller frees
 * it. */
static char *trace_of(pal_process *process) {
    char *text = pal_process_text(process, PAL_PROCESS_ERROR, NULL);
    char *lines = calloc(1, LINES_SIZE);
    assert_non_null(text);
    assert_non_null(lines);
    assert_true(strlen(text) < LINES_SIZE / 2);
    size_t size = 0;
    for (const char *line = text; *line != '\0';) {
        const char *rest;
        if (line_is_trace(line, &rest) && !line_is_besides(rest))
            size += line_copy(lines + size, rest);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    free(text);
    return lines;
}

#define assert_trace(process, expected)                                                                                            \
    do {                                                                                                                           \
        char *trace_lines = trace_of(process);                                                                                     \
        assert_string_equal(trace_lines, (expected));                                                                              \
        free(trace_lines);                                                                                                         \
    } while (0)

static void an_exchange_is_printed_step_by_step_on_both_sides(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--trace");
    pal_process *client = program_run(0, NULL, 0, "talk", "--trace", address, "hello,im client");
    program_await(server, PAL_PROCESS_ERROR, "close / closesocket("); /* before another thread closes the listening socket */
    server_stop(server);
    assert_trace(client, "client 1 create and connect socket / WSASocketW(IPv4, TCP) = #\n"
                         "client 1 create and connect connect / ConnectEx(#, 127.0.0.1:P) = 0\n"
                         "client 2 send and receive   recv / WSARecv(#, room for 65536) = 15 'hello,im server'\n"
                         "client 2 send and receive   send / WSASend(#, 15 'hello,im client') = 15\n"
                         "client 2 send and receive   recv / WSARecv(#, room for 65536) = 25 'loop_msg:hello,im client!'\n"
                         "client 2 send and receive   send / WSASend(#, 4 'exit') = 4\n"
                         "client 3 close              shutdown(#, sending) = 0\n"
                         "client 2 send and receive   recv / WSARecv(#, room for 65536) = 0, the peer sends no more\n"
                         "client 3 close              close / closesocket(#)\n");
    assert_trace(server, "server 1 create and bind    socket / WSASocketW(IPv4, TCP) = #\n"
                         "server 1 create and bind    bind(#, 127.0.0.1:P) = 0\n"
                         "server 2 listen             listen(#, backlog 2147483647) = 0\n"
                         "server 3 accept             accept / AcceptEx(#) = #, from 127.0.0.1:P\n"
                         "server 4 receive and send   send / WSASend(#, 15 'hello,im server') = 15\n"
                         "server 4 receive and send   recv / WSARecv(#, room for 65536) = 15 'hello,im client'\n"
                         "server 4 receive and send   send / WSASend(#, 25 'loop_msg:hello,im client!') = 25\n"
                         "server 4 receive and send   recv / WSARecv(#, room for 65536) = 4 'exit'\n"
                         "server 5 close              shutdown(#, sending) = 0\n"
                         "server 4 receive and send   recv / WSARecv(#, room for 65536) = 0, the peer sends no more\n"
                         "server 5 close              close / closesocket(#)\n"
                         "server 5 close              close / closesocket(#)\n");
}

/* The transcript is the same as without it. */
static void the_trace_goes_to_standard_error_only(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--trace=text");
    pal_process *client = program_run(0, NULL, 0, "talk", "--trace=text", address, "one");
    program_await(server, PAL_PROCESS_OUTPUT, "closed\n");
    server_stop(server);
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:one!\n");
    program_expect_no_part(server, PAL_PROCESS_OUTPUT, "server 1");
}

static void a_refusal_is_named_as_on_both_systems_and_explained(void **state) {
    (void)state;
    pal_process *client = program_run(4, NULL, 0, "talk", "--trace", "127.0.0.1:1", "x");
    assert_trace(client,
                 "client 1 create and connect socket / WSASocketW(IPv4, TCP) = #\n"
                 "client 1 create and connect connect / ConnectEx(#, 127.0.0.1:P) = ECONNREFUSED / WSAECONNREFUSED: nobody listens "
                 "there; start the server, or check address and port\n"
                 "client 3 close              close / closesocket(#)\n");
    program_expect_part(client, PAL_PROCESS_ERROR, "loopmsg: cannot connect to '127.0.0.1:1'");
}

static void an_address_in_use_is_named_and_explained(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0");
    pal_process *other = program_run(4, NULL, 0, "serve", "--trace", program_address(port, address));
    program_expect_part(other, PAL_PROCESS_ERROR,
                        " = EADDRINUSE / WSAEADDRINUSE: another socket is bound there; end its program, or choose another port");
    program_expect_part(other, PAL_PROCESS_ERROR, "server 1 create and bind");
    server_stop(server);
}

static void a_reset_is_named_and_explained(void **state) {
    (void)state;
    test_peer peer;
    pal_process *server = server_meet(&peer, "127.0.0.1:0", "--trace");
    test_peer_reset(&peer);
    program_await(server, PAL_PROCESS_ERROR, "conversation ended");
    program_expect_part(server, PAL_PROCESS_ERROR, " = ECONNRESET / WSAECONNRESET: the other side, or something between, reset");
    server_stop(server);
}

/* --- JSON --------------------------------------------------------------------------------------------------------------------- */

/* One line of the trace, as a program reads it. */
typedef struct trace_line {
    char event[16], side[16], status[32], bytes[128], address[64], error[32], winsock_error[32];
    int64_t step, elapsed_ns, done;
    bool has_call, has_advice;
} trace_line;

static bool text_take(json_reader *reader, char *to, size_t size) {
    const char *text;
    if (!json_read_text(reader, &text))
        return false;
    snprintf(to, size, "%s", text);
    return true;
}

static bool member_take(json_reader *reader, const char *name, trace_line *line) {
    const struct {
        const char *name;
        char *to;
        size_t size;
    } texts[] = {
        {"event", line->event, sizeof line->event},       {"side", line->side, sizeof line->side},
        {"status", line->status, sizeof line->status},    {"bytes", line->bytes, sizeof line->bytes},
        {"error", line->error, sizeof line->error},       {"winsock_error", line->winsock_error, sizeof line->winsock_error},
        {"address", line->address, sizeof line->address},
    };
    for (size_t i = 0; i < TEST_COUNT(texts); i++) {
        if (strcmp(name, texts[i].name) == 0)
            return text_take(reader, texts[i].to, texts[i].size);
    }
    line->has_call = line->has_call || strcmp(name, "winsock_call") == 0;
    line->has_advice = line->has_advice || strcmp(name, "advice") == 0;
    if (strcmp(name, "step") == 0)
        return json_read_integer(reader, 1, 5, &line->step);
    if (strcmp(name, "elapsed_ns") == 0)
        return json_read_integer(reader, 0, INT64_MAX, &line->elapsed_ns);
    if (strcmp(name, "done") == 0)
        return json_read_integer(reader, 0, INT64_MAX, &line->done);
    return json_skip(reader);
}

/* Reads SIZE bytes as one line of the trace, or fails the test. */
static void line_read(const char *text, size_t size, trace_line *line) {
    json_reader *reader = malloc(sizeof *reader);
    assert_non_null(reader);
    *line = (trace_line){.elapsed_ns = -1};
    json_reader_open(reader, text, size);
    bool is_read = json_read_object(reader);
    const char *name;
    while (is_read && json_read_member(reader, &name))
        is_read = member_take(reader, name, line);
    if (!json_read_end(reader) || !is_read)
        fail_msg("%s: %.*s", reader->failure, (int)size, text);
    json_reader_close(reader);
    free(reader);
    assert_true(line->event[0] != '\0' && line->side[0] != '\0' && line->status[0] != '\0' && line->step > 0 && line->has_call &&
                line->elapsed_ns >= 0);
}

/* Calls TAKE with each line of the trace that PROCESS printed on standard error; returns their number. */
static size_t lines_read(pal_process *process, void (*take)(const trace_line *line, void *context), void *context) {
    size_t count = 0;
    char *text = pal_process_text(process, PAL_PROCESS_ERROR, NULL);
    assert_non_null(text);
    for (const char *at = text; *at != '\0';) {
        size_t size = strcspn(at, "\n");
        if (at[0] == '{') {
            trace_line line;
            line_read(at, size, &line);
            take(&line, context);
            count++;
        } else if (strncmp(at, "listening on ", 13) != 0 && strncmp(at, "loopmsg: ", 9) != 0 &&
                   strncmp(at, "stopping: ", 10) != 0) {
            fail_msg("neither of the trace nor a notice: %.*s", (int)size, at);
        }
        at += size + (at[size] == '\n');
    }
    free(text);
    return count;
}

/* Appends "step event status;" of what every system reports. */
static void sequence_append(const trace_line *line, void *context) {
    char *text = context;
    bool is_besides = strcmp(line->status, "pending") == 0 || strcmp(line->event, "reset") == 0 ||
                      (strcmp(line->event, "create") == 0 && line->step == 3) ||
                      (strcmp(line->event, "bind") == 0 && strcmp(line->side, "client") == 0);
    size_t size = strlen(text);
    if (!is_besides)
        snprintf(text + size, 512 - size, "%d %s %s;", (int)line->step, line->event, line->status);
}

static void json_reports_the_same_steps_one_object_per_line(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE], sequence[512] = "";
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--trace=json");
    pal_process *client = program_run(0, NULL, 0, "talk", "--trace=json", address, "hi");
    program_await(server, PAL_PROCESS_ERROR, "\"event\":\"close\"");
    server_stop(server);
    lines_read(client, sequence_append, sequence);
    assert_string_equal(sequence,
                        "1 create ok;1 connect ok;2 receive ok;2 send ok;2 receive ok;2 send ok;3 shutdown ok;2 receive end;"
                        "3 close ok;");
    sequence[0] = '\0';
    lines_read(server, sequence_append, sequence);
    assert_string_equal(sequence, "1 create ok;1 bind ok;2 listen ok;3 accept ok;4 send ok;4 receive ok;4 send ok;4 receive ok;"
                                  "5 shutdown ok;4 receive end;5 close ok;5 close ok;");
}

static void refusal_check(const trace_line *line, void *context) {
    size_t *refusals = context;
    if (strcmp(line->status, "refused") != 0)
        return;
    ++*refusals;
    assert_string_equal(line->event, "connect");
    assert_string_equal(line->address, "127.0.0.1:1");
    assert_string_equal(line->error, "ECONNREFUSED");
    assert_string_equal(line->winsock_error, "WSAECONNREFUSED");
    assert_true(line->has_advice);
}

static void json_names_a_failure_as_on_both_systems(void **state) {
    (void)state;
    size_t refusals = 0;
    lines_read(program_run(4, NULL, 0, "talk", "--trace=json", "127.0.0.1:1", "x"), refusal_check, &refusals);
    assert_int_equal(refusals, 1);
}

static void strange_bytes_check(const trace_line *line, void *context) {
    size_t *found = context;
    if (strcmp(line->event, "receive") == 0 && line->done == 7) {
        assert_string_equal(line->bytes, "\xef\xbf\xbd\x1b[2J\\\"");
        ++*found;
    }
}

/* Neither form prints them unchanged to a terminal. */
static void bytes_that_are_no_text_are_made_fit(void **state) {
    (void)state;
    static const char *const forms[] = {"--trace=text", "--trace=json"};
    for (size_t i = 0; i < TEST_COUNT(forms); i++) {
        test_peer peer;
        pal_process *server = server_meet(&peer, "127.0.0.1:0", forms[i]);
        test_peer_send(&peer, "\xff\x1b[2J\\\"\0z", i == 0 ? 9 : 7); /* our reader of JSON refuses U+0000 */
        test_peer_expect(&peer, "loop_msg:");
        test_peer_close(&peer);
        program_await(server, PAL_PROCESS_OUTPUT, "closed\n");
        server_stop(server);
        program_expect_no_part(server, PAL_PROCESS_ERROR, "\x1b");
        size_t found = 0;
        if (i == 0)
            program_expect_part(server, PAL_PROCESS_ERROR, " = 9 '\xef\xbf\xbd\\x1b[2J\\\"\\x00z'\n");
        else
            lines_read(server, strange_bytes_check, &found);
        assert_int_equal(found, i);
        programs_end(NULL);
    }
}

/* A character that would be shown only in part is left out. */
static void what_is_shown_of_many_bytes_ends_with_a_whole_character(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--trace");
    program_run(0, NULL, 0, "talk", address, "0123456789012345678901234567890\xc3\xa9 and more");
    program_await(server, PAL_PROCESS_OUTPUT, "closed\n");
    server_stop(server);
    program_expect_part(server, PAL_PROCESS_ERROR, " = 42 '0123456789012345678901234567890'...\n");
}

static void count_done(const trace_line *line, void *context) {
    int64_t *done = context;
    if (strcmp(line->event, "receive") == 0)
        *done += line->done;
}

/* Two threads on each side print at the same time: each line must be whole, and no byte may be missing in the sum. */
static void lines_of_several_threads_do_not_mix(void **state) {
    (void)state;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0", "--threads", "2", "--trace=json");
    pal_process *bench = program_run(0, NULL, 0, "bench", "--trace=json", address, "-c", "8", "-n", "200", "--threads", "2",
                                     "--warmup", "0", "--size", "20", "--no-progress");
    server_stop(server);
    int64_t received = 0, answered = 0;
    assert_true(lines_read(server, count_done, &received) > 400);
    assert_true(lines_read(bench, count_done, &answered) > 400);
    assert_int_equal(received, 200 * 21);                                                /* messages with their line endings */
    assert_int_equal(answered, 8 * (int)strlen("hello,im server") + 200 * (21 + 9 + 1)); /* "loop_msg:" and "!" */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(an_exchange_is_printed_step_by_step_on_both_sides),
        program_test(the_trace_goes_to_standard_error_only),
        program_test(a_refusal_is_named_as_on_both_systems_and_explained),
        program_test(an_address_in_use_is_named_and_explained),
        program_test(a_reset_is_named_and_explained),
        program_test(json_reports_the_same_steps_one_object_per_line),
        program_test(json_names_a_failure_as_on_both_systems),
        program_test(bytes_that_are_no_text_are_made_fit),
        program_test(what_is_shown_of_many_bytes_ends_with_a_whole_character),
        program_test(lines_of_several_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
