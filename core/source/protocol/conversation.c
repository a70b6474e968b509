#include "loopmsg/conversation.h"

#include <string.h>

void lm_conversation_open(lm_conversation *conversation, const lm_conversation_settings *settings) {
    conversation->settings = settings;
    lm_framing_open(&conversation->framing, settings->framing, settings->max_message);
}

void lm_conversation_close(lm_conversation *conversation) {
    lm_framing_close(&conversation->framing);
}

void lm_conversation_greet(const lm_conversation *conversation, lm_buffer *output) {
    const lm_conversation_settings *settings = conversation->settings;
    const char *greeting = settings->greeting;
    const lm_framing_traits *traits = conversation->framing.traits;
    if (greeting != NULL && greeting[0] != '\0' && traits->has_messages)
        lm_framing_append(settings->framing, output, greeting, strlen(greeting), traits->ending);
}

static bool is_farewell(const lm_conversation *conversation, const lm_message *message) {
    const char *farewell = conversation->settings->farewell;
    if (!conversation->framing.traits->has_messages || farewell == NULL || farewell[0] == '\0')
        return false;
    return strlen(farewell) == message->size && memcmp(farewell, message->bytes, message->size) == 0;
}

static lm_conversation_result conversation_result(const lm_conversation *conversation, lm_framing_result result,
                                                  const lm_message *message) {
    static const lm_conversation_result results[] = {
        [LM_FRAMING_MORE] = LM_CONVERSATION_MORE,
        [LM_FRAMING_TOO_LONG] = LM_CONVERSATION_TOO_LONG,
        [LM_FRAMING_TRUNCATED] = LM_CONVERSATION_TRUNCATED,
        [LM_FRAMING_NO_MEMORY] = LM_CONVERSATION_NO_MEMORY,
    };
    if (result != LM_FRAMING_MESSAGE)
        return results[result];
    return is_farewell(conversation, message) ? LM_CONVERSATION_FAREWELL : LM_CONVERSATION_MESSAGE;
}

lm_conversation_result lm_conversation_next(lm_conversation *conversation, const uint8_t **bytes, size_t *size,
                                            lm_message *message) {
    lm_framing_result result = lm_framing_next(&conversation->framing, bytes, size, message);
    return conversation_result(conversation, result, message);
}

lm_conversation_result lm_conversation_end(lm_conversation *conversation, lm_message *message) {
    lm_framing_result result = lm_framing_end(&conversation->framing, message);
    return conversation_result(conversation, result, message);
}

size_t lm_conversation_answer_begin(const lm_conversation *conversation, lm_buffer *output) {
    return lm_framing_append_begin(conversation->settings->framing, output);
}

void lm_conversation_answer_end(const lm_conversation *conversation, lm_buffer *output, size_t begin, const lm_message *message) {
    lm_framing_append_end(conversation->settings->framing, output, begin, message->ending);
}
