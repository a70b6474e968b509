#include "loopmsg/framing.h"

#include "pal/container.h"

#include <assert.h>
#include <string.h>

/* -- finding messages: lm_framing_next for at least one byte -- */

static void advance(const uint8_t **bytes, size_t *size, size_t count) {
    assert(count <= *size);
    *bytes += count;
    *size -= count;
}

/* Keeps the first COUNT bytes for later calls. Returns false without memory. */
static bool partial_keep(lm_framing *framing, const uint8_t **bytes, size_t *size, size_t count) {
    lm_buffer_append(&framing->partial, *bytes, count);
    advance(bytes, size, count);
    return !framing->partial.failed;
}

/* Takes one message: the next COUNT bytes complete it, and its last TRAILING bytes are its line ending. */
static lm_framing_result message_complete(lm_framing *framing, const uint8_t **bytes, size_t *size, size_t count, size_t trailing,
                                          lm_message *message) {
    if (framing->partial.size == 0) { /* the whole message lies here: no copy */
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

static lm_framing_result chunk_take(const uint8_t **bytes, size_t *size, size_t max_size, lm_message *message) {
    *message = (lm_message){.bytes = *bytes, .size = *size < max_size ? *size : max_size, .ending = LM_ENDING_NONE};
    advance(bytes, size, message->size);
    return LM_FRAMING_MESSAGE;
}

static lm_framing_result chunk_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    return chunk_take(bytes, size, framing->max_chunk, message);
}

static lm_framing_result raw_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    (void)framing;
    return chunk_take(bytes, size, *size, message);
}

static lm_framing_result line_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    const lm_buffer *partial = &framing->partial;
    const uint8_t *feed = memchr(*bytes, '\n', *size);
    size_t part_size = feed != NULL ? (size_t)(feed - *bytes) : *size;
    size_t line_size = partial->size + part_size;

    /* Do not count a CR at the end: it belongs to the line ending, or will if the next byte is LF. */
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

static lm_framing_result length_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    while (*size > 0 && framing->header_size < LM_COUNT_SIZE) {
        framing->header[framing->header_size++] = **bytes;
        advance(bytes, size, 1);
    }
    if (framing->header_size < LM_COUNT_SIZE)
        return LM_FRAMING_MORE;
    const uint8_t *header = framing->header;
    uint32_t count = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
    if (count > framing->max_message)
        return LM_FRAMING_TOO_LONG;

    assert(framing->partial.size <= count);
    size_t missing = count - framing->partial.size;
    /* Allocate for bytes that have arrived, not for the count: otherwise a peer gets max_message bytes of memory by sending
     * four. */
    if (missing > *size)
        return partial_keep(framing, bytes, size, *size) ? LM_FRAMING_MORE : LM_FRAMING_NO_MEMORY;
    framing->header_size = 0;
    message->ending = LM_ENDING_NONE;
    return message_complete(framing, bytes, size, missing, 0, message);
}

/* -- framing messages: what stands before and after one that is appended from BEGIN on -- */

/* Appends what stands before a message. Returns where that started. */
static size_t count_begin(lm_buffer *output) {
    static const uint8_t unknown[LM_COUNT_SIZE] = {0};
    size_t begin = output->size;
    lm_buffer_append(output, unknown, sizeof unknown);
    return begin;
}

static void ending_append(lm_buffer *output, size_t begin, lm_ending ending) {
    (void)begin;
    if (ending != LM_ENDING_NONE)
        lm_buffer_append(output, ending == LM_ENDING_CRLF ? "\r\n" : "\n", ending == LM_ENDING_CRLF ? 2 : 1);
}

static void count_insert(lm_buffer *output, size_t begin, lm_ending ending) {
    (void)ending;
    assert(output->size - begin >= LM_COUNT_SIZE);
    size_t size = output->size - begin - LM_COUNT_SIZE;
    assert((uint32_t)size == size); /* not a comparison with UINT32_MAX: it would always hold for a size_t of 32 bits */
    lm_framing_count_write(output->bytes + begin, (uint32_t)size);
}

/* -- the table -- */

typedef struct framing_row {
    lm_framing_traits traits;
    lm_framing_result (*next)(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message);
    size_t (*append_begin)(lm_buffer *output);
    void (*append_end)(lm_buffer *output, size_t begin, lm_ending ending); /* NULL for nothing */
} framing_row;

static const framing_row *row_of(const lm_framing *framing) {
    return PAL_CONTAINER_OF(framing->traits, const framing_row, traits);
}

#define AUTO_TRAITS                                                                                                                \
    {                                                                                                                              \
        .name = "auto", .kind = LM_FRAMING_AUTO, .has_messages = true, .ends_at_lines = true, .turns_to_lines = true,              \
        .may_pipeline = true, .chunk_size = LM_CHUNK_SIZE, .max_message = LM_MESSAGE_SIZE                                          \
    }

/* Auto after its first line ending. */
static const framing_row auto_line_row = {.traits = AUTO_TRAITS, .next = line_next, .append_end = ending_append};

