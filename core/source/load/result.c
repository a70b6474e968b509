/* The result of a phase of the load generator. */
#include "loopmsg/load_result.h"

#include <assert.h>

static const char *const error_names[LM_LOAD_ERROR_COUNT] = {
    [LM_LOAD_REFUSED] = "refused",
    [LM_LOAD_CONNECT_TIMED_OUT] = "connect_timed_out",
    [LM_LOAD_CONNECT_FAILED] = "connect_failed",
    [LM_LOAD_CLOSED] = "closed",
    [LM_LOAD_RESET] = "reset",
    [LM_LOAD_TIMED_OUT] = "timed_out",
    [LM_LOAD_WRONG] = "wrong",
    [LM_LOAD_BROKEN] = "broken",
};

const char *lm_load_error_name(lm_load_error error) {
    return (size_t)error < LM_LOAD_ERROR_COUNT ? error_names[error] : NULL;
}

uint64_t lm_load_errors(const lm_load_result *result) {
    uint64_t sum = 0;
    for (size_t i = 0; i < LM_LOAD_ERROR_COUNT; i++)
        sum += result->errors[i];
    return sum;
}

void lm_load_result_add(lm_load_result *result, const lm_load_result *from) {
    assert(result != from);
    if (from->begin_wall_ns != 0 && (result->begin_wall_ns == 0 || from->begin_wall_ns < result->begin_wall_ns))
        result->begin_wall_ns = from->begin_wall_ns;
    if (from->elapsed_ns > result->elapsed_ns)
        result->elapsed_ns = from->elapsed_ns;
    result->processor_ns += from->processor_ns;
    result->due += from->due;
    result->sent += from->sent;
    result->answered += from->answered;
    result->lost += from->lost;
    result->bytes_sent += from->bytes_sent;
    result->bytes_received += from->bytes_received;
    result->connected += from->connected;
    for (size_t i = 0; i < LM_LOAD_ERROR_COUNT; i++)
        result->errors[i] += from->errors[i];
    if (from->last_error.status != PAL_OK)
        result->last_error = from->last_error;
    if (from->wrong.is_found && (!result->wrong.is_found || from->wrong.time_ns < result->wrong.time_ns))
        result->wrong = from->wrong;
    lm_histogram_add(&result->connect, &from->connect);
    lm_histogram_add(&result->response, &from->response);
    lm_histogram_add(&result->service, &from->service);
    lm_histogram_add(&result->lateness, &from->lateness);
}
