/* The program with a framing that it does not have: every command offers and speaks it. */
#include "apps/program.h"

#define run(code, ...) program_run_with((code), NULL, 0, (const char *const[]){ADDED_FRAMING_PROGRAM, __VA_ARGS__, NULL})

static void talk_probe_and_bench_speak_it_with_serve(void **state) {
    (void)state;
    uint16_t port;
    char address[PROGRAM_ADDRESS_SIZE];
    pal_process *server =
        server_start_with(&port, (const char *const[]){ADDED_FRAMING_PROGRAM, "serve", "127.0.0.1:0", "--framing", "nul", NULL});
    program_address(port, address);
    pal_process *client = run(0, "talk", "--framing", "nul", address, "one", "", "two\nlines");
    program_expect(client, PAL_PROCESS_OUTPUT,
                   "-->>hello,im server\n-->>loop_msg:one!\n-->>loop_msg:!\n-->>loop_msg:two\\x0alines!\n");
    program_expect(client, PAL_PROCESS_ERROR, "");
    run(0, "probe", "--framing", "nul", "--message", "", address);
    client = run(0, "bench", "--framing", "nul", "-n", "500", "--size", "0-3000", "--pipeline", "8", "--json", address);
    program_expect_part(client, PAL_PROCESS_OUTPUT, "\"framing\":\"nul\"");
    server_stop(server);
}

static void help_completions_and_errors_list_it(void **state) {
    (void)state;
    static const char *const commands[] = {"serve", "talk", "probe", "bench"};
    for (size_t i = 0; i < TEST_COUNT(commands); i++) {
        pal_process *refused = run(2, commands[i], "--framing", "morse");
        program_expect_error_line(refused, "auto, chunk, line, length, raw, nul");
        programs_end(NULL);
    }
    program_expect_part(run(0, "completion", "bash"), PAL_PROCESS_OUTPUT, "auto chunk line length raw nul");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(talk_probe_and_bench_speak_it_with_serve),
        program_test(help_completions_and_errors_list_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
