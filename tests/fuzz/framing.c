/* Framing: however a stream is split, the messages are those of a splitter that sees it as a whole, and framed again they are the
 * stream. */
#include "fuzz/fuzz.h"

#include "loopmsg/framing.h"

#include <stdlib.h>
#include <string.h>

/* The parameters of one run. Under chunk, auto and raw the receives decide what a message is; the same seed makes the same
 * receives. */
typedef struct trial {
    lm_framing_kind kind;
    uint32_t max_message;
    const uint8_t *bytes;
    size_t size;
    uint64_t seed;
    size_t receive_max; /* bytes of one receive, at most */
} trial;

/* The result: the messages, in a form that is unique for each list, and the end. */
typedef struct found {
    lm_buffer messages;
    lm_buffer framed; /* the same messages, sent again */
    lm_framing_result end;
} found;

static void found_add(found *self, lm_framing_kind kind, const uint8_t *bytes, size_t size, lm_ending ending) {
    uint8_t head[4] = {(uint8_t)ending, (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
    lm_buffer_append(&self->messages, head, sizeof head);
    lm_buffer_append(&self->messages, bytes, size);
    lm_framing_append(kind, &self->framed, bytes, size, ending);
}

static void found_free(found *self) {
    lm_buffer_free(&self->messages);
    lm_buffer_free(&self->framed);
}

/* --- the framing under test --------------------------------------------------------------------------------------------------- */

static uint64_t power_of_two_above(uint64_t size) {
    uint64_t power = 1;
    while (power < size)
        power *= 2;
    return power;
}

static void memory_check(const lm_framing *framing, uint32_t max_message) {
    uint64_t limit = (uint64_t)(max_message != 0 ? max_message : LM_MESSAGE_SIZE) + 2;
    fuzz_require(framing->partial.capacity <= power_of_two_above(limit));
}

/* Gives one receive, all of it. False when the framing takes no more of the stream. */
static bool receive_decode(lm_framing *framing, const trial *self, size_t at, size_t size, found *result) {
    uint8_t *block = fuzz_copy(self->bytes + at, size);
    const uint8_t *rest = block;
    size_t rest_size = size;
    do {
        lm_message message;
        size_t before = rest_size;
        result->end = lm_framing_next(framing, &rest, &rest_size, &message);
        fuzz_require(rest_size <= before && rest == block + (size - rest_size));
        memory_check(framing, self->max_message);
        if (result->end == LM_FRAMING_MESSAGE)
            found_add(result, self->kind, message.bytes, message.size, message.ending);
        fuzz_require(result->end != LM_FRAMING_MESSAGE || rest_size < before); /* it must come to an end */
    } while (result->end == LM_FRAMING_MESSAGE);
    fuzz_require(result->end != LM_FRAMING_MORE || rest_size == 0);
    free(block);
    return result->end == LM_FRAMING_MORE;
}

static void decode(const trial *self, found *result) {
    lm_framing framing;
    lm_message message;
    uint64_t state = self->seed;
    bool goes_on = true;
    lm_framing_open(&framing, self->kind, self->max_message);
    for (size_t at = 0; at < self->size && goes_on;) {
        size_t size = fuzz_receive_size(&state, self->receive_max, self->size - at);
        goes_on = receive_decode(&framing, self, at, size, result);
        at += size;
    }
    if (goes_on) {
        result->end = lm_framing_end(&framing, &message);
        if (result->end == LM_FRAMING_MESSAGE) {
            found_add(result, self->kind, message.bytes, message.size, message.ending);
            result->end = lm_framing_end(&framing, &message);
            fuzz_require(result->end == LM_FRAMING_MORE);
        }
    }
    lm_framing_close(&framing);
}

/* --- what the messages are: each splitter sees the whole stream from AT on ---------------------------------------------------- */

static void lines_split(const trial *self, size_t at, found *result) {
    uint32_t max_message = self->max_message != 0 ? self->max_message : LM_MESSAGE_SIZE;
    size_t begin = at;
    for (size_t i = at; i < self->size; i++) {
        if (self->bytes[i] != '\n')
            continue;
        bool has_return = i > begin && self->bytes[i - 1] == '\r';
        size_t size = i - begin - (has_return ? 1 : 0);
        result->end = LM_FRAMING_TOO_LONG;
        if (size > max_message)
            return;
        found_add(result, self->kind, self->bytes + begin, size, has_return ? LM_ENDING_CRLF : LM_ENDING_LF);
        begin = i + 1;
    }
    result->end = self->size - begin > max_message ? LM_FRAMING_TOO_LONG : LM_FRAMING_MORE;
    if (result->end == LM_FRAMING_MORE && begin < self->size)
        found_add(result, self->kind, self->bytes + begin, self->size - begin, LM_ENDING_NONE);
}

static void lengths_split(const trial *self, found *result) {
    uint32_t max_message = self->max_message != 0 ? self->max_message : LM_MESSAGE_SIZE;
    size_t at = 0;
    while (self->size - at >= 4) {
        uint64_t count = 0;
        for (size_t i = 0; i < 4; i++)
            count = count * 256 + self->bytes[at + i];
        result->end = count > max_message ? LM_FRAMING_TOO_LONG : LM_FRAMING_TRUNCATED;
        if (count > max_message || count > self->size - at - 4)
            return;
        found_add(result, self->kind, self->bytes + at + 4, (size_t)count, LM_ENDING_NONE);
        at += 4 + (size_t)count;
    }
    result->end = at < self->size ? LM_FRAMING_TRUNCATED : LM_FRAMING_MORE;
}

/* Chunk, raw, and auto until a receive brings a line ending. */
static void receives_split(const trial *self, found *result) {
    size_t max_chunk = self->max_message != 0 ? self->max_message : LM_CHUNK_SIZE;
    uint64_t state = self->seed;
    for (size_t at = 0; at < self->size;) {
        size_t end = at + fuzz_receive_size(&state, self->receive_max, self->size - at);
        if (self->kind == LM_FRAMING_AUTO && memchr(self->bytes + at, '\n', end - at) != NULL) {
            lines_split(self, at, result);
            return;
        }
        while (at < end) {
            size_t size = self->kind == LM_FRAMING_RAW || end - at < max_chunk ? end - at : max_chunk;
            found_add(result, self->kind, self->bytes + at, size, LM_ENDING_NONE);
            at += size;
        }
    }
    result->end = LM_FRAMING_MORE;
}

static void split(const trial *self, found *result) {
    if (self->kind == LM_FRAMING_LINE)
        lines_split(self, 0, result);
    else if (self->kind == LM_FRAMING_LENGTH)
        lengths_split(self, result);
    else
        receives_split(self, result);
}

/* ------------------------------------------------------------------------------------------------------------------------------ */

static void trial_check(const trial *self) {
    found expected = {.end = LM_FRAMING_MORE}, result = {.end = LM_FRAMING_MORE};
    split(self, &expected);
    decode(self, &result);
    fuzz_require(result.end == expected.end);
    fuzz_require(fuzz_is_equal(&result.messages, &expected.messages));
    /* The parsed part of the stream, sent again, gives the same bytes: all of them if the stream was whole. */
    fuzz_require(result.framed.size <= self->size);
    fuzz_require(result.framed.size == 0 || memcmp(result.framed.bytes, self->bytes, result.framed.size) == 0);
    fuzz_require(result.end != LM_FRAMING_MORE || result.framed.size == self->size);
    found_free(&expected);
    found_free(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    trial self = {.kind = (lm_framing_kind)(fuzz_take_byte(&input) % LM_FRAMING_COUNT)};
    self.max_message = (uint32_t)fuzz_take_number(&input, 2) % 600;
    self.seed = fuzz_take_byte(&input);
    self.bytes = input.bytes;
    self.size = input.size;
    const size_t receives[] = {self.size + 1, 1, 3, 40};
    for (size_t i = 0; i < sizeof receives / sizeof receives[0]; i++) {
        self.receive_max = receives[i];
        trial_check(&self);
    }
    return 0;
}
