/* Framing: from the bytes of a stream to messages, and back. A state machine without input, output, clock or thread.
 *
 * TCP carries bytes, not messages: two sends may arrive as one receive, and one send as many (RFC 9293, 3.8). A framing is the
 * agreement by which both sides find the same boundaries again. */
#ifndef LOOPMSG_FRAMING_H
#define LOOPMSG_FRAMING_H

#include "loopmsg/buffer.h"
#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum lm_framing_kind {
    LM_FRAMING_AUTO,   /* chunk, until a receive brings a line ending; from that message on, line */
    LM_FRAMING_CHUNK,  /* what one receive delivered, cut every max_message bytes */
    LM_FRAMING_LINE,   /* up to LF or CRLF; what stands before the end of the stream is a last message */
    LM_FRAMING_LENGTH, /* a 4-byte big-endian count, then that many bytes */
    LM_FRAMING_RAW,    /* what one receive delivered, uncut */
    LM_FRAMING_COUNT   /* how many there are */
} lm_framing_kind;

#define LM_CHUNK_SIZE 1024              /* max_message of auto (while it is chunk) and chunk, unless set */
#define LM_MESSAGE_SIZE 65536           /* max_message of line, length and auto (once it is line), unless set */
#define LM_MESSAGE_SIZE_MAX (64u << 20) /* the largest max_message */
#define LM_COUNT_SIZE 4u                /* bytes of the count that goes before a message under length */

/* How a line ended; an answer ends as its message did. */
typedef enum lm_ending { LM_ENDING_NONE, LM_ENDING_LF, LM_ENDING_CRLF } lm_ending;

/* What a framing is: a row of one table. Whoever treats framings differently asks for a trait, not for the kind. */
typedef struct lm_framing_traits {
    const char *name;
    lm_framing_kind kind;
    bool has_messages;    /* greeting, reply and farewell; under raw bytes go back as they came */
    bool keeps_bounds;    /* a message arrives as it was sent, also an empty one, whatever the network cuts or joins */
    bool is_binary;       /* a message may hold any byte; otherwise some would end it */
    bool ends_at_lines;   /* LF or CRLF ends a message */
    bool turns_to_lines;  /* bare until a line ending comes, which may be that of the greeting before it */
    bool has_count;       /* LM_COUNT_SIZE bytes before a message: its size, the highest byte first */
    bool may_pipeline;    /* messages that arrive together are told apart, or need not be */
    lm_ending ending;     /* of what goes out before anything came: of the greeting and a client's messages */
    uint32_t chunk_size;  /* where a message is what one receive delivered: cut every so many bytes, unless set; otherwise 0 */
    uint32_t max_message; /* the longest message where it ends otherwise, unless set; otherwise 0 */
} lm_framing_traits;

typedef struct lm_message {
    const uint8_t *bytes; /* without count and line ending; not terminated */
    size_t size;
    lm_ending ending;
} lm_message;

typedef enum lm_framing_result {
    LM_FRAMING_MESSAGE,   /* a message was found */
    LM_FRAMING_MORE,      /* all bytes are used up; more are needed for the next message */
    LM_FRAMING_TOO_LONG,  /* a message exceeds max_message: the stream is of no more use */
    LM_FRAMING_TRUNCATED, /* the stream ended inside a length-framed message */
    LM_FRAMING_NO_MEMORY
} lm_framing_result;

/* The receiving side of one stream. Holds memory only while a message has arrived in part, or until the next call after it was
 * returned: at most max_message + 2 bytes, rounded up to a power of two. */
typedef struct lm_framing {
    const lm_framing_traits *traits;
    bool is_returned;    /* `partial` holds the message that the last call returned */
    uint8_t header_size; /* length: bytes of the count that have arrived */
    uint8_t header[LM_COUNT_SIZE];
    size_t chunk_rest; /* auto: bytes of this receive still to be given, known to hold no line ending */
    uint32_t max_chunk;
    uint32_t max_message;
    lm_buffer partial;
} lm_framing;

/* MAX_MESSAGE in bytes, 0 for the framing's default, at most LM_MESSAGE_SIZE_MAX; raw knows no limit. */
void lm_framing_open(lm_framing *framing, lm_framing_kind kind, uint32_t max_message);
void lm_framing_close(lm_framing *framing);

/* Takes bytes from the front of *BYTES (*SIZE of them), which it moves on, until it can tell something. The message lies in the
 * caller's bytes or in the framing and is valid until the next call or until the caller's bytes go.
 *
 * What one receive delivered must be given in one piece, the rest of it again and again until MORE, before the next: chunk, auto and
 * raw see messages in it. After TOO_LONG or NO_MEMORY, only lm_framing_close may follow. */
lm_framing_result lm_framing_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message);

/* The stream has ended, and every byte was taken: MESSAGE for an unended last line, TRUNCATED, or MORE when nothing is left over. TOO_LONG
 * for one that ends in a CR which would have been part of a line ending, but now is a byte over max_message. */
lm_framing_result lm_framing_end(lm_framing *framing, lm_message *message);

/* Appends a message as it goes over the wire: count or line ending included. ENDING is used where messages are lines or bare (auto,
 * chunk), and left out under length and raw. SIZE fits 32 bits. A message in parts: begin, append the bytes to OUTPUT, end with what
 * begin returned. */
void lm_framing_append(lm_framing_kind kind, lm_buffer *output, const void *bytes, size_t size, lm_ending ending);
size_t lm_framing_append_begin(lm_framing_kind kind, lm_buffer *output);
void lm_framing_append_end(lm_framing_kind kind, lm_buffer *output, size_t begin, lm_ending ending);

/* Writes the count that goes before a message of SIZE bytes where the framing has one. */
void lm_framing_count_write(uint8_t count[LM_COUNT_SIZE], uint32_t size);

/* NULL past the last, so that KIND 0, 1, 2 ... lists them. Static storage; any thread. */
const lm_framing_traits *lm_framing_traits_of(lm_framing_kind kind);

/* "auto", "chunk", "line", "length", "raw": NULL past the last. Static storage; any thread. */
const char *lm_framing_name(lm_framing_kind kind);

/* The framing of that name; false, and *KIND as it was, where there is none. Any thread. */
bool lm_framing_find(const char *name, lm_framing_kind *kind);

PAL_PUBLIC_END

#endif
