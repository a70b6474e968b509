/* The load generator against the library's own server, which a test lets answer wrongly, late or not at all. */
#include "fixture.h"
#include "loopmsg/expectation.h"
#include "loopmsg/load.h"
#include "loopmsg/template.h"

#include <stdlib.h>
#include <string.h>

#define SEED 7

/* How the server spoils answers; by their number, which is the message's where there is one connection. */
typedef struct test_spoiler {
    test_fixture fixture; /* first: its events' context */
    pal_mutex mutex;      /* guards answers: workers answer at once */
    uint64_t answers;
    uint64_t victim, last_victim;
    void (*spoil)(lm_buffer *output, size_t begin);
} test_spoiler;

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

typedef struct test_load {
    test_spoiler spoiler;
    lm_load_settings settings;
    lm_load *load;
    lm_load_result *result;
    uint64_t slice_count, slice_answered, slice_errors;
} test_load;

static void record_slice(void *context, const lm_load_slice *slice) {
    test_load *test = context;
    test->slice_count++;
    test->slice_answered += slice->answered;
    test->slice_errors += slice->errors;
}

/* A server that is not yet started, and settings of four connections on two workers, which the test may change. */
static test_load *load_create(lm_framing_kind framing) {
    test_load *test = calloc(1, sizeof *test);
    assert_non_null(test);
    test_fixture *fixture = &test->spoiler.fixture;
    fixture_open(fixture);
    pal_mutex_open(&test->spoiler.mutex);
    test->spoiler.victim = UINT64_MAX;
    fixture->settings.event = NULL;
    fixture->settings.conversation.framing = framing;
    if (framing != LM_FRAMING_RAW) {
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
        .greeting = framing == LM_FRAMING_RAW ? "" : LM_GREETING,
        .reply = framing == LM_FRAMING_RAW ? "{message}" : LM_REPLY,
        .size_min = 64,
        .size_max = 64,
        .pipeline = 1,
        .timeout_ns = TEST_DEADLINE_NS,
        .interval_ns = 50 * PAL_MILLISECOND_NS,
        .seed = SEED,
    };
    return test;
}

static void load_open(test_load *test, const pal_address *address) {
    lm_load_handler handler = {.slice = record_slice, .context = test};
    test->settings.addresses = address;
    assert_ok(lm_load_open(&test->load, &test->settings, &handler));
}

/* Starts the server and connects to it. */
static void load_connect(test_load *test) {
    fixture_start(&test->spoiler.fixture);
    load_open(test, &test->spoiler.fixture.bound[0]);
    lm_load_connect(test->load, test->result);
}

/* The same, and every connection is open. */
static void load_connect_all(test_load *test) {
    load_connect(test);
    assert_int_equal(test->result->connected, test->settings.connections);
    assert_int_equal(test->result->connect.total, test->settings.connections);
    assert_int_equal(lm_load_errors(test->result), 0);
    assert_int_equal(lm_load_connections_open(test->load), test->settings.connections);
}

static void load_free(test_load *test) {
    lm_load_close(test->load);
    fixture_close(&test->spoiler.fixture);
    pal_mutex_close(&test->spoiler.mutex);
    free(test->result);
    free(test);
}

/* Closes the load before the server, which then has nobody to wait for. */
static void load_end(test_load *test) {
    lm_load_close(test->load);
    fixture_stop(&test->spoiler.fixture);
    fixture_close(&test->spoiler.fixture);
    pal_mutex_close(&test->spoiler.mutex);
    free(test->result);
    free(test);
}

/* Everything was answered and right. */
static void assert_complete(const test_load *test, uint64_t messages) {
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

static void spoil_flip(lm_buffer *output, size_t begin) {
    output->bytes[begin + 30] ^= 0x01;
}

/* -- closed loop -- */

static void check_closed_loop(lm_framing_kind framing, uint32_t pipeline, uint32_t size_min, uint32_t size_max) {
    test_load *test = load_create(framing);
    test->settings.pipeline = pipeline;
    test->settings.size_min = size_min;
    test->settings.size_max = size_max;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 1001, test->result);
    assert_complete(test, 1001);
    assert_int_equal(test->slice_answered, 1001);
    assert_int_equal(test->slice_errors, 0);
    assert_int_equal(test->result->lateness.total, 0);
    assert_memory_equal(&test->result->response, &test->result->service, sizeof test->result->service);
    load_end(test);
}

static void under_auto_each_message_goes_out_as_a_line_and_is_answered(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_AUTO, 1, 0, 1000);
}

