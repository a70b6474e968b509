/* How a backend tells its calls to pal_trace_set's function. Private to platform/. */
#ifndef PAL_COMMON_TRACE_H
#define PAL_COMMON_TRACE_H

#include "pal/clock.h"
#include "pal/trace.h"

/* Who is told; NULL for nobody. Read by all threads, and written only while there is one. */
extern pal_trace_function *pal_trace_reporter;

/* Tells an event, with the present time where it has none. */
void pal_trace_report(const pal_trace_event *event);

/* pal_trace(.operation = PAL_TRACE_BIND, ...) tells that event. One branch when nobody is told: then nothing of it is even evaluated. */
#define pal_trace(...)                                                                                                             \
    do {                                                                                                                           \
        if (pal_trace_reporter != NULL)                                                                                            \
            pal_trace_report(&(pal_trace_event){__VA_ARGS__});                                                                     \
    } while (0)

/* For a function that tells of every send or receive: inlined, its event would cost its caller room on the stack and a guard of it also when
 * nobody is told. */
#if defined(__GNUC__)
#define PAL_TRACE_APART __attribute__((cold, noinline))
#else
#define PAL_TRACE_APART __declspec(noinline)
#endif

/* For an event that is told after its call but bears the time before it; 0 when nobody is told. */
static inline uint64_t pal_trace_begin_ns(void) {
    return pal_trace_reporter != NULL ? pal_clock_now_ns() : 0;
}

#endif
