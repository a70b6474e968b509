/* The command line: what is wrong with it is told in one line that quotes it and says what would be right; nothing is printed besides. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 6

typedef struct usage_case {
    const char *arguments[ARGUMENTS_MAX];
    const char *quoted;   /* what was wrong, as it was written */
    const char *expected; /* what would be right */
} usage_case;

static const usage_case usage_cases[] = {
    {{"sreve"}, "'sreve'", "serve"},
    {{"dance"}, "'dance'", "--help"},
    {{"--verbose"}, "'--verbose'", "help"},
    {{"serve", "--framng", "line"}, "'--framng'", "--framing"},
    {{"serve", "-x"}, "'-x'", "help serve"},
    {{"serve", "--framing", "lines"}, "'lines'", "auto, chunk, line, length, raw"},
    {{"serve", "--framing"}, "--framing", "needs a value"},
    {{"serve", "--quiet=yes"}, "--quiet", "takes no value"},
    {{"serve", "127.0.0.1:70000"}, "'127.0.0.1:70000'", "65535"},
    {{"serve", "127.0.0.1:http"}, "'127.0.0.1:http'", "65535"},
    {{"serve", "127.0.0.1:-1"}, "'127.0.0.1:-1'", "host:port"},
    {{"serve", ""}, "''", "host:port"},
    {{"serve", "::1:x"}, "'::1:x'", "[v6]:port"},
    {{"serve", "localhost:0", "extra"}, "'extra'", "[ADDRESS]"},
    {{"serve", "--delay", "1"}, "'1'", "500ms"},
    {{"serve", "--delay", "1h"}, "'1h'", "500ms"},
    {{"serve", "--delay", "-1s"}, "'-1s'", "500ms"},
    {{"serve", "--delay", "99999999999999999999s"}, "'99999999999999999999s'", "500ms"},
    {{"serve", "--max-message", "0"}, "'0'", "64k"},
    {{"serve", "--max-message", "65M"}, "'65M'", "64M"},
    {{"serve", "--max-message", "lots"}, "'lots'", "64k"},
    {{"serve", "--max-message", "18446744073709551617"}, "'18446744073709551617'", "64k"},
    {{"serve", "--max-connections", "0"}, "'0'", "10k"},
    {{"serve", "--max-connections", "1.5"}, "'1.5'", "10k"},
    {{"serve", "--threads", "1000"}, "'1000'", "256"},
    {{"serve", "--backlog", "+5"}, "'+5'", "10k"},
    {{"serve", "--reply", "{msg}"}, "'{msg}'", "{message}"},
    {{"serve", "--framing", "raw", "--greeting", "hi"}, "--greeting", "raw"},
    {{"serve", "-4", "-6"}, "-4 and -6", "both"},
    {{"talk", "localhost:70000"}, "'localhost:70000'", "65535"},
    {{"talk", "--timeout", "soon"}, "'soon'", "500ms"},
    {{"talk", "--framing", "raw", "localhost:1", "message"}, "'message'", "standard input"},
    {{"talk", "--framing", "raw", "--plain"}, "--plain", "raw"},
    {{"talk", "--framing", "line", "localhost:1", "two\nlines"}, "'two\\x0alines'", "length"},
    {{"talk", "--plain", "--json"}, "--plain", "--json"},
    {{"addresses", "eth0"}, "'eth0'", "addresses"},
    {{"help", "dance"}, "'dance'", "--help"},
};

static pal_process *run(int code, const char *const *arguments) {
    const char *all[ARGUMENTS_MAX + 2] = {LOOPMSG_PROGRAM};
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        all[i + 1] = arguments[i];
    return program_run_with(code, NULL, 0, all);
}

static void what_is_wrong_is_quoted_and_what_is_right_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_COUNT(usage_cases); i++) {
        pal_process *process = run(2, usage_cases[i].arguments);
        program_expect_error_line(process, usage_cases[i].quoted);
        program_expect_part(process, PAL_PROCESS_ERROR, usage_cases[i].expected);
        program_expect(process, PAL_PROCESS_OUTPUT, "");
        programs_end(NULL);
    }
}

static void no_command_at_all_is_told(void **state) {
    (void)state;
    static const char *const none[ARGUMENTS_MAX] = {NULL};
    program_expect_error_line(run(2, none), "serve, talk, addresses");
}

static void help_goes_to_standard_output(void **state) {
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *told;
    } cases[] = {
        {{"--help"}, "addresses"},
        {{"-h"}, "130"},
        {{"help"}, "serve"},
        {{"serve", "--help"}, "--idle-timeout"},
        {{"talk", "-h"}, "--no-greeting"},
        {{"help", "talk"}, "--no-greeting"},
        {{"addresses", "--help"}, "--json"},
        {{"serve", "--framing", "line", "--help"}, "--max-connections"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        pal_process *process = run(0, cases[i].arguments);
        program_expect_part(process, PAL_PROCESS_OUTPUT, cases[i].told);
        program_expect(process, PAL_PROCESS_ERROR, "");
        programs_end(NULL);
    }
}

static void help_fits_into_80_columns(void **state) {
    (void)state;
    static const char *const commands[] = {"serve", "talk", "addresses", "help"};
    for (size_t i = 0; i < TEST_COUNT(commands); i++) {
        pal_process *process = program_run(0, NULL, 0, "help", commands[i]);
        char *text = pal_process_text(process, PAL_PROCESS_OUTPUT, NULL);
        assert_non_null(text);
        for (const char *line = text; *line != '\0';) {
            size_t width = strcspn(line, "\n");
            if (width > 80)
                fail_msg("%u columns: %.*s", (unsigned)width, (int)width, line);
            line += width + (line[width] == '\n');
        }
        free(text);
    }
}

static void version_names_the_program_the_system_and_the_poller(void **state) {
    (void)state;
    pal_process *process = program_run(0, NULL, 0, "--version");
    program_expect_part(process, PAL_PROCESS_OUTPUT, "loopmsg 0.");
    program_expect(process, PAL_PROCESS_ERROR, "");
    size_t size = 0;
    char *text = pal_process_text(process, PAL_PROCESS_OUTPUT, &size);
    static const char *const pollers[] = {"epoll", "poll", "iocp"};
    bool has_poller = false;
    for (size_t i = 0; i < TEST_COUNT(pollers); i++)
        has_poller = has_poller || strstr(text, pollers[i]) != NULL;
    assert_true(has_poller);
    free(text);
}

static void addresses_lists_the_loopback_interface(void **state) {
    (void)state;
    pal_process *process = program_run(0, NULL, 0, "addresses");
    program_expect_part(process, PAL_PROCESS_OUTPUT, "127.0.0.1/8");
    program_expect_part(process, PAL_PROCESS_OUTPUT, "loopback");
    process = program_run(0, NULL, 0, "addresses", "--json");
    program_expect_part(process, PAL_PROCESS_OUTPUT, "\"127.0.0.1\"");
    program_expect_part(process, PAL_PROCESS_OUTPUT, "\"loopback\"");
}

static void after_two_dashes_nothing_is_an_option(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start(&port, "127.0.0.1:0");
    pal_process *client = program_run(0, NULL, 0, "talk", program_address(port, address), "--", "--help");
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:--help!\n");
    server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(what_is_wrong_is_quoted_and_what_is_right_is_said),
        program_test(no_command_at_all_is_told),
        program_test(help_goes_to_standard_output),
        program_test(help_fits_into_80_columns),
        program_test(version_names_the_program_the_system_and_the_poller),
        program_test(addresses_lists_the_loopback_interface),
        program_test(after_two_dashes_nothing_is_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
