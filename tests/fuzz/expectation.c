/* Expected answers: compared piece by piece without being stored, they are what template and framing make of the message as a
 * whole, and one wrong byte is found where it is. */
#include "fuzz/fuzz.h"

#include "loopmsg/expectation.h"
#include "loopmsg/template.h"
#include "support/random.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_LIMIT 2000
#define TRIALS 8

static void answer_make(const lm_payload *payload, lm_framing_kind framing, const lm_template *reply, lm_buffer *answer) {
    uint8_t *message = malloc((size_t)payload->size + 1);
    fuzz_require(message != NULL);
    lm_payload_copy(payload, 0, message, payload->size);
    bool is_line = framing == LM_FRAMING_AUTO || framing == LM_FRAMING_LINE;
    size_t begin = lm_framing_append_begin(framing, answer);
    lm_template_append(reply, answer, message, payload->size);
    lm_framing_append_end(framing, answer, begin, is_line ? LM_ENDING_LF : LM_ENDING_NONE);
    fuzz_require(!answer->failed);
    free(message);
}

/* Any part compares as right, and stops where a byte of it is wrong. */
static void part_check(const lm_expectation *expectation, const lm_payload *payload, const lm_buffer *answer, uint64_t *state) {
    size_t offset = (size_t)test_random_below(state, (uint64_t)answer->size + 1);
    size_t size = (size_t)test_random_below(state, (uint64_t)(answer->size - offset) + 1);
    uint8_t *part = fuzz_copy(size > 0 ? answer->bytes + offset : NULL, size);
    fuzz_require(lm_expectation_compare(expectation, payload, offset, part, size) == size);
    if (size > 0) {
        size_t wrong = (size_t)test_random_below(state, size);
        fuzz_require(lm_expectation_byte(expectation, payload, offset + wrong) == part[wrong]);
        part[wrong] ^= (uint8_t)(1u << test_random_below(state, 8));
        fuzz_require(lm_expectation_compare(expectation, payload, offset, part, size) == wrong);
    }
    free(part);
}

/* Bytes of a message are the same wherever copying begins. */
static void payload_check(const lm_payload *payload, uint64_t *state) {
    uint8_t *whole = malloc((size_t)payload->size + 1), *part = malloc((size_t)payload->size + 1);
    fuzz_require(whole != NULL && part != NULL);
    lm_payload_copy(payload, 0, whole, payload->size);
    size_t offset = (size_t)test_random_below(state, (uint64_t)payload->size + 1);
    size_t size = (size_t)test_random_below(state, payload->size - offset + 1);
    lm_payload_copy(payload, offset, part, size);
    fuzz_require(memcmp(whole + offset, part, size) == 0);
    for (size_t i = 0; i < payload->size && payload->is_text; i++)
        fuzz_require(whole[i] >= '0' && whole[i] <= 'o');
    fuzz_require(payload->is_text || payload->size == 0 || whole[0] >= 0x80);
    free(whole);
    free(part);
}

static void expectation_check(lm_framing_kind framing, const char *text, const lm_payload_settings *settings, uint64_t message) {
    lm_template reply;
    lm_expectation expectation;
    lm_buffer answer = {0};
    size_t wrong;
    if (!lm_template_parse(&reply, text, &wrong))
        return;
    lm_payload payload = lm_payload_of(settings, message >> 8, message);
    fuzz_require(payload.size >= settings->size_min && payload.size <= settings->size_max);
    answer_make(&payload, framing, &reply, &answer);
    fuzz_require(lm_expectation_open(&expectation, framing, text));
    fuzz_require(lm_expectation_size(&expectation, &payload) == answer.size);
    fuzz_require(lm_expectation_compare(&expectation, &payload, 0, answer.bytes, answer.size) == answer.size);
    uint64_t state = message;
    for (size_t i = 0; i < TRIALS; i++) {
        part_check(&expectation, &payload, &answer, &state);
        payload_check(&payload, &state);
    }
    lm_expectation_close(&expectation);
    lm_buffer_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    uint8_t flags = fuzz_take_byte(&input);
    lm_framing_kind framing = (lm_framing_kind)(flags / 2 % LM_FRAMING_COUNT);
    lm_payload_settings settings = {.is_text = flags % 2 == 0};
    settings.size_min = (uint32_t)fuzz_take_number(&input, 2) % SIZE_LIMIT;
    settings.size_max = settings.size_min + fuzz_take_byte(&input);
    settings.seed = fuzz_take_byte(&input);
    uint64_t message = fuzz_take_number(&input, 2);
    char *text = fuzz_take_text(&input);
    expectation_check(framing, text, &settings, message);
    free(text);
    return 0;
}
