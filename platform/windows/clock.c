/* Time: QueryPerformanceCounter, GetSystemTimePreciseAsFileTime. */
#include "pal/clock.h"

#include "native.h"

uint64_t pal_clock_now_ns(void) {
    LARGE_INTEGER frequency, count; /* neither call can fail since Windows XP */
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    uint64_t per_second = (uint64_t)frequency.QuadPart;
    uint64_t ticks = (uint64_t)count.QuadPart;
    /* Whole seconds and the rest are converted apart: ticks * 10^9 would overflow within an hour of uptime. */
    return ticks / per_second * PAL_SECOND_NS + ticks % per_second * PAL_SECOND_NS / per_second;
}

int64_t pal_clock_wall_ns(void) {
    FILETIME time; /* in units of 100 ns since 1601-01-01 UTC */
    GetSystemTimePreciseAsFileTime(&time);
    int64_t units = (int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
    const int64_t units_until_1970 = INT64_C(116444736000000000);
    return (units - units_until_1970) * 100;
}

DWORD pal_milliseconds_until(uint64_t deadline_ns) {
    if (deadline_ns == UINT64_MAX)
        return INFINITE;
    uint64_t now_ns = pal_clock_now_ns();
    if (deadline_ns <= now_ns)
        return 0;
    uint64_t wait_ms = (deadline_ns - now_ns - 1) / PAL_MILLISECOND_NS + 1;
    return wait_ms < INFINITE ? (DWORD)wait_ms : INFINITE - 1;
}
