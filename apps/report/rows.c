#include "report/rows.h"

#include "loopmsg/text.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"
#include "output/wrap.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

static void label_append(lm_buffer *output, const char *label) {
    char text[BENCH_LABEL_SIZE + 1];
    assert(strlen(label) < BENCH_LABEL_SIZE);
    (void)snprintf(text, sizeof text, "%-*s", (int)BENCH_LABEL_SIZE, label);
    lm_buffer_append_text(output, text);
}

static void words_append(lm_buffer *output, unsigned width, const lm_buffer *text) {
    wrap rest = {.bytes = text->bytes, .size = text->size, .keeps_numbers = true};
    wrap_line line;
    for (bool is_first = true; wrap_next(&rest, width - BENCH_LABEL_SIZE, &line); is_first = false) {
        if (!is_first) {
            lm_buffer_append_text(output, "\n");
            blanks_append(output, BENCH_LABEL_SIZE);
        }
        lm_buffer_append(output, line.bytes, line.size);
    }
}

void bench_row_append(lm_buffer *output, unsigned width, const char *label, lm_buffer *text) {
    lm_buffer clean = {0};
    lm_text_sanitise(&clean, text->size != 0 ? (const void *)text->bytes : "", text->size);
    label_append(output, label);
    words_append(output, width, &clean);
    lm_buffer_append_text(output, "\n");
    output->failed = output->failed || text->failed || clean.failed;
    lm_buffer_free(&clean);
    lm_buffer_clear(text);
}

void bench_cells_append(lm_buffer *output, const char *label, const char *const *cells, size_t count, const char *note) {
    label_append(output, label);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(cells[i]);
        blanks_append(output, size < BENCH_CELL_SIZE ? BENCH_CELL_SIZE - size : 1);
        lm_buffer_append_text(output, cells[i]);
    }
    text_append(output, note[0] != '\0' ? "  " : "", note, "\n");
}

/* --- judgement ---------------------------------------------------------------------------------------------------------------- */

static void checked_append(lm_buffer *text, const bench_report *report, const bench_server *server) {
    const char *phase;
    const lm_load_wrong *wrong = bench_wrong_find(server, &phase);
    if (wrong != NULL) {
        text_append(text, "WRONG");
        if (wrong != &server->measured.wrong)
            text_append(text, " ", phase);
        text_append(text, ": ");
        bench_wrong_append(text, wrong);
    } else if (report->plan.load.is_unverified) {
        text_append(text, "no: --no-verify counts the answers and does not compare them");
    } else if (server->measured.answered == 0) {
        text_append(text, "nothing: there was no answer");
    } else {
        text_append(text, "every byte of every answer was the one expected");
    }
}

/* "none", "3 refused", "5 (3 refused, 2 reset)" */
static void errors_append(lm_buffer *text, const lm_load_result *result) {
    uint64_t all = lm_load_errors(result);
    if (all == 0) {
        text_append(text, "none");
        return;
    }
    const char *before = "";
    bool is_one = false; /* cause */
    for (size_t i = 0; i < LM_LOAD_ERROR_COUNT; i++)
        is_one = is_one || result->errors[i] == all;
    if (!is_one)
        text_append(text, number_text(all), " (");
    for (size_t i = 0; i < LM_LOAD_ERROR_COUNT; i++) {
        if (result->errors[i] == 0)
            continue;
        text_append(text, before, number_text(result->errors[i]), " ", bench_error_words((lm_load_error)i));
        before = ", ";
    }
    text_append(text, is_one ? "" : ")");
    if (result->last_error.status != PAL_OK)
        text_append(text, "; last reason of the system: ", error_text(result->last_error));
}

/* Errors of all phases. In a comparison (with a MARK) there is no row for no errors: the columns have them. */
static void errors_row_append(lm_buffer *output, unsigned width, const char *mark, const bench_server *server) {
    uint64_t connecting = lm_load_errors(&server->connecting);
    uint64_t warmup = lm_load_errors(&server->warmup);
    if (mark[0] != '\0' && connecting + warmup + lm_load_errors(&server->measured) == 0)
        return;
    char label[BENCH_LABEL_SIZE];
    lm_buffer text = {0};
    errors_append(&text, &server->measured);
    if (connecting > 0) {
        text_append(&text, "; while connecting: ");
        errors_append(&text, &server->connecting);
    }
    if (warmup > 0) {
        text_append(&text, "; in the warm-up: ");
        errors_append(&text, &server->warmup);
    }
    (void)snprintf(label, sizeof label, "errors%s", mark);
    bench_row_append(output, width, label, &text);
    lm_buffer_free(&text);
}

void bench_judgement_append(lm_buffer *output, unsigned width, const bench_report *report, const bench_server *server,
                            const char *mark) {
    char label[BENCH_LABEL_SIZE];
    char buffer[BENCH_LIMIT_SIZE];
    const char *limit = bench_limit_describe(report, server, buffer);
    lm_buffer text = {0};
    (void)snprintf(label, sizeof label, "checked%s", mark);
    checked_append(&text, report, server);
    bench_row_append(output, width, label, &text);
    errors_row_append(output, width, mark, server);
    if (limit != NULL) {
        (void)snprintf(label, sizeof label, "note%s", mark);
        text_append(&text, "the generator was the limit, not the server: ", limit);
        bench_row_append(output, width, label, &text);
    }
    lm_buffer_free(&text);
}