static void under_chunk_each_message_waits_for_the_answer_before(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_CHUNK, 1, 1, 1024);
}

static void under_line_many_messages_of_mixed_sizes_are_in_flight(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_LINE, 20, 0, 5000);
}

static void under_length_many_messages_of_mixed_sizes_are_in_flight(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_LENGTH, 20, 0, 5000);
}

static void under_raw_many_messages_of_mixed_sizes_are_in_flight(void **state) {
    (void)state;
    check_closed_loop(LM_FRAMING_RAW, 20, 1, 5000);
}

static void a_message_larger_than_the_systems_buffers_is_answered(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LENGTH);
    test->spoiler.fixture.settings.conversation.max_message = 16u << 20;
    test->settings.size_min = test->settings.size_max = 12u << 20;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 4, test->result);
    assert_complete(test, 4);
    load_end(test);
}

static void under_auto_the_greeting_may_be_that_of_a_server_of_lines(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_AUTO);
    test->spoiler.fixture.settings.conversation.framing = LM_FRAMING_LINE;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 100, test->result);
    assert_complete(test, 100);
    load_end(test);
}

static void unverified_answers_are_counted_by_their_size(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.is_unverified = true;
    test->spoiler.spoil = spoil_flip;
    test->spoiler.victim = 0;
    test->spoiler.last_victim = UINT64_MAX;
    test->spoiler.fixture.settings.conversation.greeting = "good morning :)"; /* as long as the one expected */
    load_connect_all(test);
    lm_load_measure(test->load, 0, 100, test->result);
    assert_complete(test, 100);
    load_end(test);
}

static void a_phase_ends_when_its_time_is_over(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    load_connect_all(test);
    lm_load_measure(test->load, 200 * PAL_MILLISECOND_NS, 0, test->result);
    assert_true(test->result->answered > 0);
    assert_complete(test, test->result->answered);
    assert_true(test->result->elapsed_ns >= 200 * PAL_MILLISECOND_NS);
    assert_true(test->slice_count >= 1);
    assert_int_equal(test->slice_answered, test->result->answered);
    load_end(test);
}

static void phases_follow_each_other_on_the_same_connections(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_AUTO);
    load_connect_all(test);
    for (int i = 0; i < 3; i++) {
        lm_load_measure(test->load, 20 * PAL_MILLISECOND_NS, 0, test->result);
        assert_complete(test, test->result->answered);
        assert_int_equal(test->result->connected, 0);
        lm_load_measure(test->load, 0, 10, test->result);
        assert_complete(test, 10);
    }
    load_end(test);
}

/* -- open loop -- */

static void an_open_loop_sends_every_message_of_its_schedule(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.rate = 2000;
    test->settings.pipeline = LM_LOAD_PIPELINE_MAX;
    load_connect_all(test);
    lm_load_measure(test->load, 250 * PAL_MILLISECOND_NS, 0, test->result);
    assert_complete(test, 500);
    assert_int_equal(test->result->lateness.total, 500);
    lm_load_measure(test->load, 0, 300, test->result);
    assert_complete(test, 300);
    assert_true(test->result->elapsed_ns >= 299 * PAL_SECOND_NS / 2000);
    load_end(test);
}

static void an_open_loop_lasts_as_long_as_it_should_though_nothing_is_due_at_its_end(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.rate = 5;
    load_connect_all(test);
    lm_load_measure(test->load, 300 * PAL_MILLISECOND_NS, 0, test->result);
    assert_complete(test, 2);
    assert_true(test->result->elapsed_ns >= 300 * PAL_MILLISECOND_NS);
    load_end(test);
}

static void the_messages_of_every_connection_have_their_own_place_in_the_schedule(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.rate = 10;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 4, test->result); /* 100 ms apart, one on each connection */
    assert_complete(test, 4);
    assert_true(lm_histogram_quantile_ns(&test->result->response, 0.75) < 100 * PAL_MILLISECOND_NS);
    load_end(test);
}

/* 20 ms an answer and 100 messages a second: the queue grows by one message every 20 ms, and the last of 50 waits half a second. */
static void response_time_counts_from_the_moment_a_message_was_due(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->settings.rate = 100;
    test->spoiler.fixture.settings.delay_ns = 20 * PAL_MILLISECOND_NS;
    load_connect_all(test);
    lm_load_measure(test->load, 500 * PAL_MILLISECOND_NS, 0, test->result);
    assert_complete(test, 50);
    const lm_load_result *result = test->result;
    assert_true(result->service.min_ns >= 20 * PAL_MILLISECOND_NS);
    assert_true(result->response.max_ns >= 500 * PAL_MILLISECOND_NS);
    assert_true(lm_histogram_quantile_ns(&result->response, 0.5) >= 12 * lm_histogram_quantile_ns(&result->service, 0.0));
    load_end(test);
}