static lm_framing_result auto_next(lm_framing *framing, const uint8_t **bytes, size_t *size, lm_message *message) {
    if (framing->chunk_rest == 0) { /* a new receive */
        if (memchr(*bytes, '\n', *size) != NULL) {
            framing->traits = &auto_line_row.traits;
            return line_next(framing, bytes, size, message);
        }
        framing->chunk_rest = *size;
    }
    assert(*size == framing->chunk_rest); /* the bytes of one receive are passed to the end before the next */
    lm_framing_result result = chunk_next(framing, bytes, size, message);
    framing->chunk_rest = *size;
    return result;
}

static const framing_row rows[LM_FRAMING_COUNT] = {
    [LM_FRAMING_AUTO] = {.traits = AUTO_TRAITS, .next = auto_next, .append_end = ending_append},
    [LM_FRAMING_CHUNK] = {.traits = {.name = "chunk",
                                     .kind = LM_FRAMING_CHUNK,
                                     .has_messages = true,
                                     .is_binary = true,
                                     .chunk_size = LM_CHUNK_SIZE},
                          .next = chunk_next,
                          .append_end = ending_append},
    [LM_FRAMING_LINE] = {.traits = {.name = "line",
                                    .kind = LM_FRAMING_LINE,
                                    .has_messages = true,
                                    .keeps_bounds = true,
                                    .ends_at_lines = true,
                                    .may_pipeline = true,
                                    .ending = LM_ENDING_LF,
                                    .max_message = LM_MESSAGE_SIZE},
                         .next = line_next,
                         .append_end = ending_append},
    [LM_FRAMING_LENGTH] = {.traits = {.name = "length",
                                      .kind = LM_FRAMING_LENGTH,
                                      .has_messages = true,
                                      .keeps_bounds = true,
                                      .is_binary = true,
                                      .has_count = true,
                                      .may_pipeline = true,
                                      .max_message = LM_MESSAGE_SIZE},
                           .next = length_next,
                           .append_begin = count_begin,
                           .append_end = count_insert},
    [LM_FRAMING_RAW] = {.traits = {.name = "raw", .kind = LM_FRAMING_RAW, .is_binary = true, .may_pipeline = true},
                        .next = raw_next},
};

const lm_framing_traits *lm_framing_traits_of(lm_framing_kind kind) {
    return (size_t)kind < LM_FRAMING_COUNT ? &rows[kind].traits : NULL;
}

const char *lm_framing_name(lm_framing_kind kind) {
    const lm_framing_traits *traits = lm_framing_traits_of(kind);
    return traits != NULL ? traits->name : NULL;
}

bool lm_framing_find(const char *name, lm_framing_kind *kind) {
    for (size_t i = 0; i < LM_FRAMING_COUNT; i++) {
        if (strcmp(rows[i].traits.name, name) == 0) {
            *kind = (lm_framing_kind)i;
            return true;
        }
    }
    return false;
}

/* -- a stream -- */

void lm_framing_open(lm_framing *framing, lm_framing_kind kind, uint32_t max_message) {
    const lm_framing_traits *traits = lm_framing_traits_of(kind);
    assert(traits != NULL);
    assert(max_message <= LM_MESSAGE_SIZE_MAX);
    *framing = (lm_framing){.traits = traits};
    framing->max_chunk = max_message != 0 ? max_message : traits->chunk_size;
    framing->max_message = max_message != 0 ? max_message : traits->max_message;
}

void lm_framing_close(lm_framing *framing) {
    lm_buffer_free(&framing->partial);
}

/* Frees the message that the last call returned, if the framing holds it. */
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
    return row_of(framing)->next(framing, bytes, size, message);
}

lm_framing_result lm_framing_end(lm_framing *framing, lm_message *message) {
    assert(!framing->partial.failed);
    assert(framing->chunk_rest == 0);
    returned_free(framing);
    if (framing->header_size > 0)
        return LM_FRAMING_TRUNCATED;
    if (framing->partial.size == 0)
        return LM_FRAMING_MORE;
    if (framing->partial.size > framing->max_message) /* its last CR did not start a line ending: it is one byte too many */
        return LM_FRAMING_TOO_LONG;
    *message = (lm_message){.bytes = framing->partial.bytes, .size = framing->partial.size, .ending = LM_ENDING_NONE};
    framing->is_returned = true;
    return LM_FRAMING_MESSAGE;
}

size_t lm_framing_append_begin(lm_framing_kind kind, lm_buffer *output) {
    assert((size_t)kind < LM_FRAMING_COUNT);
    return rows[kind].append_begin != NULL ? rows[kind].append_begin(output) : output->size;
}

void lm_framing_append_end(lm_framing_kind kind, lm_buffer *output, size_t begin, lm_ending ending) {
    assert((size_t)kind < LM_FRAMING_COUNT);
    assert(output->failed || begin <= output->size);
    if (rows[kind].append_end != NULL && !output->failed) /* otherwise the count may be missing */
        rows[kind].append_end(output, begin, ending);
}

void lm_framing_append(lm_framing_kind kind, lm_buffer *output, const void *bytes, size_t size, lm_ending ending) {
    size_t begin = lm_framing_append_begin(kind, output);
    lm_buffer_append(output, bytes, size);
    lm_framing_append_end(kind, output, begin, ending);
}

void lm_framing_count_write(uint8_t count[LM_COUNT_SIZE], uint32_t size) {
    for (size_t i = 0; i < LM_COUNT_SIZE; i++)
        count[i] = (uint8_t)(size >> (8 * (LM_COUNT_SIZE - 1 - i)));
}
