#include "bench/failure.h"

#include "command_line/exit_codes.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"

#include <assert.h>

void bench_failure_add(bench_report *report, lm_buffer *failures, int code, lm_buffer *sentence) {
    assert(code != EXIT_DONE);
    if (report->exit_code == EXIT_DONE || code == EXIT_WRONG)
        report->exit_code = code;
    error_sentence(sentence);
    text_append(failures, failures->size > 0 ? "\n" : "", sentence->failed ? "out of memory" : lm_buffer_text(sentence));
    report->failure = lm_buffer_text(failures);
    if (failures->failed)
        report->failure = "out of memory";
}

void bench_wrong_report(bench_report *report, lm_buffer *failures, const bench_server *server) {
    const char *phase;
    const lm_load_wrong *wrong = bench_wrong_find(server, &phase);
    if (wrong == NULL)
        return;
    lm_buffer sentence = {0};
    text_append(&sentence, "'", server->address, "' sent a wrong byte: ");
    bench_wrong_append(&sentence, wrong);
    bench_failure_add(report, failures, EXIT_WRONG, &sentence);
    lm_buffer_free(&sentence);
}

/* The most frequent error in RESULT; LM_LOAD_ERROR_COUNT for none. */
static lm_load_error main_error(const lm_load_result *result) {
    lm_load_error most = LM_LOAD_ERROR_COUNT;
    uint64_t count = 0;
    for (int i = 0; i < LM_LOAD_ERROR_COUNT; i++) {
        if (result->errors[i] > count) {
            most = (lm_load_error)i;
            count = result->errors[i];
        }
    }
    return most;
}

/* Appends the system's reason, or WORDS if there is none, and returns the exit code for it. */
static int reason_append(lm_buffer *sentence, pal_error error, const char *words, int code) {
    if (error.status == PAL_OK) {
        lm_buffer_append_text(sentence, words);
        return code;
    }
    lm_buffer_append_text(sentence, error_text(error));
    return exit_code_of(error);
}

/* Appends the cause and returns its exit code. WHEN is "before its greeting" or the like. */
static int cause_append(lm_buffer *sentence, const bench_report *report, const bench_server *server, const lm_load_result *result,
                        const char *when) {
    char limit[UNIT_TEXT_SIZE];
    const char *address = server->address;
    time_format(report->plan.load.timeout_ns, limit);
    lm_load_error error = main_error(result);
    switch (error) {
    case LM_LOAD_REFUSED:
    case LM_LOAD_CONNECT_FAILED:
        text_append(sentence, "cannot connect to '", address, "': ");
        return reason_append(sentence, result->last_error, "refused", EXIT_REFUSED);
    case LM_LOAD_CONNECT_TIMED_OUT:
        text_append(sentence, "cannot connect to '", address, "': timed out after ", limit);
        return EXIT_TIMED_OUT;
    case LM_LOAD_CLOSED:
        text_append(sentence, "'", address, "' closed the connection ", when);
        return EXIT_RESET;
    case LM_LOAD_RESET:
    case LM_LOAD_BROKEN:
        text_append(sentence, "the connection to '", address, "' broke ", when, ": ");
        return reason_append(sentence, result->last_error, "the system gave no reason",
                             error == LM_LOAD_RESET ? EXIT_RESET : EXIT_FAILED);
    case LM_LOAD_TIMED_OUT:
        text_append(sentence, "'", address, "' sent ", result == &server->connecting ? "no greeting" : "no answer", " within ",
                    limit, "; check --framing, --greeting and --reply");
        return EXIT_TIMED_OUT;
    case LM_LOAD_WRONG:
    case LM_LOAD_ERROR_COUNT:
        break;
    }
    text_append(sentence, "'", address, "' did not answer any message");
    return EXIT_FAILED;
}

void bench_failure_report(bench_report *report, lm_buffer *failures, const bench_server *server, const lm_load_result *result) {
    if (main_error(result) == LM_LOAD_WRONG) /* bench_wrong_report prints it */
        return;
    const char *when = result != &server->connecting           ? "before an answer"
                       : report->plan.load.greeting[0] != '\0' ? "before its greeting"
                                                               : "immediately";
    lm_buffer sentence = {0};
    int code = cause_append(&sentence, report, server, result, when);
    bench_failure_add(report, failures, code, &sentence);
    lm_buffer_free(&sentence);
}
