/* How libFuzzer changes a document: every other time only one number, because most changes of single bytes break a document. */
#include "fuzz/fuzz.h"
#include "support/random.h"

#include <string.h>

/* Both have the names that libFuzzer expects: its own mutation, and the one that replaces it. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed);

/* What numbers, and null in their place, are written with. */
static bool is_of_number(uint8_t byte) {
    return (byte >= '0' && byte <= '9') || byte == 'n' || byte == 'u' || byte == 'l';
}

/* The first number or null behind a sign from AT on; false where there is none. */
static bool number_find(const uint8_t *bytes, size_t size, size_t at, size_t *begin, size_t *end) {
    while (at + 1 < size && (memchr(":,[", bytes[at], 3) == NULL || !is_of_number(bytes[at + 1])))
        at++;
    *begin = *end = at + 1;
    while (*end < size && is_of_number(bytes[*end]))
        ++*end;
    return *begin < *end;
}

static size_t number_replace(uint8_t *bytes, size_t size, size_t capacity, size_t begin, size_t end, const char *text) {
    size_t text_size = strlen(text);
    size_t result = size - (end - begin) + text_size;
    if (result > capacity)
        return size;
    memmove(bytes + begin + text_size, bytes + end, size - end);
    memcpy(bytes + begin, text, text_size);
    return result;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed) {
    static const char *const numbers[] = {"0",   "1", "2", "3", "7", "255", "1000", "4097", "3600000000000", "72057594037927936",
                                          "null"};
    uint64_t state = seed;
    size_t begin, end;
    if (size == 0 || test_random_below(&state, 2) == 0)
        return LLVMFuzzerMutate(bytes, size, capacity);
    if (!number_find(bytes, size, (size_t)test_random_below(&state, size), &begin, &end))
        return LLVMFuzzerMutate(bytes, size, capacity);
    if (bytes[end - 1] <= '9' && test_random_below(&state, 2) == 0) { /* its last digit alone */
        bytes[end - 1] = (uint8_t)('0' + test_random_below(&state, 10));
        return size;
    }
    size_t number = (size_t)test_random_below(&state, sizeof numbers / sizeof numbers[0]);
    return number_replace(bytes, size, capacity, begin, end, numbers[number]);
}
