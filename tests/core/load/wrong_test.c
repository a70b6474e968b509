/* What a load generator finds in wrong answers. */
#include "core/load/fixture.h"
#include "loopmsg/expectation.h"

#include <string.h>

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

/* One connection and 100 messages; the server spoils the 40th answer, and the generator reports it as EXPECTED. */
static void check_spoiled(void (*spoil)(lm_buffer *output, size_t begin), uint32_t pipeline, const lm_load_wrong *expected) {
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
    const lm_load_wrong *wrong = &result->wrong;
    assert_true(wrong->is_found);
    assert_false(wrong->is_greeting);
    assert_int_equal(wrong->is_repeated, expected->is_repeated);
    assert_int_equal(wrong->connection, 0);
    assert_int_equal(wrong->message, 40);
    assert_int_equal(wrong->offset, expected->offset);
    assert_int_equal(wrong->expected, expected->expected);
    assert_int_equal(wrong->got, expected->got);
    load_end(test);
}

/* The byte of the right answer to message 40. */
static int right_byte(uint64_t offset) {
    lm_payload_settings settings = {.seed = LOAD_SEED, .size_min = 64, .size_max = 64, .is_text = true};
    lm_payload payload = lm_payload_of(&settings, 0, 40);
    lm_expectation expectation;
    assert_true(lm_expectation_open(&expectation, LM_FRAMING_LINE, LM_REPLY));
    int byte = lm_expectation_byte(&expectation, &payload, offset);
    lm_expectation_close(&expectation);
    return byte;
}

static void a_flipped_bit_is_placed_also_among_many_in_flight(void **state) {
    (void)state;
    lm_load_wrong expected = {.offset = 30, .expected = right_byte(30), .got = right_byte(30) ^ 0x01};
    check_spoiled(load_spoil_flip, 1, &expected);
    check_spoiled(load_spoil_flip, 16, &expected);
}

static void a_dropped_byte_is_placed(void **state) {
    (void)state;
    lm_load_wrong expected = {.offset = 4, .expected = '_', .got = 'm'};
    check_spoiled(spoil_drop, 1, &expected);
}

static void a_byte_too_many_is_placed(void **state) {
    (void)state;
    lm_load_wrong expected = {.offset = 74, .expected = '\n', .got = '?'};
    check_spoiled(spoil_lengthen, 1, &expected);
}

static void an_answer_given_twice_is_reported_as_such_also_among_many_in_flight(void **state) {
    (void)state;
    lm_load_wrong expected = {.is_repeated = true, .offset = 75, .expected = -1, .got = 'l'};
    check_spoiled(spoil_repeat, 1, &expected);
    check_spoiled(spoil_repeat, 16, &expected);
}

static void of_several_wrong_bytes_the_first_is_reported(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_LINE);
    test->settings.connections = 1;
    test->spoiler.spoil = load_spoil_flip;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_is_placed_also_among_many_in_flight),
        cmocka_unit_test(a_dropped_byte_is_placed),
        cmocka_unit_test(a_byte_too_many_is_placed),
        cmocka_unit_test(an_answer_given_twice_is_reported_as_such_also_among_many_in_flight),
        cmocka_unit_test(of_several_wrong_bytes_the_first_is_reported),
        cmocka_unit_test(a_wrong_greeting_is_placed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
