/* Framing: from the bytes of a stream to messages, and back. A state machine without I/O or clock. One thread at a time.
 *
 * TCP carries bytes, not messages: two sends may arrive as one receive, and one send as many (RFC 9293, 3.8). A framing is an
 * agreement by which both sides find the same boundaries. */
#ifndef LOOPMSG_FRAMING_H
#define LOOPMSG_FRAMING_H

#include "loopmsg/buffer.h"
#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum lm_framing_kind {
    LM_FRAMING_AUTO,   /* chunk until a line ending arrives; from that message on, line */
    LM_FRAMING_CHUNK,  /* the bytes of one receive, cut every max_message bytes */
    LM_FRAMING_LINE,   /* up to LF or CRLF; the end of the stream also ends a last message */
    LM_FRAMING_LENGTH, /* a 4-byte big-endian count, then that many bytes */
    LM_FRAMING_RAW,    /* the bytes of one receive, uncut */
    LM_FRAMING_COUNT   /* number of framings */
} lm_framing_kind;

#define LM_CHUNK_SIZE 1024              /* bytes: default max_message of chunk, and of auto while it is chunk */
#define LM_MESSAGE_SIZE 65536           /* bytes: default max_message of line and length, and of auto once it is line */
#define LM_MESSAGE_SIZE_MAX (64u << 20) /* the largest max_message */
#define LM_COUNT_SIZE 4u                /* bytes of the count before a message under length */

/* How a line ended. An answer ends like its message. */
typedef enum lm_ending { LM_ENDING_NONE, LM_ENDING_LF, LM_ENDING_CRLF } lm_ending;

/* The traits of a framing: one row of a table. Code that treats framings differently asks for a trait, not for the kind. */
typedef struct lm_framing_traits {
    const char *name;
    lm_framing_kind kind;
    bool has_messages;    /* there are greeting, reply and farewell; under raw, bytes are sent back as they arrived */
    bool keeps_bounds;    /* a message arrives as sent, even an empty one, however the network cuts or joins bytes */
    bool is_binary;       /* a message may hold any byte; otherwise some bytes end it */
    bool ends_at_lines;   /* LF or CRLF ends a message */
    bool turns_to_lines;  /* bare until a line ending arrives, possibly that of the greeting */
    bool has_count;       /* LM_COUNT_SIZE bytes before a message: its size, highest byte first */
    bool may_pipeline;    /* messages that arrive together can be separated, or need not be */
    lm_ending ending;     /* used before any message has arrived: by the greeting and a client's messages */
    uint32_t chunk_size;  /* default max_message where the bytes of one receive are a message; otherwise 0 */
    uint32_t max_message; /* default max_message where a message ends otherwise; 0 for none */
} lm_framing_traits;

typedef struct lm_message {
    const uint8_t *bytes; /* without count and line ending; not terminated */
    size_t size;
    lm_ending ending;
} lm_message;

typedef enum lm_framing_result {
    LM_FRAMING_MESSAGE,   /* a message was found */
    LM_FRAMING_MORE,      /* all bytes are used; the next message needs more */
    LM_FRAMING_TOO_LONG,  /* a message exceeds max_message: the stream cannot continue */
    LM_FRAMING_TRUNCATED, /* the stream ended inside a length-framed message */
    LM_FRAMING_NO_MEMORY
} lm_framing_result;

/* The receiving side of one stream. Holds memory only for a message that has arrived in part, until the call after the one that
 * returns it: at most max_message + 2 bytes, rounded up to a power of two. */
typedef struct lm_framing {
    const lm_framing_traits *traits;
    bool is_returned;    /* `partial` holds the message that the last call returned */
    uint8_t header_size; /* length: bytes of the count that have arrived */
    uint8_t header[LM_COUNT_SIZE];
    size_t chunk_rest; /* auto: bytes of this receive still to return; they hold no line ending */
    uint32_t max_chunk;
    uint32_t max_message;
    lm_buffer partial;
} lm_framing;

/* Opens a framing. MAX_MESSAGE is in bytes, at most LM_MESSAGE_SIZE_MAX; 0 for the framing's default. Raw has no limit. */
void lm_framing_open(lm_framing *framing, lm_framing_kind kind, uint32_t max_message);

/* Frees what it holds of a message. */
void lm_framing_close(lm_framing *framing);

/* Takes bytes from the front of the *SIZE bytes at *BYTES, until it has a result, and moves *BYTES and *SIZE on. MESSAGE lies in
 * the caller's bytes or in the framing; it is valid until the next call and while the caller's bytes are.
 *
 * Pass the bytes of one receive in one piece, and call again with the rest until MORE, before the next receive: chunk, auto and raw
 * find messages in it. After TOO_LONG or NO_MEMORY, only lm_framing_close may follow. */
lm_framing_result lm_framing_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message);

/* To call at the end of the stream, after MORE. Returns MESSAGE for a last line without an ending, TRUNCATED, or MORE when nothing
 * is left. TOO_LONG when the last byte is a CR and makes the message exceed max_message: without an LF, it is no line ending. */
lm_framing_result lm_framing_end(lm_framing *framing, lm_message *message);

/* Append a message as sent on the wire, with its count or line ending. ENDING is used where messages are lines or bare (auto,
 * chunk), and ignored under length and raw. SIZE must fit 32 bits. For a message in parts: call begin, append the bytes to OUTPUT,
 * then call end with the value that begin returned. */
void lm_framing_append(lm_framing_kind kind, lm_buffer *output, const void *bytes, size_t size, lm_ending ending);
size_t lm_framing_append_begin(lm_framing_kind kind, lm_buffer *output);
void lm_framing_append_end(lm_framing_kind kind, lm_buffer *output, size_t begin, lm_ending ending);

/* Writes the count that stands before a message of SIZE bytes where the framing has one. */
void lm_framing_count_write(uint8_t count[LM_COUNT_SIZE], uint32_t size);

/* Returns the traits of KIND; NULL past the last, so KIND 0, 1, 2 ... lists them. Static storage; any thread. */
const lm_framing_traits *lm_framing_traits_of(lm_framing_kind kind);

/* Returns "auto", "chunk", "line", "length" or "raw"; NULL past the last. Static storage; any thread. */
const char *lm_framing_name(lm_framing_kind kind);

/* Finds the framing called NAME. Returns false, and leaves *KIND alone, when there is none. Any thread. */
bool lm_framing_find(const char *name, lm_framing_kind *kind);

PAL_PUBLIC_END

#endif
