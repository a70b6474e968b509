/* A conversation: what goes out is the greeting and one answer for each message before the farewell, framed so that a client finds
 * the same texts again, however the client's bytes were split. */
#include "fuzz/fuzz.h"

#include "loopmsg/conversation.h"

#include <stdlib.h>
#include <string.h>

typedef struct trial {
    lm_conversation_settings settings;
    const uint8_t *bytes;
    size_t size;
    uint64_t seed;
    size_t receive_max;
} trial;

typedef struct spoken {
    lm_buffer output;
    lm_conversation_result end;
} spoken;

/* --- the conversation under test ---------------------------------------------------------------------------------------------- */

static void answer(const lm_conversation *conversation, const lm_message *message, lm_buffer *output) {
    size_t begin = lm_conversation_answer_begin(conversation, output);
    lm_buffer_append_text(output, "re:");
    lm_buffer_append(output, message->bytes, message->size);
    lm_conversation_answer_end(conversation, output, begin, message);
}

static void converse(const trial *self, spoken *result) {
    lm_conversation conversation;
    lm_message message;
    uint64_t state = self->seed;
    lm_conversation_open(&conversation, &self->settings);
    lm_conversation_greet(&conversation, &result->output);
    result->end = LM_CONVERSATION_MORE;
    for (size_t at = 0; at < self->size && result->end == LM_CONVERSATION_MORE;) {
        size_t size = fuzz_receive_size(&state, self->receive_max, self->size - at);
        uint8_t *block = fuzz_copy(self->bytes + at, size);
        const uint8_t *rest = block;
        size_t rest_size = size;
        while ((result->end = lm_conversation_next(&conversation, &rest, &rest_size, &message)) == LM_CONVERSATION_MESSAGE)
            answer(&conversation, &message, &result->output);
        free(block);
        at += size;
    }
    while (result->end == LM_CONVERSATION_MORE) {
        result->end = lm_conversation_end(&conversation, &message);
        if (result->end != LM_CONVERSATION_MESSAGE)
            break;
        answer(&conversation, &message, &result->output);
        result->end = LM_CONVERSATION_MORE;
    }
    lm_conversation_close(&conversation);
}

/* --- what it must say: the messages are those of the framing, which has a target of its own ----------------------------------- */

static bool has_text(const trial *self, const char *text) {
    return self->settings.framing != LM_FRAMING_RAW && text != NULL && text[0] != '\0';
}

static void say(const trial *self, lm_buffer *output, const char *prefix, const uint8_t *bytes, size_t size, lm_ending ending) {
    static const char *const endings[] = {[LM_ENDING_NONE] = "", [LM_ENDING_LF] = "\n", [LM_ENDING_CRLF] = "\r\n"};
    size_t whole = strlen(prefix) + size;
    if (self->settings.framing == LM_FRAMING_LENGTH) {
        uint8_t count[4] = {0, (uint8_t)(whole >> 16), (uint8_t)(whole >> 8), (uint8_t)whole};
        lm_buffer_append(output, count, sizeof count);
    }
    lm_buffer_append_text(output, prefix);
    lm_buffer_append(output, bytes, size);
    if (self->settings.framing == LM_FRAMING_AUTO || self->settings.framing == LM_FRAMING_LINE)
        lm_buffer_append_text(output, endings[ending]);
}

/* One message; true when it is the farewell. */
static bool message_expect(const trial *self, const lm_message *message, spoken *result) {
    const char *farewell = self->settings.farewell;
    if (has_text(self, farewell) && strlen(farewell) == message->size && memcmp(farewell, message->bytes, message->size) == 0) {
        result->end = LM_CONVERSATION_FAREWELL;
        return true;
    }
    say(self, &result->output, "re:", message->bytes, message->size, message->ending);
    return false;
}

static lm_conversation_result end_of(lm_framing_result result) {
    return result == LM_FRAMING_TOO_LONG    ? LM_CONVERSATION_TOO_LONG
           : result == LM_FRAMING_TRUNCATED ? LM_CONVERSATION_TRUNCATED
                                            : LM_CONVERSATION_MORE;
}

