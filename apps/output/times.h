/* Measured numbers for people, rounded to three or four digits. Each writes into BUFFER of UNIT_TEXT_SIZE characters and returns
 * it. Any thread. */
#ifndef APPS_OUTPUT_TIMES_H
#define APPS_OUTPUT_TIMES_H

#include <stdint.h>

/* "0 us", "850 ns", "12.3 us", "4.56 ms", "1.90 s", "2.50 min" */
const char *measured_time_format(double time_ns, char *buffer);

/* "950", "12.3 k", "4.56 M" */
const char *measured_count_format(double count, char *buffer);

/* "64 B", "1.50 KiB", "12.3 MiB", "4.56 GiB" */
const char *measured_size_format(double size_bytes, char *buffer);

#endif
