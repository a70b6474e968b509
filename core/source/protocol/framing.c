#include "loopmsg/framing.h"

#include <assert.h>
#include <string.h>

#define HEADER_SIZE 4 /* of length: the count */

static const char *const names[] = {"auto", "chunk", "line", "length", "raw"};
#define KIND_COUNT (sizeof names / sizeof names[0])

void lm_framing_open(lm_framing *framing, lm_framing_kind kind, uint32_t max_message) {
    assert((size_t)kind < KIND_COUNT);
    assert(max_message <= LM_MESSAGE_SIZE_MAX);
    *framing = (lm_framing){.kind = kind};
    framing->max_chunk = max_message != 0 ? max_message : LM_CHUNK_SIZE;
    framing->max_message = max_message != 0 ? max_message : LM_MESSAGE_SIZE;
}

void lm_framing_close(lm_framing *framing) {
    lm_buffer_free(&framing->partial);
}

static void advance(const uint8_t **bytes, size_t *size, size_t count) {
    assert(count <= *size);
    *bytes += count;
    *size -= count;
}

/* Keeps the first COUNT bytes for later calls; false without memory. */
static bool partial_keep(lm_framing *framing, const uint8_t **bytes, size_t *size, size_t count) {
    lm_buffer_append(&framing->partial, *bytes, count);
    advance(bytes, size, count);
    return !framing->partial.failed;
}

/* Finds one message in what stands at the front: the COUNT bytes that complete it, TRAILING of all its bytes being its line ending. */
static lm_framing_result message_complete(lm_framing *framing, const uint8_t **bytes, size_t *size, size_t count, size_t trailing,
                                          lm_message *message) {
    if (framing->partial.size == 0) { /* it lies here as a whole: nothing is copied */
        message->bytes = *bytes;
        message->size = count - trailing;
        advance(bytes, size, count);
        return LM_FRAMING_MESSAGE;
    }
    if (!partial_keep(framing, bytes, size, count))
        return LM_FRAMING_NO_MEMORY;
    framing->is_returned = true;
    message->bytes = framing->partial.bytes;
    message->size = framing->partial.size - trailing;
    return LM_FRAMING_MESSAGE;
}

static lm_framing_result chunk_next(const uint8_t **bytes, size_t *size, size_t max_size, lm_message *message) {
    *message = (lm_message){.bytes = *bytes, .size = *size < max_size ? *size : max_size, .ending = LM_ENDING_NONE};
    advance(bytes, size, message->size);
    return LM_FRAMING_MESSAGE;
}

static lm_framing_result line_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    const lm_buffer *partial = &framing->partial;
    const uint8_t *feed = memchr(*bytes, '\n', *size);
    size_t part_size = feed != NULL ? (size_t)(feed - *bytes) : *size;
    size_t line_size = partial->size + part_size;

    /* A CR at the end is not counted: it belongs to the line ending, or may do so when the LF is still to come. */
    bool has_return = false;
    if (part_size > 0)
        has_return = (*bytes)[part_size - 1] == '\r';
    else if (partial->size > 0)
        has_return = partial->bytes[partial->size - 1] == '\r';
    if (line_size - (has_return ? 1 : 0) > framing->max_message)
        return LM_FRAMING_TOO_LONG;

    if (feed == NULL)
        return partial_keep(framing, bytes, size, part_size) ? LM_FRAMING_MORE : LM_FRAMING_NO_MEMORY;
    message->ending = has_return ? LM_ENDING_CRLF : LM_ENDING_LF;
    return message_complete(framing, bytes, size, part_size + 1, has_return ? 2 : 1, message);
}

static lm_framing_result auto_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    if (!framing->is_line && framing->chunk_rest == 0) { /* a new receive */
        framing->is_line = memchr(*bytes, '\n', *size) != NULL;
        framing->chunk_rest = framing->is_line ? 0 : *size;
    }
    if (framing->is_line)
        return line_next(framing, bytes, size, message);
    assert(*size == framing->chunk_rest); /* what one receive delivered is given to its end before the next */
    lm_framing_result result = chunk_next(bytes, size, framing->max_chunk, message);
    framing->chunk_rest = *size;
    return result;
}