static void expect(const trial *self, spoken *result) {
    lm_framing framing;
    lm_message message;
    lm_framing_result found = LM_FRAMING_MORE;
    uint64_t state = self->seed;
    bool is_over = false;
    const char *greeting = self->settings.greeting;
    if (has_text(self, greeting))
        say(self, &result->output, greeting, NULL, 0, self->settings.framing == LM_FRAMING_LINE ? LM_ENDING_LF : LM_ENDING_NONE);
    lm_framing_open(&framing, self->settings.framing, self->settings.max_message);
    for (size_t at = 0; at < self->size && !is_over && found == LM_FRAMING_MORE;) {
        const uint8_t *rest = self->bytes + at;
        size_t rest_size = fuzz_receive_size(&state, self->receive_max, self->size - at);
        at += rest_size;
        while (!is_over && (found = lm_framing_next(&framing, &rest, &rest_size, &message)) == LM_FRAMING_MESSAGE)
            is_over = message_expect(self, &message, result);
    }
    if (!is_over && found == LM_FRAMING_MORE && (found = lm_framing_end(&framing, &message)) == LM_FRAMING_MESSAGE)
        is_over = message_expect(self, &message, result);
    if (!is_over)
        result->end = end_of(found);
    lm_framing_close(&framing);
}

/* --- and what a client hears -------------------------------------------------------------------------------------------------- */

static void hear(const trial *self, const lm_buffer *output) {
    lm_framing framing;
    lm_message message;
    const uint8_t *rest = output->bytes;
    size_t rest_size = output->size;
    const char *greeting = self->settings.greeting;
    bool is_greeting = has_text(self, greeting);
    lm_framing_open(&framing, self->settings.framing, 0);
    for (;;) {
        lm_framing_result found = lm_framing_next(&framing, &rest, &rest_size, &message);
        if (found == LM_FRAMING_MORE)
            found = lm_framing_end(&framing, &message);
        if (found == LM_FRAMING_MORE)
            break;
        const char *begin = is_greeting ? greeting : "re:";
        fuzz_require(found == LM_FRAMING_MESSAGE);
        fuzz_require(message.size >= strlen(begin) && memcmp(message.bytes, begin, strlen(begin)) == 0);
        fuzz_require(!is_greeting || message.size == strlen(begin));
        is_greeting = false;
    }
    fuzz_require(!is_greeting);
    lm_framing_close(&framing);
}

static void trial_check(const trial *self) {
    spoken expected = {.end = LM_CONVERSATION_MORE}, result = {.end = LM_CONVERSATION_MORE};
    expect(self, &expected);
    converse(self, &result);
    fuzz_require(result.end == expected.end);
    fuzz_require(fuzz_is_equal(&result.output, &expected.output));
    if (self->settings.framing == LM_FRAMING_LINE || self->settings.framing == LM_FRAMING_LENGTH)
        hear(self, &result.output);
    lm_buffer_free(&expected.output);
    lm_buffer_free(&result.output);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const greetings[] = {LM_GREETING, "", NULL, "hi"};
    static const char *const farewells[] = {LM_FAREWELL, "", NULL, "q"};
    fuzz_input input = {bytes, size};
    trial self = {.seed = 0};
    uint8_t texts = fuzz_take_byte(&input);
    self.settings.framing = (lm_framing_kind)(fuzz_take_byte(&input) % LM_FRAMING_COUNT);
    self.settings.max_message = fuzz_take_byte(&input);
    self.settings.greeting = greetings[texts % 4];
    self.settings.farewell = farewells[texts / 4 % 4];
    self.seed = fuzz_take_byte(&input);
    self.bytes = input.bytes;
    self.size = input.size;
    const size_t receives[] = {self.size + 1, 1, 9};
    for (size_t i = 0; i < sizeof receives / sizeof receives[0]; i++) {
        self.receive_max = receives[i];
        trial_check(&self);
    }
    return 0;
}