/* As above, but nothing is held back: what was sent waits in the server's queue. */
static void service_time_counts_from_the_moment_a_message_was_sent(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->settings.rate = 100;
    test->settings.pipeline = LM_LOAD_PIPELINE_MAX;
    test->spoiler.fixture.settings.delay_ns = 20 * PAL_MILLISECOND_NS;
    load_connect_all(test);
    lm_load_measure(test->load, 500 * PAL_MILLISECOND_NS, 0, test->result);
    assert_complete(test, 50);
    assert_true(test->result->service.max_ns >= 500 * PAL_MILLISECOND_NS);
    assert_true(test->result->service.max_ns <= test->result->response.max_ns);
    load_end(test);
}

/* -- wrong bytes -- */

static void spoil_drop(lm_buffer *output, size_t begin) {
    memmove(output->bytes + begin + 4, output->bytes + begin + 5, output->size - begin - 5); /* "loop_msg" becomes "loopmsg" */
    output->size--;
}

static void spoil_lengthen(lm_buffer *output, size_t begin) {
    (void)begin;
    lm_buffer_append_text(output, "?");
}

/* The answer once more; the conversation then ends the second one. */
static void spoil_repeat(lm_buffer *output, size_t begin) {
    lm_buffer copy = {0};
    lm_buffer_append(&copy, output->bytes + begin, output->size - begin);
    lm_buffer_append_text(output, "\n");
    lm_buffer_append(output, copy.bytes, copy.size);
    lm_buffer_free(&copy);
}

/* One connection, 100 messages, of which the server spoils the 40th; what the generator makes of it. */
static lm_load_wrong run_spoiled(void (*spoil)(lm_buffer *output, size_t begin), uint32_t pipeline) {
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->settings.pipeline = pipeline;
    test->spoiler.spoil = spoil;
    test->spoiler.victim = test->spoiler.last_victim = 40;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 100, test->result);
    const lm_load_result *result = test->result;
    assert_int_equal(result->errors[LM_LOAD_WRONG], 1);
    assert_int_equal(lm_load_errors(result), 1);
    assert_int_equal(result->sent, 100);
    assert_int_equal(result->answered + result->lost, 100);
    assert_int_equal(result->connected, 1); /* again */
    lm_load_wrong wrong = result->wrong;
    assert_true(wrong.is_found);
    assert_false(wrong.is_greeting);
    assert_int_equal(wrong.connection, 0);
    load_end(test);
    return wrong;
}

/* The byte of the right answer to message 40. */
static int right_byte(uint64_t offset) {
    lm_payload_settings settings = {.seed = SEED, .size_min = 64, .size_max = 64, .is_text = true};
    lm_payload payload = lm_payload_of(&settings, 0, 40);
    lm_expectation expectation;
    assert_true(lm_expectation_open(&expectation, LM_FRAMING_LINE, LM_REPLY));
    int byte = lm_expectation_byte(&expectation, &payload, offset);
    lm_expectation_close(&expectation);
    return byte;
}

static void a_flipped_bit_is_placed(void **state) {
    (void)state;
    lm_load_wrong wrong = run_spoiled(spoil_flip, 1);
    assert_int_equal(wrong.message, 40);
    assert_int_equal(wrong.offset, 30);
    assert_int_equal(wrong.expected, right_byte(30));
    assert_int_equal(wrong.got, right_byte(30) ^ 0x01);
    assert_false(wrong.is_repeated);
}

static void a_flipped_bit_is_placed_among_many_in_flight(void **state) {
    (void)state;
    lm_load_wrong wrong = run_spoiled(spoil_flip, 16);
    assert_int_equal(wrong.message, 40);
    assert_int_equal(wrong.offset, 30);
}

static void a_dropped_byte_is_placed(void **state) {
    (void)state;
    lm_load_wrong wrong = run_spoiled(spoil_drop, 1);
    assert_int_equal(wrong.message, 40);
    assert_int_equal(wrong.offset, 4);
    assert_int_equal(wrong.expected, '_');
    assert_int_equal(wrong.got, 'm');
}

