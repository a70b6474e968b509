/* Answers as the server makes them, by lm_template_append and lm_framing_append, against what is expected of it. */
#include "loopmsg/expectation.h"
#include "loopmsg/template.h"
#include "support/check.h"
#include "support/random.h"

#include <stdlib.h>

static const char *const replies[] = {
    "",
    "plain",
    "{message}",
    "loop_msg:{message}!",
    "{message}{message}",
    "<{message}, {message}>",
    "{message}-{message}{message}-{message}",
    "{{{message}}}",
    "{{message}}",
    "}}{{ {message} }} {message}{{",
    "\xc3\xa4{message}\xe2\x82\xac",
};

/* One answer, and what is expected. */
typedef struct served_answer {
    lm_expectation expectation;
    lm_payload payload;
    lm_buffer wire; /* what the server sends */
} served_answer;

static void answer_open(served_answer *answer, lm_framing_kind framing, const char *reply, uint32_t size, uint64_t message) {
    bool is_line = lm_framing_traits_of(framing)->ends_at_lines;
    const lm_payload_settings settings = {.seed = 1, .size_min = size, .size_max = size, .is_text = is_line};
    answer->payload = lm_payload_of(&settings, 3, message);
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    assert_non_null(bytes);
    lm_payload_copy(&answer->payload, 0, bytes, size);

    lm_template template_;
    lm_buffer filled = {0};
    size_t wrong;
    assert_true(lm_template_parse(&template_, reply, &wrong));
    lm_template_append(&template_, &filled, bytes, size);
    answer->wire = (lm_buffer){0};
    assert_false(filled.failed);
    lm_framing_append(framing, &answer->wire, filled.bytes, filled.size, is_line ? LM_ENDING_LF : LM_ENDING_NONE);
    assert_false(answer->wire.failed);
    lm_buffer_free(&filled);
    free(bytes);

    assert_true(lm_expectation_open(&answer->expectation, framing, reply));
    assert_int_equal(answer->expectation.ending, is_line ? LM_ENDING_LF : LM_ENDING_NONE);
}

static void answer_close(served_answer *answer) {
    lm_expectation_close(&answer->expectation);
    lm_buffer_free(&answer->wire);
}

static size_t compare(const served_answer *answer, size_t offset, size_t size) {
    return lm_expectation_compare(&answer->expectation, &answer->payload, offset,
                                  answer->wire.size > 0 ? answer->wire.bytes + offset : NULL, size);
}

/* Compares the whole answer in slices of 1 to SLICE_MAX bytes. */
static void assert_slices_equal(const served_answer *answer, uint64_t *random, size_t slice_max) {
    for (size_t at = 0; at < answer->wire.size;) {
        size_t size = (size_t)test_random_below(random, slice_max) + 1;
        if (size > answer->wire.size - at)
            size = answer->wire.size - at;
        assert_int_equal(compare(answer, at, size), size);
        at += size;
    }
}

static void the_answer_of_every_framing_and_template_is_known_to_the_byte(void **state) {
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 7, 8, 9, 63, 64, 65, 300};
    for (int kind = 0; lm_framing_name((lm_framing_kind)kind) != NULL; kind++) {
        for (size_t reply = 0; reply < TEST_COUNT(replies); reply++) {
            for (size_t size = 0; size < TEST_COUNT(sizes); size++) {
                served_answer answer;
                answer_open(&answer, (lm_framing_kind)kind, replies[reply], sizes[size], 7);
                assert_int_equal(lm_expectation_size(&answer.expectation, &answer.payload), answer.wire.size);
                assert_int_equal(compare(&answer, 0, answer.wire.size), answer.wire.size);
                for (size_t i = 0; i < answer.wire.size; i++)
                    assert_int_equal(lm_expectation_byte(&answer.expectation, &answer.payload, i), answer.wire.bytes[i]);
                answer_close(&answer);
            }
        }
    }
}

static void answers_to_messages_of_every_size_are_compared_in_any_slices(void **state) {
    (void)state;
    uint64_t random = 1;
    for (int kind = 0; lm_framing_name((lm_framing_kind)kind) != NULL; kind++) {
        for (size_t reply = 0; reply < TEST_COUNT(replies); reply++) {
            for (uint32_t size = 0; size <= 300; size++) {
                served_answer answer;
                answer_open(&answer, (lm_framing_kind)kind, replies[reply], size, size);
                assert_int_equal(lm_expectation_size(&answer.expectation, &answer.payload), answer.wire.size);
                assert_slices_equal(&answer, &random, 1 + size % 40);
                answer_close(&answer);
            }
        }
    }
}

static void every_slice_of_an_answer_is_equal_at_its_own_place(void **state) {
    (void)state;
    for (int kind = 0; lm_framing_name((lm_framing_kind)kind) != NULL; kind++) {
        served_answer answer;
        answer_open(&answer, (lm_framing_kind)kind, "ab{message}{message}c{message}{{", 19, 1);
        for (size_t begin = 0; begin <= answer.wire.size; begin++) {
            for (size_t end = begin; end <= answer.wire.size; end++)
                assert_int_equal(compare(&answer, begin, end - begin), end - begin);
        }
        answer_close(&answer);
    }
}

/* Changes the byte at PLACE and looks for it from BEGIN on; puts it back. */
static void assert_found(const served_answer *answer, size_t place, size_t begin, unsigned changed_bits) {
    assert_true(begin <= place);
    answer->wire.bytes[place] = (uint8_t)(answer->wire.bytes[place] ^ changed_bits);
    assert_int_equal(compare(answer, begin, answer->wire.size - begin), place - begin);
    assert_int_equal(compare(answer, begin, place - begin), place - begin);
    assert_int_equal(compare(answer, place, 1), 0);
    answer->wire.bytes[place] = (uint8_t)(answer->wire.bytes[place] ^ changed_bits);
}

