#include "output/units.h"

#include "pal/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FRACTION_DIGITS_MAX 18 /* so that the fraction and its scale fit 64 bits */

/* Largest first, as formatting tries them. */
typedef struct unit {
    const char *name; /* NULL past the last */
    uint64_t factor;
} unit;

static const unit time_units[] = {
    {"m", 60 * PAL_SECOND_NS}, {"s", PAL_SECOND_NS}, {"ms", PAL_MILLISECOND_NS}, {"us", PAL_MICROSECOND_NS}, {"ns", 1}, {NULL, 0}};
static const unit size_units[] = {{"M", 1024 * 1024}, {"k", 1024}, {"", 1}, {NULL, 0}};
static const unit count_units[] = {{"M", 1000 * 1000}, {"k", 1000}, {"", 1}, {NULL, 0}};

/* whole + fraction / scale */
typedef struct decimal {
    uint64_t whole, fraction;
    uint64_t scale; /* a power of ten, greater than the fraction */
    bool is_cut;    /* the text has more digits than `fraction` can hold */
} decimal;

/* Reads the number at *TEXT and moves *TEXT past it. */
static bool decimal_read(const char **text, decimal *number) {
    *number = (decimal){.scale = 1};
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (number->whole > (UINT64_MAX - digit) / 10)
            return false;
        number->whole = number->whole * 10 + digit;
    }
    if (at == *text)
        return false;
    if (*at == '.') {
        const char *first = ++at;
        for (; *at >= '0' && *at <= '9'; at++) {
            number->is_cut = at - first >= FRACTION_DIGITS_MAX;
            if (number->is_cut)
                continue;
            number->fraction = number->fraction * 10 + (uint64_t)(*at - '0');
            number->scale *= 10;
        }
        if (at == first)
            return false;
    }
    *text = at;
    return true;
}

static uint64_t common_divisor(uint64_t first, uint64_t second) {
    while (second != 0) {
        uint64_t rest = first % second;
        first = second;
        second = rest;
    }
    return first;
}

/* NUMBER times FACTOR; false if that is not whole or too large. Reduces the fraction first: then no step overflows unless the
 * result does. */
static bool decimal_scale(const decimal *number, uint64_t factor, uint64_t *value) {
    uint64_t divisor = common_divisor(factor, number->scale);
    assert(divisor > 0 && divisor <= number->scale);
    uint64_t scale = number->scale / divisor;
    if (number->fraction % scale != 0 || number->whole > UINT64_MAX / factor)
        return false;
    uint64_t fraction = number->fraction / scale * (factor / divisor);
    uint64_t whole = number->whole * factor;
    if (whole > UINT64_MAX - fraction)
        return false;
    *value = whole + fraction;
    return true;
}

static bool number_parse(const char *text, const unit *units, uint64_t *value) {
    decimal number;
    if (!decimal_read(&text, &number) || number.is_cut)
        return false;
    for (; units->name != NULL; units++) {
        if (strcmp(text, units->name) == 0)
            return decimal_scale(&number, units->factor, value);
    }
    return false;
}

bool decimal_parse(const char *text, double *value) {
    decimal number;
    if (!decimal_read(&text, &number) || *text != '\0')
        return false;
    double scale = (double)number.scale;
    *value = ((double)number.whole * scale + (double)number.fraction) / scale; /* rounded only once if the digits fit a double */
    return true;
}

static const char *unit_format(uint64_t value, const unit *units, char *buffer) {
    if (value == 0)
        return number_format(0, buffer);
    while (value % units->factor != 0) /* the last factor is 1 */
        units++;
    (void)snprintf(buffer, UNIT_TEXT_SIZE, "%" PRIu64 "%s", value / units->factor, units->name);
    return buffer;
}

bool time_parse(const char *text, uint64_t *time_ns) {
    if (strcmp(text, "0") == 0) {
        *time_ns = 0;
        return true;
    }
    return number_parse(text, time_units, time_ns);
}

bool size_parse(const char *text, uint64_t *size_bytes) {
    return number_parse(text, size_units, size_bytes);
}

bool count_parse(const char *text, uint64_t *count) {
    return number_parse(text, count_units, count);
}

const char *time_format(uint64_t time_ns, char *buffer) {
    return unit_format(time_ns, time_units, buffer);
}

const char *size_format(uint64_t size_bytes, char *buffer) {
    return unit_format(size_bytes, size_units, buffer);
}

const char *count_format(uint64_t count, char *buffer) {
    return unit_format(count, count_units, buffer);
}

const char *number_format(uint64_t value, char *buffer) {
    (void)snprintf(buffer, UNIT_TEXT_SIZE, "%" PRIu64, value);
    return buffer;
}