static void a_byte_too_many_is_placed(void **state) {
    (void)state;
    lm_load_wrong wrong = run_spoiled(spoil_lengthen, 1);
    assert_int_equal(wrong.message, 40);
    assert_int_equal(wrong.offset, 74);
    assert_int_equal(wrong.expected, '\n');
    assert_int_equal(wrong.got, '?');
}

static void of_several_wrong_bytes_the_first_is_told(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->spoiler.spoil = spoil_flip;
    test->spoiler.victim = 40;
    test->spoiler.last_victim = UINT64_MAX;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 43, test->result);
    assert_int_equal(test->result->errors[LM_LOAD_WRONG], 3);
    assert_int_equal(test->result->answered, 40);
    assert_int_equal(test->result->lost, 3);
    assert_int_equal(test->result->wrong.message, 40);
    load_end(test);
}

static void check_repeated(uint32_t pipeline) {
    lm_load_wrong wrong = run_spoiled(spoil_repeat, pipeline);
    assert_true(wrong.is_repeated);
    assert_int_equal(wrong.message, 40);
    assert_int_equal(wrong.offset, 75);
    assert_int_equal(wrong.expected, -1);
    assert_int_equal(wrong.got, 'l');
}

static void an_answer_given_twice_is_told_as_such(void **state) {
    (void)state;
    check_repeated(1);
}

static void an_answer_given_twice_among_many_in_flight_is_told_as_such(void **state) {
    (void)state;
    check_repeated(16);
}

static void a_wrong_greeting_is_placed(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.conversation.greeting = "hello,my server";
    load_connect(test);
    assert_int_equal(test->result->errors[LM_LOAD_WRONG], 4);
    assert_int_equal(test->result->connected, 0);
    assert_true(test->result->wrong.is_greeting);
    assert_int_equal(test->result->wrong.offset, 6);
    assert_int_equal(test->result->wrong.expected, 'i');
    assert_int_equal(test->result->wrong.got, 'm');
    assert_int_equal(lm_load_connections_open(test->load), 0);
    load_end(test);
}

/* -- what breaks -- */

static void refused_connections_are_counted_and_end_the_first_phase(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &address));
    load_open(test, &address);
    lm_load_connect(test->load, test->result);
    assert_int_equal(test->result->errors[LM_LOAD_REFUSED], 4);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_status(test->result->last_error, PAL_REFUSED);
    assert_int_equal(lm_load_connections_open(test->load), 0);
    load_free(test);
}

static void the_next_address_is_tried_when_one_refuses(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    fixture_start(&test->spoiler.fixture);
    pal_address addresses[2] = {[1] = test->spoiler.fixture.bound[0]};
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &addresses[0]));
    test->settings.address_count = 2;
    load_open(test, addresses);
    lm_load_connect(test->load, test->result);
    assert_int_equal(test->result->connected, 4);
    assert_int_equal(lm_load_errors(test->result), 0);
    load_end(test);
}

/* The server closes a conversation at a message over 600 bytes. */
static test_load *create_breaking(void) {
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.conversation.max_message = 600;
    test->settings.size_min = 580;
    test->settings.size_max = 605;
    return test;
}

static void a_connection_that_breaks_is_counted_and_opened_again(void **state) {
    (void)state;
    test_load *test = create_breaking();
    load_connect_all(test);
    lm_load_measure(test->load, 0, 40, test->result);
    const lm_load_result *result = test->result;
    uint64_t broken = result->errors[LM_LOAD_CLOSED] + result->errors[LM_LOAD_RESET];
    assert_true(broken > 0);
    assert_int_equal(lm_load_errors(result), broken);
    assert_int_equal(result->sent, 40);
    assert_true(result->answered > 0);
    assert_int_equal(result->lost, broken);
    assert_int_equal(result->answered + result->lost, 40);
    assert_true(result->connected > 0);
    assert_int_equal(test->slice_errors, broken);
    load_end(test);
}

static void without_reconnecting_a_phase_ends_with_its_last_connection(void **state) {
    (void)state;
    test_load *test = create_breaking();
    test->settings.has_no_reconnect = true;
    load_connect_all(test);
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_int_equal(test->result->lost, 4);
    assert_int_equal(test->result->connected, 0);
    assert_int_equal(lm_load_connections_open(test->load), 0);
    load_end(test);
}

static void without_reconnecting_what_cannot_be_sent_is_not_waited_for(void **state) {
    (void)state;
    test_load *test = create_breaking();
    test->settings.has_no_reconnect = true;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 1000000, test->result);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_int_equal(test->result->sent, test->result->answered + 4);
    load_end(test);
}

