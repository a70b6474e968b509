/* replay FILE...: gives each file to a fuzz target, whole and cut short. So a finding of the fuzzer becomes a test on every system
 * and compiler when its file is added to the corpus. */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_SIZE_MAX 65536
#define CUTS_MAX 64 /* of one file: all of a small one, and of a large one this many, evenly spread */

static size_t file_read(const char *path, uint8_t *bytes, size_t capacity) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "cannot open %s\n", path);
        exit(EXIT_FAILURE);
    }
    size_t size = fread(bytes, 1, capacity, file);
    bool is_whole = ferror(file) == 0 && size < capacity;
    (void)fclose(file);
    if (!is_whole) {
        (void)fprintf(stderr, "cannot read %s, or it is too large\n", path);
        exit(EXIT_FAILURE);
    }
    return size;
}

static size_t input_replay(const uint8_t *bytes, size_t size) {
    size_t count = size < CUTS_MAX ? size : CUTS_MAX;
    for (size_t i = 0; i <= count; i++) {
        size_t kept = count > 0 ? size * i / count : 0;
        uint8_t *copy = fuzz_copy(bytes, kept);
        (void)LLVMFuzzerTestOneInput(copy, kept);
        free(copy);
    }
    return count + 1;
}

int main(int count, char **arguments) {
    static uint8_t bytes[FILE_SIZE_MAX];
    size_t inputs = 0;
    for (int i = 1; i < count; i++) {
        (void)printf("%s\n", arguments[i]); /* the last one named is the one that failed */
        (void)fflush(stdout);
        size_t size = file_read(arguments[i], bytes, sizeof bytes);
        inputs += input_replay(bytes, size);
    }
    (void)printf("%zu inputs from %d files\n", inputs, count - 1);
    return count > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