static void a_single_wrong_bit_is_found_at_its_place(void **state) {
    (void)state;
    for (int kind = 0; lm_framing_name((lm_framing_kind)kind) != NULL; kind++) {
        for (size_t reply = 0; reply < TEST_COUNT(replies); reply++) {
            served_answer answer;
            answer_open(&answer, (lm_framing_kind)kind, replies[reply], 75, 2);
            for (size_t place = 0; place < answer.wire.size; place++) {
                for (unsigned bit = 0; bit < 8; bit++)
                    assert_found(&answer, place, place / 3 * bit % (place + 1), 1u << bit);
            }
            assert_int_equal(compare(&answer, 0, answer.wire.size), answer.wire.size);
            answer_close(&answer);
        }
    }
}

static void of_several_wrong_bytes_the_first_is_found(void **state) {
    (void)state;
    served_answer answer;
    answer_open(&answer, LM_FRAMING_LENGTH, "x{message}y{message}z", 2000, 3);
    assert_int_equal(answer.wire.size, 4007);
    static const size_t places[] = {4006, 2020, 2006, 2005, 1999, 513, 4, 0};
    for (size_t i = 0; i < TEST_COUNT(places); i++) { /* each before those that are wrong already */
        answer.wire.bytes[places[i]] ^= 0x20;
        assert_int_equal(compare(&answer, 0, answer.wire.size), places[i]);
    }
    answer_close(&answer);
}

static void an_answer_of_a_mebibyte_is_compared_in_pieces_of_any_size(void **state) {
    (void)state;
    uint64_t random = 4;
    static const size_t slices[] = {1, 100, 4096, 65536, 3u << 20};
    for (int kind = 0; lm_framing_name((lm_framing_kind)kind) != NULL; kind++) {
        served_answer answer;
        answer_open(&answer, (lm_framing_kind)kind, "<{message}|{message}>", 1u << 20, 4);
        assert_int_equal(lm_expectation_size(&answer.expectation, &answer.payload), answer.wire.size);
        for (size_t i = kind == LM_FRAMING_LENGTH ? 0 : 1; i < TEST_COUNT(slices); i++)
            assert_slices_equal(&answer, &random, slices[i]);
        for (size_t i = 0; i < 20; i++) {
            size_t place = (size_t)test_random_below(&random, answer.wire.size);
            assert_found(&answer, place, (size_t)test_random_below(&random, place + 1), 1);
        }
        answer_close(&answer);
    }
}

static void the_answer_to_another_message_is_not_taken_for_this_one(void **state) {
    (void)state;
    served_answer one, other;
    answer_open(&one, LM_FRAMING_AUTO, "loop_msg:{message}!", 64, 10);
    answer_open(&other, LM_FRAMING_AUTO, "loop_msg:{message}!", 64, 11);
    size_t equal = lm_expectation_compare(&one.expectation, &other.payload, 0, one.wire.bytes, one.wire.size);
    assert_true(equal >= 9 && equal < 9 + 64);
    assert_int_equal(lm_expectation_byte(&one.expectation, &other.payload, equal), other.wire.bytes[equal]);
    answer_close(&one);
    answer_close(&other);
}

static void a_template_with_thousands_of_places_is_compared_byte_by_byte(void **state) {
    (void)state;
    enum { PLACES = 5000 };
    lm_buffer reply = {0};
    for (size_t i = 0; i < PLACES; i++)
        lm_buffer_append_text(&reply, i % 3 == 0 ? "{message}," : "{message}");
    const char *template_ = lm_buffer_text(&reply);
    assert_false(reply.failed);
    for (uint32_t size = 0; size < 10; size += 3) {
        served_answer answer;
        answer_open(&answer, LM_FRAMING_LENGTH, template_, size, 5);
        assert_int_equal(lm_expectation_size(&answer.expectation, &answer.payload), 4 + PLACES / 3 + 1 + (size_t)PLACES * size);
        assert_int_equal(compare(&answer, 0, answer.wire.size), answer.wire.size);
        for (size_t i = 0; i < answer.wire.size; i++)
            assert_int_equal(compare(&answer, i, 1), 1);
        answer_close(&answer);
    }
    lm_buffer_free(&reply);
}

static void the_text_of_the_template_is_not_needed_once_it_is_open(void **state) {
    (void)state;
    char reply[] = "a{message}b";
    const lm_payload_settings settings = {.seed = 1, .size_min = 0, .size_max = 0};
    lm_payload payload = lm_payload_of(&settings, 0, 0);
    lm_expectation expectation;
    assert_true(lm_expectation_open(&expectation, LM_FRAMING_RAW, reply));
    reply[0] = 'x';
    reply[1] = '\0';
    assert_int_equal(lm_expectation_compare(&expectation, &payload, 0, (const uint8_t *)"ab", 2), 2);
    lm_expectation_close(&expectation);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_of_every_framing_and_template_is_known_to_the_byte),
        cmocka_unit_test(answers_to_messages_of_every_size_are_compared_in_any_slices),
        cmocka_unit_test(every_slice_of_an_answer_is_equal_at_its_own_place),
        cmocka_unit_test(a_single_wrong_bit_is_found_at_its_place),
        cmocka_unit_test(of_several_wrong_bytes_the_first_is_found),
        cmocka_unit_test(an_answer_of_a_mebibyte_is_compared_in_pieces_of_any_size),
        cmocka_unit_test(the_answer_to_another_message_is_not_taken_for_this_one),
        cmocka_unit_test(a_template_with_thousands_of_places_is_compared_byte_by_byte),
        cmocka_unit_test(the_text_of_the_template_is_not_needed_once_it_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
