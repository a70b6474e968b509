#include "loopmsg/expectation.h"

#include "protocol/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MADE_SIZE 512u /* bytes of a payload made and compared at a time */

/* A piece of an answer: SIZE > 0 bytes of text or of the payload. */
typedef struct piece {
    const uint8_t *text; /* NULL for the payload's bytes from payload_offset on */
    size_t payload_offset;
    uint64_t size;
} piece;

static size_t places_count(const char *reply) {
    size_t count = 0;
    lm_template_part part;
    while (lm_template_part_next(&reply, &part))
        count += part.is_place;
    return count;
}

bool lm_expectation_open(lm_expectation *expectation, lm_framing_kind framing, const char *reply) {
    const lm_framing_traits *traits = lm_framing_traits_of(framing);
    assert(traits != NULL);
    *expectation = (lm_expectation){.ending = traits->ends_at_lines ? LM_ENDING_LF : LM_ENDING_NONE,
                                    .count_size = traits->has_count ? LM_COUNT_SIZE : 0,
                                    .place_count = places_count(reply)};
    expectation->literal_ends = calloc(expectation->place_count + 1, sizeof expectation->literal_ends[0]);
    if (expectation->literal_ends == NULL)
        return false;

    size_t place = 0;
    lm_template_part part;
    size_t begin = lm_framing_append_begin(framing, &expectation->literals);
    while (lm_template_part_next(&reply, &part)) {
        if (part.is_place)
            expectation->literal_ends[place++] = expectation->literals.size;
        else
            lm_buffer_append(&expectation->literals, part.text, part.size);
    }
    assert(place == expectation->place_count);
    lm_framing_append_end(framing, &expectation->literals, begin, expectation->ending);
    expectation->literal_ends[place] = expectation->literals.size;
    if (!expectation->literals.failed)
        return true;
    lm_expectation_close(expectation);
    return false;
}

void lm_expectation_close(lm_expectation *expectation) {
    lm_buffer_free(&expectation->literals);
    free(expectation->literal_ends);
    *expectation = (lm_expectation){0};
}

uint64_t lm_expectation_size(const lm_expectation *expectation, const lm_payload *payload) {
    return expectation->literals.size + (uint64_t)expectation->place_count * payload->size;
}

/* Returns how many of the messages in an answer start at OFFSET or before. A binary search: comparing stays fast with many places
 * and many small pieces. */
static size_t places_begun(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset) {
    size_t begun = 0, rest = expectation->place_count;
    while (rest > 0) {
        size_t middle = begun + rest / 2;
        if (expectation->literal_ends[middle] + (uint64_t)middle * payload->size <= offset) {
            rest -= rest / 2 + 1;
            begun = middle + 1;
        } else {
            rest /= 2;
        }
    }
    return begun;
}

/* Returns the piece at OFFSET of the answer. COUNT is memory for the answer's count. */
static piece piece_at(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset, uint8_t count[LM_COUNT_SIZE]) {
    if (offset < expectation->count_size) {
        uint64_t size = lm_expectation_size(expectation, payload) - expectation->count_size;
        assert(size <= UINT32_MAX);
        lm_framing_count_write(count, (uint32_t)size);
        return (piece){.text = count + offset, .size = expectation->count_size - offset};
    }
    size_t begun = places_begun(expectation, payload, offset);
    if (begun > 0) {
        uint64_t inside = offset - (expectation->literal_ends[begun - 1] + (uint64_t)(begun - 1) * payload->size);
        if (inside < payload->size)
            return (piece){.payload_offset = (size_t)inside, .size = payload->size - inside};
    }
    size_t literal = (size_t)(offset - (uint64_t)begun * payload->size);
    assert(literal < expectation->literal_ends[begun]);
    return (piece){.text = expectation->literals.bytes + literal, .size = expectation->literal_ends[begun] - literal};
}

static size_t equal_size(const uint8_t *expected, const uint8_t *bytes, size_t size) {
    if (memcmp(expected, bytes, size) == 0)
        return size;
    size_t equal = 0;
    while (expected[equal] == bytes[equal])
        equal++;
    return equal;
}

static size_t payload_equal_size(const lm_payload *payload, size_t offset, const uint8_t *bytes, size_t size) {
    uint8_t made[MADE_SIZE];
    size_t done = 0;
    while (done < size) {
        size_t part = size - done < sizeof made ? size - done : sizeof made;
        lm_payload_copy(payload, offset + done, made, part);
        size_t equal = equal_size(made, bytes + done, part);
        done += equal;
        if (equal < part)
            break;
    }
    return done;
}

size_t lm_expectation_compare(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset, const uint8_t *bytes,
                              size_t size) {
    assert(bytes != NULL || size == 0);
    assert(offset + size <= lm_expectation_size(expectation, payload));
    uint8_t count[LM_COUNT_SIZE];
    size_t done = 0;
    while (done < size) {
        piece here = piece_at(expectation, payload, offset + done, count);
        size_t part = size - done < here.size ? size - done : (size_t)here.size;
        size_t equal = here.text != NULL ? equal_size(here.text, bytes + done, part)
                                         : payload_equal_size(payload, here.payload_offset, bytes + done, part);
        done += equal;
        if (equal < part)
            break;
    }
    return done;
}

uint8_t lm_expectation_byte(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset) {
    assert(offset < lm_expectation_size(expectation, payload));
    uint8_t count[LM_COUNT_SIZE];
    uint8_t byte;
    piece here = piece_at(expectation, payload, offset, count);
    if (here.text != NULL)
        return here.text[0];
    lm_payload_copy(payload, here.payload_offset, &byte, 1);
    return byte;
}
