#include "report/measure.h"

#include <assert.h>

static const lm_histogram *histogram_of(fail_if_metric metric, const bench_server *server) {
    switch (metric) {
    case METRIC_SERVICE:
        return &server->measured.service;
    case METRIC_LATENESS:
        return &server->measured.lateness;
    case METRIC_CONNECT:
        return &server->connecting.connect;
    default:
        return &server->measured.response;
    }
}

static bool time_measure(const fail_if *check, const bench_server *server, double *value) {
    const lm_histogram *histogram = histogram_of(check->metric, server);
    switch (check->statistic) {
    case STATISTIC_MIN:
        *value = (double)histogram->min_ns;
        break;
    case STATISTIC_MEAN:
        *value = lm_histogram_mean_ns(histogram);
        break;
    case STATISTIC_MAX:
        *value = (double)histogram->max_ns;
        break;
    case STATISTIC_QUANTILE:
        *value = (double)lm_histogram_quantile_ns(histogram, check->quantile);
        break;
    }
    return histogram->total > 0;
}

/* Errors while connecting count; those of the warm-up do not. */
static bool count_measure(fail_if_metric metric, const bench_server *server, double *value) {
    const lm_load_result *measured = &server->measured;
    switch (metric) {
    case METRIC_ERRORS:
        *value = (double)(lm_load_errors(&server->connecting) + lm_load_errors(measured));
        return true;
    case METRIC_WRONG:
        *value = (double)(server->connecting.errors[LM_LOAD_WRONG] + measured->errors[LM_LOAD_WRONG]);
        return true;
    case METRIC_LOST:
        *value = (double)measured->lost;
        return true;
    case METRIC_ANSWERED:
        *value = (double)measured->answered;
        return true;
    default:
        *value = bench_rate(measured);
        return measured->elapsed_ns > 0;
    }
}

static bool ratio_measure(fail_if_metric metric, const bench_report *report, double *value) {
    bench_ratio ratio = {0};
    bool is_known = bench_ratio_of(report,
                                   metric == METRIC_RATE_RATIO  ? BENCH_RATIO_RATE
                                   : metric == METRIC_P50_RATIO ? BENCH_RATIO_P50
                                                                : BENCH_RATIO_P99,
                                   &ratio);
    *value = ratio.median;
    return is_known;
}

void fail_if_evaluate(fail_if *check, const bench_report *report) {
    assert(report->server_count > 0);
    const bench_server *server = report->servers[0];
    bool is_known = check->unit == FAIL_IF_TIME    ? time_measure(check, server, &check->value)
                    : check->unit == FAIL_IF_COUNT ? count_measure(check->metric, server, &check->value)
                                                   : ratio_measure(check->metric, report, &check->value);
    check->is_unknown = !is_known;
    check->is_met = false;
    if (!is_known)
        return;
    switch (check->operator_) {
    case FAIL_IF_LESS:
        check->is_met = check->value < check->limit;
        break;
    case FAIL_IF_LESS_OR_EQUAL:
        check->is_met = check->value <= check->limit;
        break;
    case FAIL_IF_MORE:
        check->is_met = check->value > check->limit;
        break;
    case FAIL_IF_MORE_OR_EQUAL:
        check->is_met = check->value >= check->limit;
        break;
    }
}
