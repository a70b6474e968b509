/* A framing that the library does not have is added to it: the same server, client and load generator speak it. */
#include "core/load/fixture.h"

#include <string.h>

static void it_is_found_by_its_name_behind_the_others(void **state) {
    (void)state;
    lm_framing_kind kind = LM_FRAMING_COUNT;
    assert_true(lm_framing_find("nul", &kind));
    assert_int_equal(kind, LM_FRAMING_NUL);
    assert_string_equal(lm_framing_name(LM_FRAMING_NUL), "nul");
    assert_null(lm_framing_name((lm_framing_kind)(LM_FRAMING_NUL + 1)));
}

static void a_message_ends_with_a_nul_however_its_bytes_are_split(void **state) {
    (void)state;
    static const char bytes[] = "one\0\0two\nlines\r\n\0rest"; /* the last one is ended by the end of the stream */
    static const char *const messages[] = {"one", "", "two\nlines\r\n", "rest"};
    for (size_t split = 0; split < sizeof bytes; split++) {
        lm_framing framing;
        lm_message message;
        size_t count = 0;
        const size_t ends[] = {split, sizeof bytes - 1};
        lm_framing_open(&framing, LM_FRAMING_NUL, 0);
        for (size_t part = 0, at = 0; part < TEST_COUNT(ends); at = ends[part++]) {
            const uint8_t *rest = (const uint8_t *)bytes + at;
            size_t size = ends[part] - at;
            while (lm_framing_next(&framing, &rest, &size, &message) == LM_FRAMING_MESSAGE) {
                assert_int_equal(message.size, strlen(messages[count]));
                assert_memory_equal(message.bytes, messages[count++], message.size);
            }
        }
        assert_int_equal(lm_framing_end(&framing, &message), LM_FRAMING_MESSAGE);
        assert_int_equal(message.size, strlen(messages[count]));
        assert_memory_equal(message.bytes, messages[count++], message.size);
        assert_int_equal(count, TEST_COUNT(messages));
        lm_framing_close(&framing);
    }
}

static void server_and_client_converse_in_it(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_NUL;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_NUL);
    recorder_send(&recorder, "two\nlines", LM_ENDING_NONE);
    recorder_send(&recorder, "", LM_ENDING_NONE);
    test_loop_until(&fixture.loop, recorder.message_count, 3);
    recorder_send(&recorder, LM_FAREWELL, LM_ENDING_NONE);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_END);
    assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:two\nlines!|loop_msg:!|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void the_load_generator_knows_every_byte_of_its_answers(void **state) {
    (void)state;
    test_load *test = load_create(LM_FRAMING_NUL);
    test->settings.pipeline = 20;
    test->settings.size_min = 0;
    test->settings.size_max = 5000;
    load_connect_all(test);
    lm_load_measure(test->load, 0, 1001, test->result);
    load_assert_complete(test, 1001);
    load_end(test);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_found_by_its_name_behind_the_others),
        cmocka_unit_test(a_message_ends_with_a_nul_however_its_bytes_are_split),
        cmocka_unit_test(server_and_client_converse_in_it),
        cmocka_unit_test(the_load_generator_knows_every_byte_of_its_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
