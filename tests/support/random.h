/* Numbers and bytes that look random and are the same in every run. For any thread. */
#ifndef TEST_SUPPORT_RANDOM_H
#define TEST_SUPPORT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The next number of the sequence after *STATE (splitmix64: Steele, Lea, Flood 2014). Any state is a good seed. */
uint64_t test_random_next(uint64_t *state);

/* One of 0 to BOUND - 1; BOUND > 0. */
uint64_t test_random_below(uint64_t *state, uint64_t bound);

/* Fills SIZE bytes from OFFSET of the endless stream SEED. Each byte depends on its whole offset, so that a lost, doubled or moved
 * block is noticed. */
void test_pattern_fill(uint64_t seed, uint64_t offset, uint8_t *bytes, size_t size);

/* The first SIZE bytes of the stream SEED, to be freed. */
uint8_t *test_pattern_new(uint64_t seed, size_t size);

/* Whether SIZE bytes are what test_pattern_fill writes. */
bool test_pattern_matches(uint64_t seed, uint64_t offset, const uint8_t *bytes, size_t size);

#endif
