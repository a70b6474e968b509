/* The answering side of a conversation: message in, answer out. A state machine without input, output, clock or thread; the same code
 * answers in `loopmsg serve` and in a caller's own program. */
#ifndef LOOPMSG_CONVERSATION_H
#define LOOPMSG_CONVERSATION_H

#include "loopmsg/buffer.h"
#include "loopmsg/framing.h"
#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_GREETING "hello,im server"
#define LM_REPLY "loop_msg:{message}!"
#define LM_FAREWELL "exit"

/* What conversations of one server share. Texts are UTF-8, terminated, and outlive the conversations. */
typedef struct lm_conversation_settings {
    lm_framing_kind framing;
    uint32_t max_message; /* bytes; 0 for the framing's default */
    const char *greeting; /* sent first; NULL or "" for none; never sent under raw */
    const char *farewell; /* the message that ends the conversation without an answer; NULL or "" for none; raw has none */
} lm_conversation_settings;

typedef struct lm_conversation {
    const lm_conversation_settings *settings;
    lm_framing framing;
} lm_conversation;

typedef enum lm_conversation_result {
    LM_CONVERSATION_MESSAGE,  /* a message that wants an answer */
    LM_CONVERSATION_MORE,     /* every byte is used up */
    LM_CONVERSATION_FAREWELL, /* the peer took its leave */
    LM_CONVERSATION_TOO_LONG, /* this and the rest: the conversation cannot go on */
    LM_CONVERSATION_TRUNCATED,
    LM_CONVERSATION_NO_MEMORY
} lm_conversation_result;

/* SETTINGS must outlive the conversation. */
void lm_conversation_open(lm_conversation *conversation, const lm_conversation_settings *settings);
void lm_conversation_close(lm_conversation *conversation);

/* Appends the greeting, framed; nothing where there is none. */
void lm_conversation_greet(const lm_conversation *conversation, lm_buffer *output);

/* The next message from received bytes, as lm_framing_next: call again with the rest until MORE. */
lm_conversation_result lm_conversation_next(lm_conversation *conversation, const uint8_t **bytes, size_t *size,
                                            lm_message *message);

/* The peer has ended its half: a last message or farewell, MORE for a clean end, otherwise as lm_framing_end. */
lm_conversation_result lm_conversation_end(lm_conversation *conversation, lm_message *message);

/* Around the bytes of an answer that the caller appends to OUTPUT: frames them, and ends them as the message did. END takes what BEGIN
 * returned. */
size_t lm_conversation_answer_begin(const lm_conversation *conversation, lm_buffer *output);
void lm_conversation_answer_end(const lm_conversation *conversation, lm_buffer *output, size_t begin, const lm_message *message);

PAL_PUBLIC_END

#endif