static lm_framing_result length_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    while (*size > 0 && framing->header_size < HEADER_SIZE) {
        framing->header[framing->header_size++] = **bytes;
        advance(bytes, size, 1);
    }
    if (framing->header_size < HEADER_SIZE)
        return LM_FRAMING_MORE;
    const uint8_t *header = framing->header;
    uint32_t count = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
    if (count > framing->max_message)
        return LM_FRAMING_TOO_LONG;

    assert(framing->partial.size <= count);
    size_t missing = count - framing->partial.size;
    /* Memory follows what has arrived, not what the count promises: else four bytes would buy a peer max_message of ours. */
    if (missing > *size)
        return partial_keep(framing, bytes, size, *size) ? LM_FRAMING_MORE : LM_FRAMING_NO_MEMORY;
    framing->header_size = 0;
    message->ending = LM_ENDING_NONE;
    return message_complete(framing, bytes, size, missing, 0, message);
}

/* Frees the message that the last call returned, if it lay in the framing. */
static void returned_free(lm_framing *framing) {
    if (!framing->is_returned)
        return;
    lm_buffer_free(&framing->partial);
    framing->is_returned = false;
}

lm_framing_result lm_framing_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    assert(!framing->partial.failed);
    assert(*bytes != NULL || *size == 0);
    returned_free(framing);
    if (*size == 0)
        return LM_FRAMING_MORE;
    switch (framing->kind) {
    case LM_FRAMING_AUTO:
        return auto_next(framing, bytes, size, message);
    case LM_FRAMING_CHUNK:
        return chunk_next(bytes, size, framing->max_chunk, message);
    case LM_FRAMING_LINE:
        return line_next(framing, bytes, size, message);
    case LM_FRAMING_LENGTH:
        return length_next(framing, bytes, size, message);
    case LM_FRAMING_RAW:
        break;
    }
    return chunk_next(bytes, size, *size, message);
}

lm_framing_result lm_framing_end(lm_framing *framing, lm_message *message) {
    assert(!framing->partial.failed);
    assert(framing->chunk_rest == 0);
    returned_free(framing);
    if (framing->header_size > 0)
        return LM_FRAMING_TRUNCATED;
    if (framing->partial.size == 0)
        return LM_FRAMING_MORE;
    if (framing->partial.size > framing->max_message) /* the CR that could have begun a line ending is one byte more after all */
        return LM_FRAMING_TOO_LONG;
    *message = (lm_message){.bytes = framing->partial.bytes, .size = framing->partial.size, .ending = LM_ENDING_NONE};
    framing->is_returned = true;
    return LM_FRAMING_MESSAGE;
}

size_t lm_framing_append_begin(lm_framing_kind kind, lm_buffer *output) {
    static const uint8_t unknown[HEADER_SIZE] = {0};
    size_t begin = output->size;
    if (kind == LM_FRAMING_LENGTH)
        lm_buffer_append(output, unknown, sizeof unknown);
    return begin;
}

void lm_framing_append_end(lm_framing_kind kind, lm_buffer *output, size_t begin, lm_ending ending) {
    if (output->failed)
        return; /* the count may never have been appended */
    assert(begin <= output->size);
    if (kind == LM_FRAMING_LENGTH) {
        assert(output->size - begin >= HEADER_SIZE);
        size_t count = output->size - begin - HEADER_SIZE;
        uint32_t header = (uint32_t)count;
        assert(header == count); /* not compared with UINT32_MAX, for a size_t of 32 bits can be no other */
        for (size_t i = 0; i < HEADER_SIZE; i++)
            output->bytes[begin + i] = (uint8_t)(header >> (8 * (HEADER_SIZE - 1 - i)));
    } else if (kind != LM_FRAMING_RAW && ending != LM_ENDING_NONE) {
        lm_buffer_append_text(output, ending == LM_ENDING_CRLF ? "\r\n" : "\n");
    }
}

void lm_framing_append(lm_framing_kind kind, lm_buffer *output, const void *bytes, size_t size, lm_ending ending) {
    size_t begin = lm_framing_append_begin(kind, output);
    lm_buffer_append(output, bytes, size);
    lm_framing_append_end(kind, output, begin, ending);
}

const char *lm_framing_name(lm_framing_kind kind) {
    return (size_t)kind < KIND_COUNT ? names[kind] : NULL;
}
