/* What the fuzz targets share. A target is one file with one function. It takes any bytes and requires what must hold for them.
 * libFuzzer searches for bytes that break it; replay.c gives it those of the corpus, on every system and compiler. One thread. */
#ifndef FUZZ_H
#define FUZZ_H

#include "loopmsg/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The target, by the name that libFuzzer knows. Gives 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Prints where and what is wrong, and ends the process, as a fuzzer expects. In every build, unlike assert(). */
#define fuzz_require(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *what);

/* Bytes, read from the front. Zeros follow their end, so that a short input is complete. */
typedef struct fuzz_input {
    const uint8_t *bytes;
    size_t size;
} fuzz_input;

uint8_t fuzz_take_byte(fuzz_input *input);

/* SIZE bytes, up to 8, as a number, the highest first. */
uint64_t fuzz_take_number(fuzz_input *input, size_t size);

/* The bytes up to the next zero byte, which it takes too, or to the end: a terminated text in memory of just its size, which the
 * caller frees. */
char *fuzz_take_text(fuzz_input *input);

/* The bytes of one receive of a stream that has REST > 0 left: 1 to RECEIVE_MAX, at random. */
size_t fuzz_receive_size(uint64_t *state, size_t receive_max, size_t rest);

/* A copy in memory of exactly its size, so that a sanitizer sees reads beyond it or after it is freed. The caller frees it. */
void *fuzz_copy(const void *bytes, size_t size);

/* Both hold the same bytes, and neither ran out of memory. */
bool fuzz_is_equal(const lm_buffer *first, const lm_buffer *second);

#endif