static void without_reconnecting_a_schedule_ends_with_its_last_connection(void **state) {
    (void)state;
    test_load *test = create_breaking();
    test->settings.has_no_reconnect = true;
    test->settings.rate = 1000;
    load_connect_all(test);
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    assert_int_equal(lm_load_errors(test->result), 4);
    assert_true(test->result->due >= test->result->sent);
    load_end(test);
}

/* Nothing can be sent, and no time is set: it ends all the same. */
static void a_number_of_messages_is_not_waited_for_when_no_connection_opens(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &address));
    test->settings.timeout_ns = 150 * PAL_MILLISECOND_NS;
    load_open(test, &address);
    lm_load_connect(test->load, test->result);
    lm_load_measure(test->load, 0, 1000, test->result);
    assert_int_equal(test->result->sent, 0);
    assert_true(lm_load_errors(test->result) > 0);
    load_free(test);
}

/* An answer takes an hour; one message is in flight, nine more were due. After its time and the timeout the phase ends without them. */
static void what_is_missing_after_a_phase_is_not_waited_for_longer_than_the_timeout(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.delay_ns = 3600 * PAL_SECOND_NS;
    test->spoiler.fixture.settings.drain_ns = 0;
    test->settings.connections = 1;
    test->settings.rate = 100;
    test->settings.timeout_ns = 300 * PAL_MILLISECOND_NS;
    load_connect(test);
    lm_load_measure(test->load, 100 * PAL_MILLISECOND_NS, 0, test->result);
    assert_int_equal(test->result->due, 10);
    assert_true(test->result->sent < 10);
    assert_int_equal(test->result->answered, 0);
    load_end(test);
}

/* The server says less than is expected of it, and then waits. 128 connections at a time are tried, and not all 400. */
static void many_connections_that_are_never_greeted_end_the_first_phase_soon(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_AUTO);
    test->settings.connections = 400;
    test->settings.greeting = LM_GREETING ", and more";
    test->settings.timeout_ns = 300 * PAL_MILLISECOND_NS;
    load_connect(test);
    assert_int_equal(test->result->connected, 0);
    assert_true(lm_load_errors(test->result) > 0);
    assert_true(lm_load_errors(test->result) < 400);
    load_end(test);
}

/* The timeout is that of one answer, not of a connection. */
static void answers_in_time_may_go_on_for_longer_than_the_timeout(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.timeout_ns = PAL_SECOND_NS;
    load_connect_all(test);
    lm_load_measure(test->load, 1200 * PAL_MILLISECOND_NS, 0, test->result);
    assert_complete(test, test->result->answered);
    load_end(test);
}

static void an_answer_that_does_not_come_in_time_is_an_error_and_no_latency(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->spoiler.fixture.settings.delay_ns = 3600 * PAL_SECOND_NS;
    test->spoiler.fixture.settings.drain_ns = 0;
    test->settings.timeout_ns = 300 * PAL_MILLISECOND_NS;
    load_connect(test); /* on a slow machine, a greeting may be late, too */
    lm_load_measure(test->load, 0, 4, test->result);
    assert_int_equal(test->result->answered, 0);
    assert_int_equal(test->result->lost, test->result->sent);
    assert_true(test->result->errors[LM_LOAD_TIMED_OUT] >= test->result->sent);
    assert_int_equal(test->result->response.total, 0);
    load_end(test);
}

static void stop_load(void *context) {
    lm_load_stop(context);
}

static void another_thread_can_stop_a_phase_and_all_that_follow(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    pal_thread thread;
    load_connect_all(test);
    assert_ok(pal_thread_start(&thread, stop_load, test->load));
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    pal_thread_join(&thread);
    assert_int_equal(lm_load_errors(test->result), 0);
    assert_int_equal(test->result->sent, test->result->answered + test->result->lost);
    lm_load_measure(test->load, 3600 * PAL_SECOND_NS, 0, test->result);
    assert_int_equal(test->result->sent, 0);
    load_end(test);
}

static void connections_are_opened_at_the_rate_asked_for(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 21;
    test->settings.connect_rate = 100;
    load_connect_all(test);
    assert_true(test->result->elapsed_ns >= 190 * PAL_MILLISECOND_NS); /* the last is due after 200, counted from lm_load_open */
    load_end(test);
}

