#include "support/random.h"

#include <stdlib.h>

static uint64_t mix(uint64_t value) {
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t test_random_next(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(*state);
}

uint64_t test_random_below(uint64_t *state, uint64_t bound) {
    return test_random_next(state) % bound;
}

static uint8_t pattern_byte(uint64_t seed, uint64_t offset) {
    return (uint8_t)(((seed + 1) * UINT64_C(0x9e3779b97f4a7c15) + offset * UINT64_C(0xd1342543de82ef95)) >> 56);
}

void test_pattern_fill(uint64_t seed, uint64_t offset, uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        bytes[i] = pattern_byte(seed, offset + i);
}

uint8_t *test_pattern_new(uint64_t seed, size_t size) {
    uint8_t *bytes = malloc(size);
    if (bytes == NULL)
        abort();
    test_pattern_fill(seed, 0, bytes, size);
    return bytes;
}

bool test_pattern_matches(uint64_t seed, uint64_t offset, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != pattern_byte(seed, offset + i))
            return false;
    }
    return true;
}
