#include "report/fail_if.h"

#include "command_line/words.h"
#include "output/append.h"
#include "output/units.h"

#include <stdio.h>
#include <string.h>

#define WORD_SIZE 24 /* of a metric */

/* One of `statistics` follows. */
static const char *const prefixes[METRIC_TIMES] = {"", "service_", "lateness_", "connect_"};
static const char *const statistics[STATISTIC_QUANTILE] = {"min", "mean", "max"};

static const struct {
    const char *name;
    fail_if_unit unit;
} metrics[METRIC_COUNT] = {
    [METRIC_ERRORS] = {"errors", FAIL_IF_COUNT},       [METRIC_WRONG] = {"wrong", FAIL_IF_COUNT},
    [METRIC_LOST] = {"lost", FAIL_IF_COUNT},           [METRIC_RATE] = {"rate", FAIL_IF_COUNT},
    [METRIC_ANSWERED] = {"answered", FAIL_IF_COUNT},   [METRIC_RATE_RATIO] = {"rate_ratio", FAIL_IF_RATIO},
    [METRIC_P50_RATIO] = {"p50_ratio", FAIL_IF_RATIO}, [METRIC_P99_RATIO] = {"p99_ratio", FAIL_IF_RATIO},
};

#define METRICS_EXPECTED                                                                                                           \
    "p50, p99.9 or any other percentile, min, mean, max, each also as service_p99, lateness_p99 or connect_p99; errors, wrong, "   \
    "lost, rate, answered; with --compare rate_ratio, p50_ratio, p99_ratio"

static bool statistic_parse(fail_if *check, fail_if_metric metric, const char *word) {
    for (int i = 0; i < STATISTIC_QUANTILE; i++) {
        if (strcmp(word, statistics[i]) == 0) {
            check->metric = metric;
            check->statistic = (fail_if_statistic)i;
            return true;
        }
    }
    double percent;
    if (word[0] != 'p' || !decimal_parse(word + 1, &percent) || percent > 100)
        return false;
    check->metric = metric;
    check->statistic = STATISTIC_QUANTILE;
    check->quantile = percent / 100;
    return true;
}

static bool metric_parse(fail_if *check, const char *word) {
    for (int i = METRIC_TIMES; i < METRIC_COUNT; i++) {
        if (strcmp(word, metrics[i].name) == 0) {
            check->metric = (fail_if_metric)i;
            check->unit = metrics[i].unit;
            return true;
        }
    }
    check->unit = FAIL_IF_TIME;
    for (int i = METRIC_TIMES; i-- > 0;) { /* the empty prefix last */
        size_t size = strlen(prefixes[i]);
        if (strncmp(word, prefixes[i], size) == 0)
            return statistic_parse(check, (fail_if_metric)i, word + size);
    }
    return false;
}

/* The metric that WORD probably means, or NULL. */
static const char *metric_nearest(const char *word) {
    static const char *const words[] = {
        "errors",       "wrong",         "lost",         "rate",        "answered",     "rate_ratio",   "p50_ratio",
        "p99_ratio",    "min",           "mean",         "max",         "p50",          "p99",          "service_p50",
        "service_p99",  "service_max",   "service_mean", "service_min", "lateness_p50", "lateness_p99", "lateness_max",
        "lateness_min", "lateness_mean", "connect_p50",  "connect_p99", "connect_max",  "connect_mean", "connect_min"};
    return word_nearest(word, words, sizeof words / sizeof words[0]);
}

static const char *limit_parse(fail_if *check, const char *text) {
    uint64_t number;
    if (check->unit == FAIL_IF_TIME) {
        if (!time_parse(text, &number))
            return "needs a time with its unit after the comparison, such as 5ms, 200us, 1.5s or 0";
        check->limit = (double)number;
        return NULL;
    }
    if (check->unit == FAIL_IF_COUNT) {
        if (!count_parse(text, &number))
            return "needs a number after the comparison, such as 0, 100 or 10k";
        check->limit = (double)number;
        return NULL;
    }
    return decimal_parse(text, &check->limit) ? NULL : "needs a ratio after the comparison, such as 0.95 or 1.25";
}

const char *fail_if_parse(fail_if *check, const char *text, char *buffer) {
    static const char blanks[] = " \t";
    *check = (fail_if){.text = text};
    buffer[0] = '\0';
    const char *at = text + strspn(text, blanks);
    size_t size = strcspn(at, " \t<>=");
    char word[WORD_SIZE];
    (void)snprintf(word, sizeof word, "%.*s", size < WORD_SIZE ? (int)size : WORD_SIZE - 1, at);
    if (size >= WORD_SIZE || !metric_parse(check, word)) {
        const char *nearest = size > 0 ? metric_nearest(word) : NULL;
        if (nearest != NULL)
            return array_append(buffer, FAIL_IF_TEXT_SIZE, "does not begin with a metric; did you mean ", nearest,
                                "? Metrics are " METRICS_EXPECTED);
        return array_append(buffer, FAIL_IF_TEXT_SIZE, "does not begin with a metric; expected one of " METRICS_EXPECTED);
    }
    at += size;
    at += strspn(at, blanks);
    if (*at != '<' && *at != '>')
        return array_append(buffer, FAIL_IF_TEXT_SIZE, "needs a comparison after '", word, "': one of <, <=, >, >=, as in '", word,
                            check->unit == FAIL_IF_TIME    ? ">5ms'"
                            : check->unit == FAIL_IF_COUNT ? ">100'"
                                                           : "<0.95'");
    bool is_less = *at++ == '<';
    bool has_equal = *at == '=';
    at += has_equal ? 1 : 0;
    check->operator_ =
        is_less ? (has_equal ? FAIL_IF_LESS_OR_EQUAL : FAIL_IF_LESS) : (has_equal ? FAIL_IF_MORE_OR_EQUAL : FAIL_IF_MORE);
    at += strspn(at, blanks);
    char limit[WORD_SIZE];
    size = strcspn(at, blanks);
    bool is_alone = size < sizeof limit && at[size + strspn(at + size, blanks)] == '\0';
    (void)snprintf(limit, sizeof limit, "%.*s", is_alone ? (int)size : 0, at); /* more than one number is an error */
    return limit_parse(check, limit);
}

bool fail_if_fails(const fail_if *check) {
    return check->is_met || check->is_unknown;
}

bool fail_if_is_ratio(const fail_if *check) {
    return check->unit == FAIL_IF_RATIO;
}

bool fail_if_is_lateness(const fail_if *check) {
    return check->metric == METRIC_LATENESS;
}

/* With six digits, so that a value does not round to a limit that it exceeds. */
static void value_format(const fail_if *check, char *buffer) {
    double value = check->value;
    if (check->unit != FAIL_IF_TIME) {
        (void)snprintf(buffer, UNIT_TEXT_SIZE, value < 999999 ? "%.6g" : "%.0f", value);
        return;
    }
    static const struct {
        const char *name;
        double factor;
    } units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    size_t chosen = 0;
    while (chosen < 3 && value < units[chosen].factor)
        chosen++;
    (void)snprintf(buffer, UNIT_TEXT_SIZE, "%.6g%s", value / units[chosen].factor, units[chosen].name);
}

const char *fail_if_describe(const fail_if *check, char *buffer) {
    char value[UNIT_TEXT_SIZE];
    buffer[0] = '\0';
    if (check->is_unknown)
        return array_append(buffer, FAIL_IF_TEXT_SIZE, check->text, ": nothing was measured");
    value_format(check, value);
    return array_append(buffer, FAIL_IF_TEXT_SIZE, check->text, ": it was ", value);
}
