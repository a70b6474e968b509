/* The command line: a mistake is reported in one line that quotes it and says what would be right; nothing else is printed. */
#include "apps/program.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 8

typedef struct usage_case {
    const char *arguments[ARGUMENTS_MAX];
    const char *quoted;   /* what was wrong, as it was written */
    const char *expected; /* what would be right */
} usage_case;

static const usage_case usage_cases[] = {
    {{NULL}, "no command given", "serve, talk, probe, bench, merge, addresses, demo, completion or help ('loopmsg --help'"},
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
    {{"serve", "--framing", "line", "--reply", "two\nlines"}, "--reply 'two\\x0alines'", "length"},
    {{"serve", "-4", "-6"}, "-4 and -6", "both"},
    {{"serve", "--trace=xml"}, "'xml'", "text, json"},
    {{"serve", "localhost:0", "--trace", "text"}, "'text'", "[ADDRESS]"}, /* no value of it */
    {{"talk", "localhost:70000"}, "'localhost:70000'", "65535"},
    {{"talk", "--timeout", "soon"}, "'soon'", "500ms"},
    {{"talk", "--framing", "raw", "localhost:1", "message"}, "'message'", "standard input"},
    {{"talk", "--framing", "raw", "--plain"}, "--plain", "raw"},
    {{"talk", "--framing", "line", "localhost:1", "two\nlines"}, "'two\\x0alines'", "length"},
    {{"talk", "--plain", "--json"}, "--plain", "--json"},
    {{"talk", "--timeout", "1.5ns"}, "'1.5ns'", "500ms"},
    {{"talk", "--timeout", "1.s"}, "'1.s'", "500ms"},
    {{"bench", "localhost:70000"}, "'localhost:70000'", "65535"},
    {{"bench", "localhost:0"}, "'localhost:0'", "port 0"},
    {{"bench", "localhost", "localhost"}, "'localhost'", "[ADDRESS]"},
    {{"bench", "--compare", "localhost:x"}, "'localhost:x'", "65535"},
    {{"bench", "-4", "-6"}, "-4 and -6", "both"},
    {{"bench", "--connections", "0"}, "'0'", "from 1 to 1M"},
    {{"bench", "-c", "2M"}, "'2M'", "from 1 to 1M"},
    {{"bench", "--rate", "0"}, "'0'", "from 1 to 1000M"},
    {{"bench", "-r", "fast"}, "'fast'", "10k"},
    {{"bench", "--connect-rate", "0"}, "'0'", "from 1 to"},
    {{"bench", "--duration", "0"}, "'0'", "2s or 1m, from 1ms"},
    {{"bench", "--duration", "10"}, "'10'", "500ms"},
    {{"bench", "--messages", "0"}, "'0'", "from 1 to"},
    {{"bench", "--timeout", "0"}, "'0'", "from 1ms"},
    {{"bench", "--threads", "257"}, "'257'", "256"},
    {{"bench", "--seed", "x"}, "'x'", "10k"},
    {{"bench", "--pipeline", "0"}, "'0'", "from 1 to 65536"},
    {{"bench", "--interval", "9ms"}, "'9ms'", "from 10ms"},
    {{"bench", "--size", "big"}, "'big'", "16-1k"},
    {{"bench", "--size", "1-2-3"}, "'1-2-3'", "16-1k"},
    {{"bench", "--size", "-5"}, "'-5'", "16-1k"},
    {{"bench", "--size", "65M", "--framing", "line"}, "'65M'", "at most 64M"},
    {{"bench", "--size", "1k-16"}, "'1k-16'", "16-1k"},
    {{"bench", "--size", "1025"}, "'1025'", "line or length"},
    {{"bench", "--size", "16-1025", "--framing", "chunk"}, "'16-1025'", "line or length"},
    {{"bench", "--size", "0", "--framing", "chunk"}, "'0'", "line and length"},
    {{"bench", "--size", "0-9", "--echo"}, "'0-9'", "line and length"},
    {{"bench", "--pipeline", "2"}, "--pipeline 2", "use line, length or raw"},
    {{"bench", "--pipeline", "2", "--framing", "chunk", "--rate", "5"}, "--pipeline 2", "use line, length or raw"},
    {{"bench", "--reply", "{msg}"}, "'{msg}'", "{message}"},
    {{"bench", "--reply", "", "--framing", "chunk"}, "''", "line and length"},
    {{"bench", "--reply", "x", "--framing", "raw"}, "--reply", "the message as it came"},
    {{"bench", "--echo", "--reply", "x"}, "--reply", "--echo"},
    {{"bench", "--echo", "--greeting", "x"}, "--greeting", "--echo"},
    {{"bench", "--echo", "--framing", "line"}, "--framing line", "--framing raw"},
    {{"bench", "--compare", "localhost:1", "--messages", "5"}, "--messages", "--duration"},
    {{"bench", "--compare", "localhost:1", "--hgrm", "x"}, "--hgrm", "--json"},
    {{"bench", "--compare", "localhost:1", "--report", "x"}, "--report", "--json"},
    {{"bench", "--compare", "localhost:1", "--interval", "6s"}, "--interval 6s", "two"},
    {{"bench", "--interval", "10ms", "--duration", "60m"}, "--interval 10ms", "100000"},
    {{"bench", "--hgrm", "same", "--report", "same"}, "'same'", "a file of its own"},
    {{"bench", "--fail-if", "p98x>5ms"}, "'p98x>5ms'", "did you mean p99?"},
    {{"bench", "--fail-if", "eror>0"}, "'eror>0'", "did you mean errors?"},
    {{"bench", "--fail-if", "beauty>0"}, "'beauty>0'", "service_p99"},
    {{"bench", "--fail-if", "p101>5ms"}, "'p101>5ms'", "p99.9"},
    {{"bench", "--fail-if", ""}, "''", "expected one of"},
    {{"bench", "--fail-if", "p99"}, "'p99'", "<, <=, >, >="},
    {{"bench", "--fail-if", "p99=5ms"}, "'p99=5ms'", "'p99>5ms'"},
    {{"bench", "--fail-if", "p99>5"}, "'p99>5'", "5ms, 200us"},
    {{"bench", "--fail-if", "p50.0000000000000000000x>5ms"}, "'p50.0000000000000000000x>5ms'", "p99.9"},
    {{"bench", "--fail-if", "errors>000000000000000000000001"}, "'errors>000000000000000000000001'", "10k"},
    {{"bench", "--fail-if", "errors>5ms"}, "'errors>5ms'", "10k"},
    {{"bench", "--fail-if", "errors>"}, "'errors>'", "10k"},
    {{"bench", "--fail-if", "errors > 1 2"}, "'errors > 1 2'", "10k"},
    {{"bench", "--fail-if", "rate_ratio<0.9"}, "'rate_ratio<0.9'", "needs --compare"},
    {{"bench", "--fail-if", "rate_ratio<1k", "--compare", "localhost:1"}, "'rate_ratio<1k'", "0.95"},
    {{"bench", "--fail-if", "lateness_p99>1ms"}, "'lateness_p99>1ms'", "needs --rate"},
    {{"addresses", "eth0"}, "'eth0'", "addresses"},
    {{"completion"}, "shell", "bash|zsh|fish|powershell"},
    {{"completion", "cmd"}, "'cmd'", "bash|zsh|fish|powershell"},
    {{"completion", "powershel"}, "'powershel'", "did you mean powershell?"},
    {{"completion", "bash", "zsh"}, "'zsh'", "bash|zsh|fish|powershell"},
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

/* Not in the table above, because it takes 34 arguments. */
static void an_option_given_too_often_is_reported(void **state) {
    (void)state;
    const char *arguments[2 + 2 * 17 + 1] = {LOOPMSG_PROGRAM, "bench"};
    for (size_t i = 0; i < 17; i++) {
        arguments[2 + 2 * i] = "--fail-if";
        arguments[3 + 2 * i] = i < 16 ? "errors>0" : "lost>0";
    }
    pal_process *process = program_run_with(2, NULL, 0, arguments);
    program_expect_error_line(process, "'lost>0'");
    program_expect_part(process, PAL_PROCESS_ERROR, "16 times");
}

static void an_argument_beyond_the_most_is_reported_with_their_number(void **state) {
    (void)state;
    const char *arguments[2 + 17 + 1] = {LOOPMSG_PROGRAM, "probe"};
    for (size_t i = 0; i < 17; i++)
        arguments[2 + i] = i < 16 ? "localhost" : "beyond";
    pal_process *process = program_run_with(2, NULL, 0, arguments);
    program_expect_error_line(process, "'beyond'");
    program_expect_part(process, PAL_PROCESS_ERROR, "at most 16");
}

static void help_goes_to_standard_output(void **state) {
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *expected;
    } cases[] = {
        {{"--help"}, "addresses"},
        {{"-h"}, "130"},
        {{"help"}, "serve"},
        {{"serve", "--help"}, "--idle-timeout"},
        {{"talk", "-h"}, "--no-greeting"},
        {{"talk", "--help"}, "--trace[=FORM]"},
        {{"help", "talk"}, "--no-greeting"},
        {{"bench", "--help"}, "--fail-if"},
        {{"addresses", "--help"}, "--json"},
        {{"serve", "--framing", "line", "--help"}, "--max-connections"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        pal_process *process = run(0, cases[i].arguments);
        program_expect_part(process, PAL_PROCESS_OUTPUT, cases[i].expected);
        program_expect(process, PAL_PROCESS_ERROR, "");
        programs_end(NULL);
    }
}

static void help_fits_into_80_columns(void **state) {
    (void)state;
    static const char *const commands[] = {"serve",     "talk", "probe",      "bench", "merge",
                                           "addresses", "demo", "completion", "help",  NULL};
    for (size_t i = 0; i < TEST_COUNT(commands); i++) {
        pal_process *process = program_run(0, NULL, 0, "help", commands[i]); /* at last, of the program itself */
        char *text = pal_process_text(process, PAL_PROCESS_OUTPUT, NULL);
        assert_non_null(text);
        for (const char *line = text; *line != '\0';) {
            size_t width = strcspn(line, "\n");
            if (width > 80)
                fail_msg("%u columns: %.*s", (unsigned)width, (int)width, line);
            line += width + (line[width] == '\n');
        }
        free(text);
        programs_end(NULL);
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
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server = server_start_address(address, "127.0.0.1:0");
    pal_process *client = program_run(0, NULL, 0, "talk", address, "--", "--help");
    program_expect(client, PAL_PROCESS_OUTPUT, "-->>hello,im server\n-->>loop_msg:--help!\n");
    server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(what_is_wrong_is_quoted_and_what_is_right_is_said),
        program_test(an_option_given_too_often_is_reported),
        program_test(an_argument_beyond_the_most_is_reported_with_their_number),
        program_test(help_goes_to_standard_output),
        program_test(help_fits_into_80_columns),
        program_test(version_names_the_program_the_system_and_the_poller),
        program_test(addresses_lists_the_loopback_interface),
        program_test(after_two_dashes_nothing_is_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
