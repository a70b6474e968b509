/* Time. Every function here may be called from any thread. */
#ifndef PAL_CLOCK_H
#define PAL_CLOCK_H

#include "pal/public.h"

#include <stdint.h>

PAL_PUBLIC_BEGIN

#define PAL_MICROSECOND_NS UINT64_C(1000)
#define PAL_MILLISECOND_NS UINT64_C(1000000)
#define PAL_SECOND_NS UINT64_C(1000000000)

/* Returns nanoseconds of a clock that never goes back (CLOCK_MONOTONIC, QueryPerformanceCounter). Its zero has no meaning. */
uint64_t pal_clock_now_ns(void);

/* Returns nanoseconds since 1970-01-01 00:00 UTC, for people and logs. May jump. */
int64_t pal_clock_wall_ns(void);

PAL_PUBLIC_END

#endif
