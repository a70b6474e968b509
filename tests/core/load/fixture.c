#include "core/load/fixture.h"

#include "loopmsg/template.h"

#include <stdlib.h>

static void answer_spoiled(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    static const lm_template reply = {LM_REPLY};
    test_spoiler *spoiler = context;
    size_t begin = answer->size;
    (void)peer;
    lm_template_append(&reply, answer, message->bytes, message->size);
    pal_mutex_lock(&spoiler->mutex);
    bool is_victim = spoiler->answers >= spoiler->victim && spoiler->answers <= spoiler->last_victim;
    spoiler->answers++;
    pal_mutex_unlock(&spoiler->mutex);
    if (is_victim && spoiler->spoil != NULL)
        spoiler->spoil(answer, begin);
}

static void record_slice(void *context, const lm_load_slice *slice) {
    test_load *test = context;
    test->slice_count++;
    test->slice_answered += slice->answered;
    test->slice_errors += slice->errors;
}

test_load *load_create(lm_framing_kind framing) {
    test_load *test = calloc(1, sizeof *test);
    assert_non_null(test);
    test_fixture *fixture = &test->spoiler.fixture;
    fixture_open(fixture);
    pal_mutex_open(&test->spoiler.mutex);
    test->spoiler.victim = UINT64_MAX;
    fixture->settings.event = NULL;
    fixture->settings.conversation.framing = framing;
    bool has_messages = lm_framing_traits_of(framing)->has_messages;
    if (has_messages) {
        fixture->settings.context = &test->spoiler;
        fixture->settings.answer = answer_spoiled;
    }
    test->result = calloc(1, sizeof *test->result);
    assert_non_null(test->result);
    test->settings = (lm_load_settings){
        .address_count = 1,
        .connections = 4,
        .workers = 2,
        .framing = framing,
        .greeting = has_messages ? LM_GREETING : "",
        .reply = has_messages ? LM_REPLY : "{message}",
        .size_min = 64,
        .size_max = 64,
        .pipeline = 1,
        .timeout_ns = TEST_DEADLINE_NS,
        .interval_ns = 50 * PAL_MILLISECOND_NS,
        .seed = LOAD_SEED,
    };
    return test;
}

void load_open(test_load *test, const pal_address *address) {
    lm_load_handler handler = {.slice = record_slice, .context = test};
    test->settings.addresses = address;
    assert_ok(lm_load_open(&test->load, &test->settings, &handler));
}

void load_connect(test_load *test) {
    fixture_start(&test->spoiler.fixture);
    load_open(test, &test->spoiler.fixture.bound[0]);
    lm_load_connect(test->load, test->result);
}

void load_connect_all(test_load *test) {
    load_connect(test);
    assert_int_equal(test->result->connected, test->settings.connections);
    assert_int_equal(test->result->connect.total, test->settings.connections);
    assert_int_equal(lm_load_errors(test->result), 0);
    assert_int_equal(lm_load_connections_open(test->load), test->settings.connections);
}

static void load_release(test_load *test) {
    fixture_close(&test->spoiler.fixture);
    pal_mutex_close(&test->spoiler.mutex);
    free(test->result);
    free(test);
}

void load_free(test_load *test) {
    lm_load_close(test->load);
    load_release(test);
}

void load_end(test_load *test) {
    lm_load_close(test->load);
    fixture_stop(&test->spoiler.fixture);
    load_release(test);
}

void load_assert_complete(const test_load *test, uint64_t messages) {
    const lm_load_result *result = test->result;
    assert_int_equal(lm_load_errors(result), 0);
    assert_false(result->wrong.is_found);
    assert_int_equal(result->due, messages);
    assert_int_equal(result->sent, messages);
    assert_int_equal(result->answered, messages);
    assert_int_equal(result->lost, 0);
    assert_int_equal(result->service.total, messages);
    assert_int_equal(result->response.total, messages);
    assert_true(result->elapsed_ns >= result->service.max_ns);
}

void load_spoil_flip(lm_buffer *output, size_t begin) {
    output->bytes[begin + 30] ^= 0x01;
}
