#include "load/answers.h"

#include "load/schedule.h"
#include "pal/clock.h"

#include <assert.h>
#include <string.h>

/* -- a wrong byte -- */

/* Checks whether the answer to BEFORE arrived again in place of the answer to NEXT, as far as bytes have arrived. The first OFFSET
 * bytes matched NEXT. */
static bool answer_is_repeated(const lm_expectation *expectation, const lm_payload *before, const lm_payload *next,
                               const uint8_t *bytes, size_t size, uint64_t offset) {
    uint64_t whole = lm_expectation_size(expectation, before);
    if (offset >= whole)
        return false;
    for (uint64_t i = 0; i < offset; i++) { /* usually few: the start of the template */
        if (lm_expectation_byte(expectation, before, i) != lm_expectation_byte(expectation, next, i))
            return false;
    }
    size_t rest = size < whole - offset ? size : (size_t)(whole - offset);
    return lm_expectation_compare(expectation, before, offset, bytes, rest) == rest;
}

static void connection_note_wrong(const lm_load_connection *connection, const lm_load_wrong *wrong) {
    lm_load_worker *worker = connection->worker;
    lm_load_wrong *first = &worker->result.wrong;
    if (first->is_found)
        return;
    *first = *wrong;
    first->is_found = true;
    first->connection = connection->number;
    first->time_ns = pal_clock_now_ns() - worker->phase.begin_ns;
}

/* The first of SIZE received bytes is wrong. */
static void connection_wrong_answer(const lm_load_connection *connection, const uint8_t *bytes, size_t size) {
    const lm_load_plan *plan = connection->worker->plan;
    uint64_t message = lm_load_connection_oldest(connection);
    lm_load_wrong wrong = {.message = message, .offset = connection->offset, .expected = -1, .got = bytes[0]};
    bool has_before = message > connection->life_message;
    lm_payload before = {0}, current = {0};
    if (has_before)
        before = lm_payload_of(&plan->payload, connection->number, message - 1);
    if (connection->in_flight > 0) {
        current = connection->payload;
        wrong.expected = lm_expectation_byte(&plan->expectation, &current, connection->offset);
    }
    wrong.is_repeated = has_before && answer_is_repeated(&plan->expectation, &before, &current, bytes, size, connection->offset);
    if (wrong.is_repeated && connection->offset > 0) /* its first byte arrived earlier */
        wrong.got = lm_expectation_byte(&plan->expectation, &before, 0);
    if (wrong.is_repeated)
        wrong.expected = -1;
    if (wrong.is_repeated || (connection->in_flight == 0 && has_before)) {
        wrong.message = message - 1;
        wrong.offset = lm_expectation_size(&plan->expectation, &before);
    } else if (connection->in_flight == 0) { /* no message was sent yet: it follows the greeting */
        wrong.is_greeting = true;
        wrong.message = 0;
        wrong.offset = plan->greeting.size;
    }
    connection_note_wrong(connection, &wrong);
}

/* -- receiving -- */

size_t lm_load_greeting_take(lm_load_connection *connection, const uint8_t *bytes, size_t size) {
    const lm_load_plan *plan = connection->worker->plan;
    const uint8_t *expected = plan->greeting.bytes + connection->offset;
    size_t rest = plan->greeting.size - (size_t)connection->offset;
    size_t part = size < rest ? size : rest;
    if (!plan->settings.is_unverified && memcmp(bytes, expected, part) != 0) {
        size_t at = 0;
        while (bytes[at] == expected[at])
            at++;
        lm_load_wrong wrong = {.is_greeting = true, .offset = connection->offset + at, .expected = expected[at], .got = bytes[at]};
        connection_note_wrong(connection, &wrong);
        return 0;
    }
    connection->offset += part;
    return part;
}

/* Under auto, the greeting of a server of lines has a line ending. Returns how many of the bytes belong to it. */
static size_t connection_skip_ending(lm_load_connection *connection, const uint8_t *bytes, size_t size) {
    size_t skipped = 0;
    while (skipped < size && connection->may_skip_ending) {
        uint8_t byte = bytes[skipped];
        connection->may_skip_ending = byte == '\r';
        if (byte != '\r' && byte != '\n')
            break;
        skipped++;
    }
    return skipped;
}

static void connection_answered(lm_load_connection *connection, uint64_t now_ns) {
    lm_load_worker *worker = connection->worker;
    uint64_t message = lm_load_connection_oldest(connection);
    uint64_t service_ns = now_ns - *lm_load_connection_sent_ns(connection, message);
    uint64_t response_ns = service_ns;
    lm_histogram_record(&worker->result.service, service_ns, 1);
    if (worker->plan->settings.rate > 0) {
        response_ns = now_ns - lm_load_schedule_due_ns(worker, connection, message);
        lm_histogram_record(&worker->result.response, response_ns, 1);
    }
    lm_histogram_record(&worker->slice, response_ns, 1);
    worker->slice_answered++;
    worker->result.answered++;
    worker->last_answer_ns = now_ns;
    assert(worker->pending > 0);
    worker->pending--;
    connection->in_flight--;
    connection->offset = 0;
}

bool lm_load_answers_take(lm_load_connection *connection, const uint8_t *bytes, size_t size, uint64_t now_ns) {
    const lm_load_plan *plan = connection->worker->plan;
    if (connection->may_skip_ending) {
        size_t skipped = connection_skip_ending(connection, bytes, size);
        bytes += skipped;
        size -= skipped;
    }
    while (size > 0) {
        if (connection->in_flight == 0) {
            connection_wrong_answer(connection, bytes, size);
            return false;
        }
        if (connection->offset == 0)
            connection->payload = lm_payload_of(&plan->payload, connection->number, lm_load_connection_oldest(connection));
        uint64_t rest = lm_expectation_size(&plan->expectation, &connection->payload) - connection->offset;
        size_t part = size < rest ? size : (size_t)rest;
        if (!plan->settings.is_unverified) {
            size_t right = lm_expectation_compare(&plan->expectation, &connection->payload, connection->offset, bytes, part);
            if (right < part) {
                connection->offset += right;
                connection_wrong_answer(connection, bytes + right, size - right);
                return false;
            }
        }
        connection->offset += part;
        bytes += part;
        size -= part;
        if (part == rest)
            connection_answered(connection, now_ns);
    }
    return true;
}
