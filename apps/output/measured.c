#include "output/measured.h"

#include "output/units.h"
#include "pal/clock.h"

#include <assert.h>
#include <stdio.h>

/* Smallest first. */
typedef struct measured_unit {
    const char *name; /* with a leading blank */
    double factor;
} measured_unit;

static const measured_unit time_units[] = {{" ns", 1},
                                           {" us", (double)PAL_MICROSECOND_NS},
                                           {" ms", (double)PAL_MILLISECOND_NS},
                                           {" s", (double)PAL_SECOND_NS},
                                           {" min", 60 * (double)PAL_SECOND_NS}};
static const measured_unit count_units[] = {{"", 1}, {" k", 1e3}, {" M", 1e6}, {" G", 1e9}, {" T", 1e12}};
static const measured_unit size_units[] = {
    {" B", 1}, {" KiB", 1024}, {" MiB", 1048576.0}, {" GiB", 1073741824.0}, {" TiB", 1099511627776.0}};

#define UNIT_COUNT 5

/* Decimals for three digits after rounding: 9.996 is "10.0", not "10.00". */
static int decimals_of(double number) {
    if (number < 9.995)
        return 2;
    return number < 99.95 ? 1 : 0;
}

/* The smallest number that rounds to END. */
static double rounding_to(double end) {
    static const double halves[] = {0.5, 0.05, 0.005};
    return end - halves[decimals_of(end)];
}

static const char *measured_format(double value, const measured_unit *units, char *buffer) {
    assert(value >= 0);
    size_t chosen = 0;
    while (chosen + 1 < UNIT_COUNT && value / units[chosen].factor >= rounding_to(units[chosen + 1].factor / units[chosen].factor))
        chosen++;
    double number = value / units[chosen].factor;
    /* A whole number of the smallest unit is exact. */
    int decimals = chosen == 0 && number == (double)(int)number ? 0 : decimals_of(number);
    (void)snprintf(buffer, UNIT_TEXT_SIZE, "%.*f%s", decimals, number, units[chosen].name);
    return buffer;
}

const char *measured_time_format(double time_ns, char *buffer) {
    if (time_ns < 0.5) {
        (void)snprintf(buffer, UNIT_TEXT_SIZE, "0 us");
        return buffer;
    }
    return measured_format(time_ns, time_units, buffer);
}

const char *measured_count_format(double count, char *buffer) {
    return measured_format(count, count_units, buffer);
}

const char *measured_size_format(double size_bytes, char *buffer) {
    return measured_format(size_bytes, size_units, buffer);
}
