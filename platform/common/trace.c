/* The function that receives every operation, and the operations' names. */
#include "common/trace.h"

#include <assert.h>

pal_trace_function *pal_trace_reporter;
static void *trace_context;

static const struct {
    const char *bsd;
    const char *winsock;
} call_table[PAL_TRACE_OPERATION_COUNT] = {
    [PAL_TRACE_CREATE] = {"socket", "WSASocketW"},  [PAL_TRACE_BIND] = {"bind", "bind"},
    [PAL_TRACE_LISTEN] = {"listen", "listen"},      [PAL_TRACE_ACCEPT] = {"accept", "AcceptEx"},
    [PAL_TRACE_CONNECT] = {"connect", "ConnectEx"}, [PAL_TRACE_RECEIVE] = {"recv", "WSARecv"},
    [PAL_TRACE_SEND] = {"send", "WSASend"},         [PAL_TRACE_SHUTDOWN] = {"shutdown", "shutdown"},
    [PAL_TRACE_CLOSE] = {"close", "closesocket"},   [PAL_TRACE_RESET] = {"close", "closesocket"},
};

void pal_trace_set(pal_trace_function *function, void *context) {
    pal_trace_reporter = function;
    trace_context = context;
}

void pal_trace_report(const pal_trace_event *event) {
    assert(event->operation < PAL_TRACE_OPERATION_COUNT);
    pal_trace_event timed = *event;
    if (timed.time_ns == 0)
        timed.time_ns = pal_clock_now_ns();
    pal_trace_reporter(trace_context, &timed);
}

const char *pal_trace_bsd_name(pal_trace_operation operation) {
    assert(operation < PAL_TRACE_OPERATION_COUNT);
    return call_table[operation].bsd;
}

const char *pal_trace_winsock_name(pal_trace_operation operation) {
    assert(operation < PAL_TRACE_OPERATION_COUNT);
    return call_table[operation].winsock;
}