static void results_add_up(void **state) {
    (void)state;
    lm_load_result *sum = calloc(2, sizeof *sum);
    assert_non_null(sum);
    lm_load_result *part = sum + 1;
    sum->wrong = (lm_load_wrong){.is_found = true, .time_ns = 9, .message = 1};
    sum->elapsed_ns = 5;
    part->begin_wall_ns = 3;
    part->elapsed_ns = 4;
    part->due = 6;
    part->sent = 5;
    part->answered = 4;
    part->lost = 1;
    part->wrong = (lm_load_wrong){.is_found = true, .time_ns = 8, .message = 2};
    part->errors[LM_LOAD_RESET] = 2;
    part->last_error = pal_error_of(PAL_RESET);
    lm_histogram_record(&part->service, 1000, 4);
    lm_load_result_add(sum, part);
    lm_load_result_add(sum, part);
    assert_int_equal(sum->begin_wall_ns, 3);
    assert_int_equal(sum->elapsed_ns, 5);
    assert_int_equal(sum->due, 12);
    assert_int_equal(sum->sent, 10);
    assert_int_equal(sum->answered, 8);
    assert_int_equal(sum->lost, 2);
    assert_int_equal(sum->wrong.message, 2);
    assert_int_equal(lm_load_errors(sum), 4);
    assert_status(sum->last_error, PAL_RESET);
    assert_int_equal(sum->service.total, 8);
    free(sum);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_auto_each_message_goes_out_as_a_line_and_is_answered),
        cmocka_unit_test(under_chunk_each_message_waits_for_the_answer_before),
        cmocka_unit_test(under_line_many_messages_of_mixed_sizes_are_in_flight),
        cmocka_unit_test(under_length_many_messages_of_mixed_sizes_are_in_flight),
        cmocka_unit_test(under_raw_many_messages_of_mixed_sizes_are_in_flight),
        cmocka_unit_test(a_message_larger_than_the_systems_buffers_is_answered),
        cmocka_unit_test(under_auto_the_greeting_may_be_that_of_a_server_of_lines),
        cmocka_unit_test(unverified_answers_are_counted_by_their_size),
        cmocka_unit_test(a_phase_ends_when_its_time_is_over),
        cmocka_unit_test(phases_follow_each_other_on_the_same_connections),
        cmocka_unit_test(an_open_loop_sends_every_message_of_its_schedule),
        cmocka_unit_test(an_open_loop_lasts_as_long_as_it_should_though_nothing_is_due_at_its_end),
        cmocka_unit_test(the_messages_of_every_connection_have_their_own_place_in_the_schedule),
        cmocka_unit_test(response_time_counts_from_the_moment_a_message_was_due),
        cmocka_unit_test(service_time_counts_from_the_moment_a_message_was_sent),
        cmocka_unit_test(a_flipped_bit_is_placed),
        cmocka_unit_test(a_flipped_bit_is_placed_among_many_in_flight),
        cmocka_unit_test(a_dropped_byte_is_placed),
        cmocka_unit_test(a_byte_too_many_is_placed),
        cmocka_unit_test(of_several_wrong_bytes_the_first_is_told),
        cmocka_unit_test(an_answer_given_twice_is_told_as_such),
        cmocka_unit_test(an_answer_given_twice_among_many_in_flight_is_told_as_such),
        cmocka_unit_test(a_wrong_greeting_is_placed),
        cmocka_unit_test(refused_connections_are_counted_and_end_the_first_phase),
        cmocka_unit_test(the_next_address_is_tried_when_one_refuses),
        cmocka_unit_test(a_connection_that_breaks_is_counted_and_opened_again),
        cmocka_unit_test(without_reconnecting_a_phase_ends_with_its_last_connection),
        cmocka_unit_test(without_reconnecting_what_cannot_be_sent_is_not_waited_for),
        cmocka_unit_test(without_reconnecting_a_schedule_ends_with_its_last_connection),
        cmocka_unit_test(a_number_of_messages_is_not_waited_for_when_no_connection_opens),
        cmocka_unit_test(what_is_missing_after_a_phase_is_not_waited_for_longer_than_the_timeout),
        cmocka_unit_test(many_connections_that_are_never_greeted_end_the_first_phase_soon),
        cmocka_unit_test(answers_in_time_may_go_on_for_longer_than_the_timeout),
        cmocka_unit_test(an_answer_that_does_not_come_in_time_is_an_error_and_no_latency),
        cmocka_unit_test(another_thread_can_stop_a_phase_and_all_that_follow),
        cmocka_unit_test(connections_are_opened_at_the_rate_asked_for),
        cmocka_unit_test(results_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
