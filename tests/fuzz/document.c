/* The document of a report: what merge writes is read back as the same, and a document added to itself gives its double. */
#include "fuzz/fuzz.h"

#include "report/document.h"
#include "report/document_read.h"
#include "report/document_write.h"
#include "report/report.h"

#include <string.h>

/* NULL when the bytes are no document, which must then be reported. */
static bench_document *document_read(const uint8_t *bytes, size_t size) {
    char failure[DOCUMENT_FAILURE_SIZE];
    bench_document *document = bench_document_open();
    fuzz_require(document != NULL);
    document_result result = bench_document_read(document, bytes, size, failure);
    fuzz_require(result != DOCUMENT_NO_MEMORY);
    if (result == DOCUMENT_READ)
        return document;
    fuzz_require(strncmp(failure, "line ", 5) == 0 && memchr(failure, '\0', sizeof failure) != NULL);
    bench_document_close(document);
    return NULL;
}

/* What all uses of a histogram rely on. */
static void histogram_check(const lm_histogram *histogram) {
    uint64_t sum = 0;
    size_t first = LM_HISTOGRAM_BUCKETS, last = 0;
    for (size_t i = 0; i < LM_HISTOGRAM_BUCKETS; i++) {
        if (histogram->counts[i] == 0)
            continue;
        first = sum == 0 ? i : first;
        last = i;
        sum += histogram->counts[i];
    }
    fuzz_require(histogram->total == sum && histogram->min_ns <= histogram->max_ns);
    if (sum == 0) {
        fuzz_require(histogram->max_ns == 0);
        return;
    }
    fuzz_require(lm_histogram_bucket_lowest_ns(first) <= histogram->min_ns);
    fuzz_require(histogram->min_ns <= lm_histogram_bucket_highest_ns(first));
    fuzz_require(lm_histogram_bucket_lowest_ns(last) <= histogram->max_ns);
    fuzz_require(histogram->max_ns <= lm_histogram_bucket_highest_ns(last));
}

static void phase_check(const lm_load_result *phase) {
    histogram_check(&phase->connect);
    histogram_check(&phase->response);
    histogram_check(&phase->service);
    histogram_check(&phase->lateness);
}

/* Written, it is read again, and written as before. */
static void round_trip_check(const bench_document *document) {
    lm_buffer first = {0}, second = {0};
    bench_json_append(&first, &document->report);
    fuzz_require(!first.failed);
    bench_document *again = document_read(first.bytes, first.size);
    fuzz_require(again != NULL);
    bench_json_append(&second, &again->report);
    fuzz_require(fuzz_is_equal(&first, &second));
    bench_document_close(again);
    lm_buffer_free(&first);
    lm_buffer_free(&second);
}

/* Sums of larger numbers may be no numbers of a document. */
static bool is_small(const lm_load_result *result) {
    uint64_t all = result->processor_ns | result->due | result->sent | result->answered | result->lost | result->bytes_sent |
                   result->bytes_received | result->connected | result->connect.total | result->response.total |
                   result->service.total | result->lateness.total;
    for (size_t i = 0; i < LM_LOAD_ERROR_COUNT; i++)
        all |= result->errors[i];
    return all < DOCUMENT_NUMBER_MAX / 2;
}

static bool can_be_doubled(const bench_document *document) {
    const bench_plan *plan = &document->report.plan;
    const bench_server *server = &document->server;
    uint64_t all = plan->load.connections | plan->load.workers | plan->load.rate | plan->load.connect_rate | plan->messages;
    for (size_t i = 0; i < server->slice_count; i++)
        all |= server->slices[i].answered | server->slices[i].errors | server->slices[i].open;
    return all < DOCUMENT_NUMBER_MAX / 2 && document->report.command_count <= DOCUMENT_COMMANDS_MAX / 2 &&
           is_small(&server->connecting) && is_small(&server->warmup) && is_small(&server->measured);
}

static void doubled_check(const lm_load_result *sum, const lm_load_result *one) {
    fuzz_require(sum->answered == 2 * one->answered && sum->sent == 2 * one->sent && sum->lost == 2 * one->lost);
    fuzz_require(lm_load_errors(sum) == 2 * lm_load_errors(one));
    fuzz_require(sum->elapsed_ns == one->elapsed_ns && sum->begin_wall_ns == one->begin_wall_ns);
    fuzz_require(sum->response.total == 2 * one->response.total && sum->service.total == 2 * one->service.total);
    fuzz_require(sum->response.min_ns == one->response.min_ns && sum->response.max_ns == one->response.max_ns);
    for (int i = 0; i <= 4; i++)
        fuzz_require(lm_histogram_quantile_ns(&sum->response, i / 4.0) == lm_histogram_quantile_ns(&one->response, i / 4.0));
}

static void merge_check(const uint8_t *bytes, size_t size, const bench_document *one) {
    bench_document *sum = document_read(bytes, size), *more = document_read(bytes, size);
    fuzz_require(sum != NULL && more != NULL);
    fuzz_require(bench_document_add(sum, more));
    doubled_check(&sum->server.connecting, &one->server.connecting);
    doubled_check(&sum->server.measured, &one->server.measured);
    fuzz_require(sum->report.command_count == 2 * one->report.command_count && sum->report.is_merged);
    fuzz_require(strcmp(sum->server.address, one->server.address) == 0); /* one server is not stored twice */
    fuzz_require(sum->report.plan.load.connections == 2 * one->report.plan.load.connections);
    fuzz_require(sum->server.slice_count == one->server.slice_count || sum->server.slice_count == 0);
    round_trip_check(sum);
    bench_document_close(sum);
    bench_document_close(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    bench_document *document = document_read(bytes, size);
    if (document == NULL)
        return 0;
    phase_check(&document->server.connecting);
    phase_check(&document->server.warmup);
    phase_check(&document->server.measured);
    round_trip_check(document);
    if (can_be_doubled(document))
        merge_check(bytes, size, document);
    bench_document_close(document);
    return 0;
}
