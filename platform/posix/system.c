/* uname(2), gethostname(2), sched_getaffinity(2), getrlimit(2), getrusage(2). */
#include "pal/system.h"

#include "native.h"
#include "pal/clock.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *pal_system_description(char *buffer, size_t size) {
    struct utsname name;
    if (uname(&name) != 0)
        snprintf(buffer, size, "Unix");
    else
        snprintf(buffer, size, "%s %s %s", name.sysname, name.release, name.machine);
    return buffer;
}

pal_error pal_host_name(char *buffer, size_t size) {
    assert(size > 0);
    buffer[0] = '\0';
    if (gethostname(buffer, size) != 0 && errno != ENAMETOOLONG)
        return pal_error_last();
    buffer[size - 1] = '\0';
    return pal_ok();
}

unsigned pal_processor_count(void) {
#ifdef __linux__
    cpu_set_t set; /* the processors this process may use: taskset(1) and containers limit them */
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
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

void pal_process_exit(int code) {
    _exit(code);
}
