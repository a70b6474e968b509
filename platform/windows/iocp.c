/* pal_loop on an I/O completion port. */
#include "iocp.h"

#include "pal/clock.h"
#include "pal/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(pal_iocp) <= sizeof(pal_loop), "pal_loop holds a completion port");

#define POLLER_NAME "iocp"
#define WAIT_PACKETS 64 /* taken in one wait; what is left comes with the next */

pal_error pal_loop_open(pal_loop *loop) {
    pal_iocp *iocp = iocp_of(loop);
    *iocp = (pal_iocp){0};
    const char *poller = getenv("LOOPMSG_POLLER");
    if (poller != NULL && poller[0] != '\0' && strcmp(poller, POLLER_NAME) != 0)
        return pal_error_of(PAL_UNSUPPORTED);
    iocp->receive_buffer = malloc(PAL_RECEIVE_SIZE);
    if (iocp->receive_buffer == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    iocp->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (iocp->port == NULL) {
        pal_error error = pal_error_last();
        free(iocp->receive_buffer);
        return error;
    }
    pal_loop_common_open(&iocp->common);
    return pal_ok();
}

void pal_loop_close(pal_loop *loop) {
    pal_iocp *iocp = iocp_of(loop);
    pal_loop_common_close(&iocp->common);
    CloseHandle(iocp->port);
    free(iocp->receive_buffer);
}

const char *pal_loop_poller(const pal_loop *loop) {
    (void)loop;
    return POLLER_NAME;
}

/* Packets by now or by DEADLINE_NS. The system counts its waits in clock ticks and may end one up to a tick early: what is left is
 * waited for here, for a pass that comes before its timer is one too many. */
static ULONG iocp_take_packets(pal_iocp *iocp, OVERLAPPED_ENTRY *packets, uint64_t deadline_ns) {
    ULONG count = 0;
    for (;;) {
        DWORD wait_ms = deadline_ns == 0 ? 0 : pal_milliseconds_until(deadline_ns);
        if (GetQueuedCompletionStatusEx(iocp->port, packets, WAIT_PACKETS, &count, wait_ms, FALSE))
            return count;
        assert(GetLastError() == WAIT_TIMEOUT);
        if (deadline_ns == 0 || pal_clock_now_ns() >= deadline_ns)
            return 0;
    }
}

void pal_backend_wait(pal_loop *loop, uint64_t deadline_ns) {
    pal_iocp *iocp = iocp_of(loop);
    OVERLAPPED_ENTRY packets[WAIT_PACKETS];
    ULONG count = iocp_take_packets(iocp, packets, deadline_ns);
    for (ULONG i = 0; i < count; i++) {
        if (packets[i].lpOverlapped == NULL)
            continue; /* from pal_backend_wake */
        pal_operation *operation = (pal_operation *)(void *)packets[i].lpOverlapped;
        assert(operation->state == PAL_OPERATION_PENDING);
        operation->state = PAL_OPERATION_COMPLETED;
        pal_source_set_ready(&iocp->common, operation->source);
    }
}

void pal_backend_wake(pal_loop *loop) {
    /* It can only fail while the kernel is out of memory. There is nobody to tell, and a wake-up that is lost could hang the
     * program. */
    while (!PostQueuedCompletionStatus(iocp_of(loop)->port, 0, 0, NULL))
        Sleep(1);
}

pal_error iocp_add(pal_iocp *iocp, SOCKET socket) {
    return CreateIoCompletionPort((HANDLE)socket, iocp->port, 0, 0) != NULL ? pal_ok() : pal_error_last();
}

OVERLAPPED *iocp_operation_begin(pal_operation *operation, pal_source *source) {
    assert(operation->state == PAL_OPERATION_IDLE);
    *operation = (pal_operation){.source = source, .state = PAL_OPERATION_PENDING};
    return &operation->overlapped;
}

pal_error iocp_operation_end(pal_operation *operation, bool is_success) {
    int code = is_success ? 0 : WSAGetLastError();
    if (code == 0 || code == WSA_IO_PENDING)
        return pal_ok();
    operation->state = PAL_OPERATION_IDLE;
    return pal_error_from_os(code);
}
