/* The answering side of a conversation: message in, answer out. A state machine without I/O or clock. One thread at a time.
 * lm_server runs one per connection. */
#ifndef LOOPMSG_CONVERSATION_H
#define LOOPMSG_CONVERSATION_H

#include "loopmsg/buffer.h"
#include "loopmsg/framing.h"
#include "pal/public.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_GREETING "hello,im server"
#define LM_REPLY "loop_msg:{message}!"
#define LM_FAREWELL "exit"

/* What conversations of one server share. Texts are UTF-8, terminated, and must outlive the conversations. */
typedef struct lm_conversation_settings {
    lm_framing_kind framing;
    uint32_t max_message; /* bytes, at most LM_MESSAGE_SIZE_MAX; 0 for the framing's default */
    const char *greeting; /* sent first; NULL or "" for none; never sent under raw */
    const char *farewell; /* the message that ends the conversation without an answer; NULL or "" for none; raw has none */
} lm_conversation_settings;

typedef struct lm_conversation {
    const lm_conversation_settings *settings;
    lm_framing framing;
} lm_conversation;

typedef enum lm_conversation_result {
    LM_CONVERSATION_MESSAGE,  /* a message to answer */
    LM_CONVERSATION_MORE,     /* every byte is used; more are needed */
    LM_CONVERSATION_FAREWELL, /* the peer sent the farewell */
    LM_CONVERSATION_TOO_LONG, /* after this, TRUNCATED or NO_MEMORY, the conversation cannot continue */
    LM_CONVERSATION_TRUNCATED,
    LM_CONVERSATION_NO_MEMORY
} lm_conversation_result;

/* Opens a conversation. SETTINGS must outlive it. */
void lm_conversation_open(lm_conversation *conversation, const lm_conversation_settings *settings);

/* Frees what it holds of a message. */
void lm_conversation_close(lm_conversation *conversation);

/* Appends the greeting, framed, if there is one. */
void lm_conversation_greet(const lm_conversation *conversation, lm_buffer *output);

/* Finds the next message in received bytes, like lm_framing_next. Call again with the rest until MORE. */
lm_conversation_result lm_conversation_next(lm_conversation *conversation, const uint8_t **bytes, size_t *size,
                                            lm_message *message);

/* To call when the peer has ended its half. Finds a last message or farewell; MORE for a clean end; otherwise like
 * lm_framing_end. */
lm_conversation_result lm_conversation_end(lm_conversation *conversation, lm_message *message);

/* Frame an answer: call begin, append the answer's bytes to OUTPUT, then call end with the value that begin returned. The answer
 * ends like MESSAGE. */
size_t lm_conversation_answer_begin(const lm_conversation *conversation, lm_buffer *output);
void lm_conversation_answer_end(const lm_conversation *conversation, lm_buffer *output, size_t begin, const lm_message *message);

PAL_PUBLIC_END

#endif
