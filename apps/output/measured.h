/* Measured numbers, rounded to three or four digits. Each function writes into BUFFER of UNIT_TEXT_SIZE characters and returns it.
 * Any thread. */
#ifndef APPS_OUTPUT_MEASURED_H
#define APPS_OUTPUT_MEASURED_H

#include "output/units.h"

/* "0 us", "850 ns", "12.3 us", "4.56 ms", "1.90 s", "2.50 min" */
const char *measured_time_format(double time_ns, char *buffer);

/* "950", "12.3 k", "4.56 M" */
const char *measured_count_format(double count, char *buffer);

/* "64 B", "1.50 KiB", "12.3 MiB", "4.56 GiB" */
const char *measured_size_format(double size_bytes, char *buffer);

/* The same in an array that lives as long as the caller's block. */
#define time_text(time_ns) measured_time_format((double)(time_ns), (char[UNIT_TEXT_SIZE]){0})
#define count_text(count) measured_count_format((double)(count), (char[UNIT_TEXT_SIZE]){0})
#define size_text(size_bytes) measured_size_format((double)(size_bytes), (char[UNIT_TEXT_SIZE]){0})

#endif
