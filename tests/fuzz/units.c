/* Numbers with units: each is accepted or refused as arithmetic on its digits says, and what is written is read back as the
 * same. */
#include "fuzz/fuzz.h"

#include "output/units.h"

#include <stdlib.h>
#include <string.h>

#define FRACTION_DIGITS_MAX 18 /* units.c's own limit */

typedef struct unit {
    const char *name;
    const char *factor; /* in decimal */
} unit;

typedef struct kind {
    bool (*parse)(const char *text, uint64_t *value);
    const char *(*format)(uint64_t value, char *buffer);
    unit units[5];
    bool has_bare_zero; /* "0" needs no unit */
} kind;

static const kind kinds[] = {
    {time_parse, time_format, {{"ns", "1"}, {"us", "1000"}, {"ms", "1000000"}, {"s", "1000000000"}, {"m", "60000000000"}}, true},
    {size_parse, size_format, {{"", "1"}, {"k", "1024"}, {"M", "1048576"}}, false},
    {count_parse, count_format, {{"", "1"}, {"k", "1000"}, {"M", "1000000"}}, false},
};

/* FIRST times SECOND, both in decimal digits, as people multiply on paper. RESULT has room for all digits of both. */
static void digits_multiply(const char *first, size_t first_size, const char *second, char *result) {
    size_t second_size = strlen(second);
    size_t size = first_size + second_size;
    memset(result, 0, size);
    for (size_t i = first_size; i-- > 0;) {
        int carry = 0;
        for (size_t j = second_size; j-- > 0;) {
            int sum = result[i + j + 1] + (first[i] - '0') * (second[j] - '0') + carry;
            result[i + j + 1] = (char)(sum % 10);
            carry = sum / 10;
        }
        result[i] = (char)carry;
    }
    for (size_t i = 0; i < size; i++)
        result[i] = (char)(result[i] + '0');
    result[size] = '\0';
}

/* The product without leading zeros and without its last FRACTION digits, which must be zeros. NULL if they are not. */
static const char *whole_of(char *product, size_t fraction) {
    size_t size = strlen(product);
    for (size_t i = 0; i < fraction; i++) {
        if (product[--size] != '0')
            return NULL;
    }
    product[size] = '\0';
    size_t zeros = strspn(product, "0");
    return size == 0 ? "0" : product + (zeros == size ? size - 1 : zeros);
}

/* What TEXT means, in decimal digits; NULL when it means nothing. The caller frees *MEMORY. */
static const char *meaning(const kind *self, const char *text, char **memory) {
    size_t whole = strspn(text, "0123456789");
    size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    const char *name = text + whole + (text[whole] == '.' ? fraction + 1 : 0);
    char *digits = malloc(whole + fraction + 1);
    *memory = malloc(whole + fraction + 16);
    fuzz_require(digits != NULL && *memory != NULL);
    memcpy(digits, text, whole);
    memcpy(digits + whole, name - fraction, fraction);
    const char *result = NULL;
    bool is_number = whole > 0 && (text[whole] != '.' || fraction > 0) && fraction <= FRACTION_DIGITS_MAX;
    for (size_t i = 0; i < sizeof self->units / sizeof self->units[0] && is_number; i++) {
        if (self->units[i].name == NULL || strcmp(name, self->units[i].name) != 0)
            continue;
        digits_multiply(digits, whole + fraction, self->units[i].factor, *memory);
        result = whole_of(*memory, fraction);
    }
    free(digits);
    static const char largest[] = "18446744073709551615";
    size_t size = result != NULL ? strlen(result) : 0;
    bool is_too_large = size > sizeof largest - 1 || (size == sizeof largest - 1 && strcmp(result, largest) > 0);
    if (self->has_bare_zero && strcmp(text, "0") == 0)
        return "0";
    return is_too_large ? NULL : result;
}

static void value_check(const kind *self, uint64_t value) {
    char text[UNIT_TEXT_SIZE], again[UNIT_TEXT_SIZE];
    uint64_t back;
    fuzz_require(self->format(value, text) == text && self->parse(text, &back) && back == value);
    fuzz_require(strcmp(self->format(back, again), text) == 0);
}

static void text_check(const kind *self, const char *text) {
    char *memory;
    char digits[UNIT_TEXT_SIZE];
    uint64_t value;
    const char *expected = meaning(self, text, &memory);
    bool is_parsed = self->parse(text, &value);
    fuzz_require(is_parsed == (expected != NULL));
    if (is_parsed) {
        fuzz_require(strcmp(number_format(value, digits), expected) == 0);
        value_check(self, value);
    }
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    fuzz_input binary = input;
    uint64_t value = fuzz_take_number(&binary, 8);
    char *text = fuzz_take_text(&input);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        value_check(&kinds[i], value);
        text_check(&kinds[i], text);
    }
    free(text);
    return 0;
}
