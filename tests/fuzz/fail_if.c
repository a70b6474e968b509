/* --fail-if: blanks mean nothing, a limit written anew is the same, and of an expression and its opposite, exactly one fails a
 * measured run. */
#include "fuzz/fuzz.h"

#include "output/units.h"
#include "pal/clock.h"
#include "report/fail_if.h"
#include "report/measure.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 400
#define LIMIT_MAX 9e18 /* always fits 64 bits */

static const char *const operators[] = {
    [FAIL_IF_LESS] = "<", [FAIL_IF_LESS_OR_EQUAL] = "<=", [FAIL_IF_MORE] = ">", [FAIL_IF_MORE_OR_EQUAL] = ">="};

static const fail_if_operator opposites[] = {[FAIL_IF_LESS] = FAIL_IF_MORE_OR_EQUAL,
                                             [FAIL_IF_LESS_OR_EQUAL] = FAIL_IF_MORE,
                                             [FAIL_IF_MORE] = FAIL_IF_LESS_OR_EQUAL,
                                             [FAIL_IF_MORE_OR_EQUAL] = FAIL_IF_LESS};

/* One server with some answers, made once: its histograms are large. */
static const bench_report *report_get(void) {
    static bench_server server;
    static bench_report report;
    if (report.server_count == 0) {
        for (uint64_t i = 1; i <= 1000; i++)
            lm_histogram_record(&server.measured.response, i * PAL_MICROSECOND_NS, i);
        lm_histogram_record(&server.connecting.connect, PAL_SECOND_NS, 1);
        server.measured.answered = server.measured.sent = server.measured.response.total;
        server.measured.elapsed_ns = PAL_SECOND_NS;
        server.measured.errors[LM_LOAD_RESET] = 3;
        report.servers[0] = &server;
        report.server_count = 1;
    }
    return &report;
}

static bool is_same(const fail_if *first, const fail_if *second) {
    bool is_same_limit = !(first->limit < second->limit) && !(first->limit > second->limit);
    bool is_same_quantile = !(first->quantile < second->quantile) && !(first->quantile > second->quantile);
    return first->metric == second->metric && first->unit == second->unit && first->operator_ == second->operator_ &&
           is_same_limit && is_same_quantile;
}

static fail_if accepted(const char *text) {
    char buffer[BUFFER_SIZE];
    fail_if check;
    fuzz_require(fail_if_parse(&check, text, buffer) == NULL);
    fuzz_require(check.text == text && check.quantile >= 0 && check.quantile <= 1 && check.limit >= 0);
    return check;
}

/* --- the expression anew ------------------------------------------------------------------------------------------------------ */

/* METRIC, BLANK, OPERATOR, BLANK, LIMIT; the caller frees it. */
static char *expression_make(const char *metric, size_t metric_size, const char *operator_, const char *limit, const char *blank) {
    lm_buffer text = {0};
    lm_buffer_append_text(&text, blank);
    lm_buffer_append(&text, metric, metric_size);
    lm_buffer_append_text(&text, blank);
    lm_buffer_append_text(&text, operator_);
    lm_buffer_append_text(&text, blank);
    lm_buffer_append_text(&text, limit);
    lm_buffer_append_text(&text, blank);
    (void)lm_buffer_text(&text);
    fuzz_require(!text.failed);
    return (char *)text.bytes;
}

static void limit_check(const fail_if *check, const char *metric, size_t metric_size) {
    char limit[UNIT_TEXT_SIZE];
    if (check->unit == FAIL_IF_RATIO || check->limit > LIMIT_MAX)
        return;
    (void)(check->unit == FAIL_IF_TIME ? time_format : count_format)((uint64_t)check->limit, limit);
    char *anew = expression_make(metric, metric_size, operators[check->operator_], limit, " \t");
    fail_if again = accepted(anew);
    fuzz_require(is_same(check, &again));
    free(anew);
}

/* --- what it means ------------------------------------------------------------------------------------------------------------ */

static bool is_met(const fail_if *check) {
    bool is_less = check->value<check->limit, is_more = check->value> check->limit;
    switch (check->operator_) {
    case FAIL_IF_LESS:
        return is_less;
    case FAIL_IF_LESS_OR_EQUAL:
        return !is_more;
    case FAIL_IF_MORE:
        return is_more;
    case FAIL_IF_MORE_OR_EQUAL:
        break;
    }
    return !is_less;
}

static void meaning_check(fail_if *check, const char *metric, size_t metric_size, const char *limit) {
    char words[BUFFER_SIZE];
    const lm_histogram *response = &report_get()->servers[0]->measured.response;
    char *text = expression_make(metric, metric_size, operators[opposites[check->operator_]], limit, "");
    fail_if opposite = accepted(text);
    fail_if_evaluate(check, report_get());
    fail_if_evaluate(&opposite, report_get());
    fuzz_require(check->is_unknown == opposite.is_unknown);
    fuzz_require(check->is_unknown ? !check->is_met && !opposite.is_met : check->is_met != opposite.is_met);
    fuzz_require(check->is_unknown || check->is_met == is_met(check));
    fuzz_require(!fail_if_is_ratio(check) || check->is_unknown); /* there is one server only */
    fuzz_require(!fail_if_is_lateness(check) || check->is_unknown);
    if (metric[0] == 'p' && check->unit == FAIL_IF_TIME)
        fuzz_require(check->value >= (double)response->min_ns && check->value <= (double)response->max_ns);

    size_t size = strlen(check->text);
    fuzz_require(fail_if_describe(check, words) == words && memchr(words, '\0', sizeof words) != NULL);
    fuzz_require(strncmp(words, check->text, size < sizeof words - 1 ? size : sizeof words - 1) == 0);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    char buffer[BUFFER_SIZE];
    char *text = fuzz_take_text(&input);
    fail_if check;
    const char *wrong = fail_if_parse(&check, text, buffer);
    fuzz_require(wrong == NULL || (wrong[0] != '\0' && strlen(wrong) < BUFFER_SIZE));
    if (wrong == NULL) {
        const char *metric = text + strspn(text, " \t");
        size_t metric_size = strcspn(metric, " \t<>");
        const char *limit = strpbrk(text, "<>");
        limit += strspn(limit, "<>=");
        limit_check(&check, metric, metric_size);
        meaning_check(&check, metric, metric_size, limit);
    }
    free(text);
    return 0;
}
