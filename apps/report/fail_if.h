/* --fail-if: conditions that fail a run, such as "p99>5ms", "errors>0", "rate<10k". */
#ifndef APPS_REPORT_FAIL_IF_H
#define APPS_REPORT_FAIL_IF_H

#include <stdbool.h>

#define FAIL_IF_MAX 16        /* expressions in one run */
#define FAIL_IF_TEXT_SIZE 400 /* holds every message about one */

/* What is measured. Times also have a fail_if_statistic. */
typedef enum fail_if_metric {
    METRIC_RESPONSE,
    METRIC_SERVICE,
    METRIC_LATENESS,
    METRIC_CONNECT,
    METRIC_TIMES, /* count of the above */
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
    double limit; /* nanoseconds, count or ratio */
    double value; /* the measured value, once evaluated */
    bool is_met;
    bool is_unknown; /* there is no value, such as a percentile without an answer */
} fail_if;

/* Parses TEXT: a metric, one of < <= > >=, and a number with its unit; blanks are allowed between them. Returns NULL, or the rest
 * of an error sentence that begins with the quoted text: static, or in BUFFER of FAIL_IF_TEXT_SIZE characters. */
const char *fail_if_parse(fail_if *check, const char *text, char *buffer);

/* Whether it fails the run, once evaluated: it is met, or there is no value. */
bool fail_if_fails(const fail_if *check);

/* Whether only a comparison has the metric. */
bool fail_if_is_ratio(const fail_if *check);

/* Whether only an open loop has the metric. */
bool fail_if_is_lateness(const fail_if *check);

/* Writes "p99>5ms: it was 7.2ms" into BUFFER, cut to FAIL_IF_TEXT_SIZE characters. Returns BUFFER. */
const char *fail_if_describe(const fail_if *check, char *buffer);

#endif
