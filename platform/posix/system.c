/* uname(2), getrlimit(2), getrusage(2). */
#include "pal/system.h"

#include "pal/clock.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>

const char *pal_system_description(char *buffer, size_t size) {
    struct utsname name;
    if (uname(&name) != 0)
        snprintf(buffer, size, "Unix");
    else
        snprintf(buffer, size, "%s %s %s", name.sysname, name.release, name.machine);
    return buffer;
}

uint64_t pal_system_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return UINT64_MAX;
    if (limit.rlim_cur != limit.rlim_max) {
        struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : (uint64_t)limit.rlim_cur;
}

static uint64_t timeval_ns(struct timeval time) {
    return (uint64_t)time.tv_sec * PAL_SECOND_NS + (uint64_t)time.tv_usec * PAL_MICROSECOND_NS;
}

uint64_t pal_system_processor_time_ns(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime);
}
