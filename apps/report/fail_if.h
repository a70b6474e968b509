/* --fail-if: what a run must not be, such as "p99>5ms", "errors>0", "rate<10k". */
#ifndef APPS_REPORT_FAIL_IF_H
#define APPS_REPORT_FAIL_IF_H

#include <stdbool.h>

#define FAIL_IF_MAX 16        /* expressions in one run */
#define FAIL_IF_TEXT_SIZE 400 /* holds what is said of one */

/* What is measured. Of times also which one. */
typedef enum fail_if_metric {
    METRIC_RESPONSE,
    METRIC_SERVICE,
    METRIC_LATENESS,
    METRIC_CONNECT,
    METRIC_TIMES, /* how many of the above */
    METRIC_ERRORS = METRIC_TIMES,
    METRIC_WRONG,
    METRIC_LOST,
    METRIC_RATE,
    METRIC_ANSWERED,
    METRIC_RATE_RATIO,
    METRIC_P50_RATIO,
    METRIC_P99_RATIO,
    METRIC_COUNT
} fail_if_metric;

typedef enum fail_if_statistic { STATISTIC_MIN, STATISTIC_MEAN, STATISTIC_MAX, STATISTIC_QUANTILE } fail_if_statistic;

typedef enum fail_if_unit { FAIL_IF_TIME, FAIL_IF_COUNT, FAIL_IF_RATIO } fail_if_unit;

typedef enum fail_if_operator { FAIL_IF_LESS, FAIL_IF_LESS_OR_EQUAL, FAIL_IF_MORE, FAIL_IF_MORE_OR_EQUAL } fail_if_operator;

typedef struct fail_if {
    const char *text; /* as given; must outlive it */
    fail_if_metric metric;
    fail_if_statistic statistic;
    fail_if_unit unit;
    double quantile; /* of a percentile, 0 to 1 */
    fail_if_operator operator_;
    double limit;    /* nanoseconds, count or ratio */
    double value;    /* what was measured, once evaluated */
    bool is_met;     /* so the run fails */
    bool is_unknown; /* there was nothing to measure it by, as with a percentile without an answer: the run fails, too */
} fail_if;

/* Reads TEXT: a metric, one of < <= > >=, a number with its unit, blanks between them allowed. NULL, or what is wrong and what would be right,
 * as the rest of a sentence that begins with the quoted text; static storage, or in BUFFER, which holds FAIL_IF_TEXT_SIZE characters. */
const char *fail_if_parse(fail_if *check, const char *text, char *buffer);

/* The metric is one that only a comparison has. */
bool fail_if_is_ratio(const fail_if *check);

/* The metric is of the schedule, which only an open loop has. */
bool fail_if_is_lateness(const fail_if *check);

/* "p99>5ms: it was 7.2ms", for people, cut to BUFFER's FAIL_IF_TEXT_SIZE characters. Returns BUFFER. */
const char *fail_if_describe(const fail_if *check, char *buffer);

#endif
