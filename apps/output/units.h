/* Numbers with units, as options take them. Any thread. */
#ifndef APPS_OUTPUT_UNITS_H
#define APPS_OUTPUT_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#define UNIT_TEXT_SIZE 32 /* holds everything the format functions write */

/* Each reads the whole of TEXT, a number and one unit, and is false for anything else and for more than 64 bits hold. A number is digits, or
 * digits, a point and digits where the unit makes it whole: "1.5s", but not "1.5ns".
 * time: "500ms", "2s", "1m", "50us", "10ns", "0" into nanoseconds. size: "100", "64k" (1024 each), "1M" into bytes. count: "100", "10k"
 * (1000), "1M". */
bool time_parse(const char *text, uint64_t *time_ns);
bool size_parse(const char *text, uint64_t *size_bytes);
bool count_parse(const char *text, uint64_t *count);

/* A number without a unit: digits, or digits, a point and digits. Of its whole part no more than 64 bits hold. */
bool decimal_parse(const char *text, double *value);

/* Each writes the value exactly, as its parser reads it back: in the largest unit of which it is a whole number. BUFFER holds UNIT_TEXT_SIZE
 * characters. Returns BUFFER. */
const char *time_format(uint64_t time_ns, char *buffer);
const char *size_format(uint64_t size_bytes, char *buffer);
const char *count_format(uint64_t count, char *buffer);

/* VALUE in decimal digits. */
const char *number_format(uint64_t value, char *buffer);

/* The same in an array that lives as long as the caller's block. */
#define number_text(value) number_format((value), (char[UNIT_TEXT_SIZE]){0})

#endif
