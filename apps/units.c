#include "units.h"

#include "pal/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Largest first, as formatting tries them. */
typedef struct unit {
    const char *name;
    uint64_t factor;
} unit;

#define UNIT_COUNT 3

static const unit time_units[UNIT_COUNT] = {{"m", 60 * PAL_SECOND_NS}, {"s", PAL_SECOND_NS}, {"ms", PAL_MILLISECOND_NS}};
static const unit size_units[UNIT_COUNT] = {{"M", 1024 * 1024}, {"k", 1024}, {"", 1}};
static const unit count_units[UNIT_COUNT] = {{"M", 1000 * 1000}, {"k", 1000}, {"", 1}};

static bool number_parse(const char *text, const unit *units, uint64_t *value) {
    uint64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (at == text)
        return false;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (strcmp(at, units[i].name) != 0)
            continue;
        if (number > UINT64_MAX / units[i].factor)
            return false;
        *value = number * units[i].factor;
        return true;
    }
    return false;
}

static const char *unit_format(uint64_t value, const unit *units, char *buffer) {
    size_t last = UNIT_COUNT - 1;
    size_t chosen = last;
    for (size_t i = last; i-- > 0;) {
        if (value != 0 && value % units[i].factor == 0)
            chosen = i;
    }
    if (value == 0)
        return number_format(0, buffer);
    (void)snprintf(buffer, UNIT_TEXT_SIZE, "%" PRIu64 "%s", value / units[chosen].factor, units[chosen].name);
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
