/* pal_process itself: if it lied, every test with real processes would. */
#include "pal/process.h"
#include "pal/clock.h"
#include "support/loop.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t deadline(void) {
    return pal_clock_now_ns() + TEST_DEADLINE_NS;
}

static pal_process *child_start(const char *what, const char *argument) {
    const char *arguments[] = {PROCESS_CHILD, what, argument, NULL};
    pal_process *process = NULL;
    assert_ok(pal_process_start(&process, arguments));
    return process;
}

static void assert_exit_code(pal_process *process, int expected) {
    int code = -1;
    assert_true(pal_process_wait(process, deadline(), &code));
    assert_int_equal(code, expected);
}

static void assert_text(pal_process *process, pal_process_stream stream, const char *expected) {
    char *text = pal_process_text(process, stream, NULL);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void arguments_arrive_as_they_were_given(void **state) {
    (void)state;
    static const char *const arguments[] = {PROCESS_CHILD,
                                            "arguments",
                                            "plain",
                                            "two words",
                                            "",
                                            "a\"quote",
                                            "back\\slash",
                                            "ends in one\\",
                                            "\\\"",
                                            "two\\\\\" of them\\\\",
                                            "tab\there",
                                            "gr\xc3\xbc\xc3\x9f \xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80",
                                            "%PATH% $HOME *",
                                            NULL};
    pal_process *process = NULL;
    assert_ok(pal_process_start(&process, arguments));
    assert_exit_code(process, 0);
    char expected[400];
    size_t size = 0;
    for (size_t i = 2; arguments[i] != NULL; i++)
        size += (size_t)snprintf(expected + size, sizeof expected - size, "%s\n", arguments[i]);
    assert_text(process, PAL_PROCESS_OUTPUT, expected);
    assert_text(process, PAL_PROCESS_ERROR, "");
    pal_process_close(process);
}

static void the_exit_code_is_reported(void **state) {
    (void)state;
    static const struct {
        const char *argument;
        int code;
    } cases[] = {{"0", 0}, {"1", 1}, {"6", 6}, {"130", 130}};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        pal_process *process = child_start("exit", cases[i].argument);
        assert_exit_code(process, cases[i].code);
        pal_process_close(process);
    }
}

static void a_program_that_is_not_there_is_an_error(void **state) {
    (void)state;
#ifdef PROCESS_CHILD_IS_EMULATED
    /* Its vfork(2) is a fork(2), so the child cannot report the result of execve(2) to its parent, as posix_spawn(3) needs. */
    print_message("skipped: qemu's emulation of a process does not report whether a program could be started\n");
    skip();
#endif
    const char *arguments[] = {"no-such-program-of-any-kind", NULL};
    pal_process *process = NULL;
    assert_int_not_equal(pal_process_start(&process, arguments).status, PAL_OK);
    assert_null(process);
}

static void big_output_on_both_streams_arrives_whole(void **state) {
    (void)state;
    enum { SIZE = 3000000 };
    pal_process *process = child_start("bytes", "3000000");
    assert_exit_code(process, 0);
    for (int stream = PAL_PROCESS_OUTPUT; stream <= PAL_PROCESS_ERROR; stream++) {
        size_t size = 0;
        char *text = pal_process_text(process, (pal_process_stream)stream, &size);
        assert_int_equal(size, SIZE);
        for (size_t i = 0; i < size; i++) {
            if ((unsigned char)text[i] != i % 251)
                fail_msg("byte %u of stream %d is %u", (unsigned)i, stream, (unsigned)(unsigned char)text[i]);
        }
        free(text);
    }
    pal_process_close(process);
}

static void input_reaches_the_child_and_its_end_does(void **state) {
    (void)state;
    pal_process *process = child_start("echo", NULL);
    assert_ok(pal_process_write(process, "a\0b\r\n\x1a\xff", 7));
    assert_ok(pal_process_write(process, "second", 6));
    assert_true(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "second", deadline()));
    int code = -1;
    assert_false(pal_process_wait(process, pal_clock_now_ns(), &code)); /* its input is still open */
    pal_process_end_input(process);
    assert_exit_code(process, 0);
    size_t size = 0;
    char *text = pal_process_text(process, PAL_PROCESS_OUTPUT, &size);
    assert_int_equal(size, 13);
    assert_memory_equal(text, "a\0b\r\n\x1a\xffsecond", 13);
    free(text);
    pal_process_close(process);
}

