#include "loopmsg/payload.h"

#include <assert.h>

/* Bytes are made in blocks of eight. A block depends only on the key and its own number. */
#define BLOCK_SIZE 8u

#define STEP UINT64_C(0x9e3779b97f4a7c15) /* odd: 2^64 over the golden ratio, far from any multiple of a small number */

/* The finaliser of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). Every bit of the result
 * depends on every bit of VALUE, and different values have different results. */
static uint64_t mix(uint64_t value) {
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* Returns one of 0 to COUNT - 1; COUNT is at most 2^32. It is the upper part of a product of 96 bits. The bias is below COUNT in
 * 2^64. */
static uint64_t pick(uint64_t random, uint64_t count) {
    uint64_t low = (random & UINT32_MAX) * count >> 32;
    return ((random >> 32) * count + low) >> 32;
}

lm_payload lm_payload_of(const lm_payload_settings *settings, uint64_t connection, uint64_t message) {
    assert(settings->size_min <= settings->size_max);
    lm_payload payload = {.size = settings->size_min, .is_text = settings->is_text};
    /* Mix them in one by one, not as a sum: different pairs can have the same sum. */
    payload.key = mix(mix(mix(settings->seed + STEP) + connection) + message);
    if (settings->size_min < settings->size_max) {
        uint64_t count = (uint64_t)settings->size_max - settings->size_min + 1;
        payload.size += (uint32_t)pick(mix(payload.key), count); /* blocks use other numbers than the key itself */
    }
    return payload;
}

static uint64_t block_of(const lm_payload *payload, uint64_t number) {
    uint64_t block = mix(payload->key + (number + 1) * STEP);
    if (payload->is_text)
        return (block & UINT64_C(0x3f3f3f3f3f3f3f3f)) + UINT64_C(0x3030303030303030); /* bytes from '0' to 'o'; no carry */
    return number == 0 ? block | 0x80 : block;                                        /* its lowest byte is the message's first */
}

/* Writes a block, lowest byte first on every machine. */
static void block_write(uint64_t block, uint8_t *bytes) {
    bytes[0] = (uint8_t)block;
    bytes[1] = (uint8_t)(block >> 8);
    bytes[2] = (uint8_t)(block >> 16);
    bytes[3] = (uint8_t)(block >> 24);
    bytes[4] = (uint8_t)(block >> 32);
    bytes[5] = (uint8_t)(block >> 40);
    bytes[6] = (uint8_t)(block >> 48);
    bytes[7] = (uint8_t)(block >> 56);
}

/* Writes the first SIZE < BLOCK_SIZE bytes of the rest of a block. */
static void block_write_part(uint64_t block, uint8_t *bytes, size_t size) {
    assert(size < BLOCK_SIZE);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(block >> (8 * i));
}

void lm_payload_copy(const lm_payload *payload, size_t offset, uint8_t *bytes, size_t size) {
    assert(offset <= payload->size && size <= payload->size - offset);
    uint64_t number = offset / BLOCK_SIZE;
    size_t skipped = offset % BLOCK_SIZE;
    if (skipped > 0) {
        size_t part = size < BLOCK_SIZE - skipped ? size : BLOCK_SIZE - skipped;
        block_write_part(block_of(payload, number++) >> (8 * skipped), bytes, part);
        bytes += part;
        size -= part;
    }
    for (; size >= BLOCK_SIZE; size -= BLOCK_SIZE) {
        block_write(block_of(payload, number++), bytes);
        bytes += BLOCK_SIZE;
    }
    if (size > 0)
        block_write_part(block_of(payload, number), bytes, size);
}
