/* clock_gettime(2). */
#include "pal/clock.h"

#include <assert.h>
#include <time.h>

static int64_t clock_read_ns(clockid_t id) {
    struct timespec now;
    int result = clock_gettime(id, &now);
    assert(result == 0);
    (void)result;
    return (int64_t)now.tv_sec * (int64_t)PAL_SECOND_NS + now.tv_nsec;
}

uint64_t pal_clock_now_ns(void) {
    return (uint64_t)clock_read_ns(CLOCK_MONOTONIC);
}

int64_t pal_clock_wall_ns(void) {
    return clock_read_ns(CLOCK_REALTIME);
}