static void writing_to_a_child_that_is_gone_is_a_reset(void **state) {
    (void)state;
    pal_process *process = child_start("exit", "0");
    assert_exit_code(process, 0);
    assert_status(pal_process_write(process, "late", 4), PAL_RESET);
    pal_process_close(process);
}

static void waiting_for_text_ends_with_the_text_the_output_or_the_deadline(void **state) {
    (void)state;
    pal_process *process = child_start("echo", NULL);
    assert_false(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "hello", pal_clock_now_ns() + 20 * PAL_MILLISECOND_NS));
    assert_ok(pal_process_write(process, "hel", 3));
    assert_true(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "hel", deadline()));
    assert_ok(pal_process_write(process, "lo", 2)); /* the text comes in two pieces */
    assert_true(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "hello", deadline()));
    assert_true(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "ell", deadline()));
    pal_process_end_input(process);
    uint64_t end = deadline();
    assert_false(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "hellox", end));
    assert_true(pal_clock_now_ns() < end);
    pal_process_close(process);
}

static void an_interrupt_reaches_the_child_and_only_it(void **state) {
    (void)state;
    pal_process *first = child_start("interrupts", "1");
    pal_process *second = child_start("interrupts", "2");
    assert_true(pal_process_wait_text(first, PAL_PROCESS_OUTPUT, "ready", deadline()));
    assert_true(pal_process_wait_text(second, PAL_PROCESS_OUTPUT, "ready", deadline()));
    pal_process_interrupt(second);
    assert_true(pal_process_wait_text(second, PAL_PROCESS_OUTPUT, "interrupted once", deadline()));
    pal_process_interrupt(second);
    assert_exit_code(second, 42);
    assert_text(second, PAL_PROCESS_OUTPUT, "ready\ninterrupted once\ninterrupted again\n");
    assert_text(first, PAL_PROCESS_OUTPUT, "ready\n");
    pal_process_interrupt(first);
    assert_exit_code(first, 42);
    pal_process_interrupt(first); /* has ended: nothing happens */
    pal_process_close(first);
    pal_process_close(second);
}

static void a_killed_child_is_gone(void **state) {
    (void)state;
    pal_process *process = child_start("interrupts", "1");
    assert_true(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "ready", deadline()));
    pal_process_kill(process);
    assert_exit_code(process, 137);
    pal_process_close(process);
}

static void closing_ends_a_child_that_still_runs(void **state) {
    (void)state;
    pal_process *process = child_start("interrupts", "1");
    assert_true(pal_process_wait_text(process, PAL_PROCESS_OUTPUT, "ready", deadline()));
    pal_process_close(process);
}

static void the_input_of_one_child_is_not_kept_open_by_another(void **state) {
    (void)state;
    pal_process *first = child_start("echo", NULL);
    pal_process *second = child_start("echo", NULL); /* would inherit the pipe to the first */
    pal_process_end_input(first);
    assert_exit_code(first, 0);
    pal_process_close(first);
    pal_process_close(second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_arrive_as_they_were_given),
        cmocka_unit_test(the_exit_code_is_reported),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
        cmocka_unit_test(big_output_on_both_streams_arrives_whole),
        cmocka_unit_test(input_reaches_the_child_and_its_end_does),
        cmocka_unit_test(writing_to_a_child_that_is_gone_is_a_reset),
        cmocka_unit_test(waiting_for_text_ends_with_the_text_the_output_or_the_deadline),
        cmocka_unit_test(an_interrupt_reaches_the_child_and_only_it),
        cmocka_unit_test(a_killed_child_is_gone),
        cmocka_unit_test(closing_ends_a_child_that_still_runs),
        cmocka_unit_test(the_input_of_one_child_is_not_kept_open_by_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
