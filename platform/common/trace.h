/* How a backend reports its calls to the function of pal_trace_set. Private to platform/. */
#ifndef PAL_COMMON_TRACE_H
#define PAL_COMMON_TRACE_H

#include "pal/clock.h"
#include "pal/trace.h"

/* The function that receives events; NULL for none. All threads read it; it is written only while there is one thread. */
extern pal_trace_function *pal_trace_reporter;

/* Reports an event, with the current time if it has none. */
void pal_trace_report(const pal_trace_event *event);

/* pal_trace(.operation = PAL_TRACE_BIND, ...) reports that event. While the trace is off, it costs one branch and evaluates
 * nothing. */
#define pal_trace(...)                                                                                                             \
    do {                                                                                                                           \
        if (pal_trace_reporter != NULL)                                                                                            \
            pal_trace_report(&(pal_trace_event){__VA_ARGS__});                                                                     \
    } while (0)

/* For a function that reports sends or receives. Inlined, its event would cost the caller stack and a stack guard even while the
 * trace is off. */
#if defined(__GNUC__)
#define PAL_TRACE_APART __attribute__((cold, noinline))
#else
#define PAL_TRACE_APART __declspec(noinline)
#endif

/* Returns the time for an event that is reported after its call with the time before it; 0 while the trace is off. */
static inline uint64_t pal_trace_begin_ns(void) {
    return pal_trace_reporter != NULL ? pal_clock_now_ns() : 0;
}

#endif
