/* Numbers with units, as options take them. Any thread. */
#ifndef APPS_OUTPUT_UNITS_H
#define APPS_OUTPUT_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#define UNIT_TEXT_SIZE 32 /* holds the output of every format function */

/* Each parses all of TEXT: a number and one unit. False for anything else, and if the value does not fit 64 bits. A fraction is
 * allowed if the value is whole: "1.5s", but not "1.5ns". time: "500ms", "2s", "1m", "50us", "10ns", "0" to nanoseconds. size:
 * "100", "64k" (1024 each), "1M" to bytes. count: "100", "10k" (1000), "1M". */
bool time_parse(const char *text, uint64_t *time_ns);
bool size_parse(const char *text, uint64_t *size_bytes);
bool count_parse(const char *text, uint64_t *count);

/* A number without a unit: digits, or digits, a point and digits. The whole part must fit 64 bits. */
bool decimal_parse(const char *text, double *value);

/* Each writes the exact value, in the largest unit that makes it whole; the parser above reads it back. BUFFER has UNIT_TEXT_SIZE
 * characters. Returns BUFFER. */
const char *time_format(uint64_t time_ns, char *buffer);
const char *size_format(uint64_t size_bytes, char *buffer);
const char *count_format(uint64_t count, char *buffer);

/* VALUE in decimal digits. */
const char *number_format(uint64_t value, char *buffer);

/* The same in an array that lives as long as the caller's block. */
#define number_text(value) number_format((value), (char[UNIT_TEXT_SIZE]){0})

#endif
