/* The yardstick for lateness: the least that a thread can do that sleeps by a fixed schedule. Linux only; none of our code is in
 * it, on purpose. Usage: bare_timer COUNT INTERVAL_NS. Prints how late it woke: the 50th and the 99th percentile and the worst, in
 * nanoseconds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static long long now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int compare(const void *first, const void *second) {
    long long left = *(const long long *)first, right = *(const long long *)second;
    return (left > right) - (left < right);
}

int main(int argc, char **argv) {
    long count = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    long long interval_ns = argc == 3 ? strtoll(argv[2], NULL, 10) : 0;
    long long *late_ns = count > 0 && interval_ns > 0 ? calloc((size_t)count, sizeof *late_ns) : NULL;
    if (late_ns == NULL)
        return 2;
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* otherwise the system may wake it 50 us late */
    long long begin_ns = now_ns();
    for (long i = 0; i < count; i++) {
        long long due_ns = begin_ns + i * interval_ns;
        struct timespec due = {.tv_sec = due_ns / 1000000000, .tv_nsec = due_ns % 1000000000};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
            ;
        late_ns[i] = now_ns() - due_ns;
    }
    qsort(late_ns, (size_t)count, sizeof *late_ns, compare);
    printf("%lld %lld %lld\n", late_ns[(count - 1) / 2], late_ns[(count - 1) * 99 / 100], late_ns[count - 1]);
    free(late_ns);
    return 0;
}
