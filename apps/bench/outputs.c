#include "bench/outputs.h"

#include "command_line/exit_codes.h"
#include "output/output.h"
#include "output/output_file.h"
#include "pal/console.h"
#include "report/document_write.h"
#include "report/fail_if.h"
#include "report/hgrm.h"
#include "report/measure.h"
#include "report/page/page.h"
#include "report/table.h"

#include <assert.h>
#include <string.h>

static_assert(OPTION_TEXTS_MAX <= FAIL_IF_MAX, "a report has room for every expression of the command line");

bool bench_checks_read(bench_report *report, const option_texts *expressions) {
    char buffer[FAIL_IF_TEXT_SIZE];
    report->check_count = 0;
    for (size_t i = 0; i < expressions->count; i++) {
        const char *wrong = fail_if_parse(&report->checks[i], expressions->values[i], buffer);
        if (wrong != NULL) {
            error_line("--fail-if: '", expressions->values[i], "' ", wrong);
            return false;
        }
        report->check_count++;
    }
    return true;
}

bool bench_checks_suit(const bench_report *report) {
    for (size_t i = 0; i < report->check_count; i++) {
        const fail_if *check = &report->checks[i];
        if (fail_if_is_ratio(check) && report->server_count == 1) {
            error_line("--fail-if: '", check->text, "' needs --compare, which measures the other server");
            return false;
        }
        if (fail_if_is_lateness(check) && report->plan.load.rate == 0) {
            error_line("--fail-if: '", check->text, "' needs --rate; without it no message can be late");
            return false;
        }
    }
    return true;
}

void bench_checks_evaluate(bench_report *report) {
    char buffer[FAIL_IF_TEXT_SIZE];
    bool has_failed = false;
    for (size_t i = 0; i < report->check_count; i++) {
        fail_if *check = &report->checks[i];
        fail_if_evaluate(check, report);
        has_failed = has_failed || fail_if_fails(check);
        /* A failure has been printed already; that nothing was measured follows from it. */
        if (check->is_met || (check->is_unknown && report->failure[0] == '\0'))
            error_line("--fail-if ", fail_if_describe(check, buffer));
    }
    if (has_failed && (report->exit_code == EXIT_DONE || report->exit_code == EXIT_INTERRUPTED))
        report->exit_code = EXIT_FAILED;
}

int bench_output_open(bench_output *output, const bench_output_settings *settings) {
    *output = (bench_output){.has_json = settings->has_json};
    if (settings->hgrm != NULL && settings->page != NULL && strcmp(settings->hgrm, settings->page) == 0) {
        error_line("--hgrm and --report both name '", settings->hgrm, "'; each needs a file of its own");
        return EXIT_USAGE;
    }
    if (!output_file_open(&output->hgrm, settings->hgrm))
        return EXIT_FAILED;
    if (output_file_open(&output->page, settings->page))
        return EXIT_DONE;
    output_file_close(&output->hgrm);
    return EXIT_FAILED;
}

typedef void bench_form(lm_buffer *text, const bench_report *report);

static bool file_write(output_file *file, bench_form *append, const bench_report *report, lm_buffer *text) {
    if (file->path == NULL)
        return true;
    lm_buffer_clear(text);
    append(text, report);
    return output_file_write(file, text);
}

/* A table of zeros would hide the error of a run that failed before its first message. */
static bool has_numbers(const bench_report *report) {
    for (size_t i = 0; i < report->server_count; i++) {
        if (report->servers[i]->warmup.sent > 0 || report->servers[i]->measured.sent > 0)
            return true;
    }
    return report->failure[0] == '\0';
}

int bench_output_write(bench_output *output, const bench_report *report) {
    lm_buffer text = {0};
    if (output->has_json)
        bench_json_append(&text, report);
    else if (has_numbers(report))
        bench_table_append(&text, report, pal_console_width(PAL_STANDARD_OUTPUT));
    bool is_written = output_write(&text);
    is_written = file_write(&output->hgrm, bench_hgrm_append, report, &text) && is_written;
    is_written = file_write(&output->page, page_append, report, &text) && is_written;
    lm_buffer_free(&text);
    return report->exit_code == EXIT_DONE && !is_written ? EXIT_FAILED : report->exit_code;
}

void bench_output_close(bench_output *output) {
    output_file_close(&output->hgrm);
    output_file_close(&output->page);
}
