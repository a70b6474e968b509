#include "fuzz/fuzz.h"

#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fuzz_fail(const char *file, int line, const char *what) {
    (void)fprintf(stderr, "%s:%d: this must hold: %s\n", file, line, what);
    (void)fflush(stderr);
    abort();
}

uint8_t fuzz_take_byte(fuzz_input *input) {
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->bytes++;
}

uint64_t fuzz_take_number(fuzz_input *input, size_t size) {
    fuzz_require(size <= 8);
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | fuzz_take_byte(input);
    return number;
}

size_t fuzz_receive_size(uint64_t *state, size_t receive_max, size_t rest) {
    size_t size = 1 + (size_t)test_random_below(state, receive_max);
    return size < rest ? size : rest;
}

void *fuzz_copy(const void *bytes, size_t size) {
    void *copy = malloc(size > 0 ? size : 1);
    fuzz_require(copy != NULL);
    if (size > 0) /* memcpy takes no NULL, even for nothing */
        memcpy(copy, bytes, size);
    return copy;
}

char *fuzz_take_text(fuzz_input *input) {
    const uint8_t *end = input->size > 0 ? memchr(input->bytes, 0, input->size) : NULL;
    size_t size = end != NULL ? (size_t)(end - input->bytes) : input->size;
    char *text = malloc(size + 1);
    fuzz_require(text != NULL);
    if (size > 0)
        memcpy(text, input->bytes, size);
    text[size] = '\0';
    size_t taken = size + (end != NULL ? 1 : 0);
    if (taken > 0)
        input->bytes += taken;
    input->size -= taken;
    return text;
}

bool fuzz_is_equal(const lm_buffer *first, const lm_buffer *second) {
    return !first->failed && !second->failed && first->size == second->size &&
           (first->size == 0 || memcmp(first->bytes, second->bytes, first->size) == 0);
}
