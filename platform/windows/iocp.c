/* pal_loop on an I/O completion port. */
#include "iocp.h"

#include "pal/clock.h"
#include "pal/container.h"
#include "pal/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(pal_iocp) <= sizeof(pal_loop), "pal_loop holds a completion port");

#define POLLER_NAME "iocp"
#define WAIT_PACKETS 64 /* packets per wait; the rest waits for the next */

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x00000002
#endif

/* Of packets without an operation. */
enum { KEY_WAKE, KEY_TIMER };

/* Posts a packet without an operation. This fails only while the kernel is out of memory. Nobody can handle that error, and a lost
 * packet could hang the program. */
static void port_post(HANDLE port, ULONG_PTR key) {
    while (!PostQueuedCompletionStatus(port, 0, key, NULL))
        Sleep(1);
}

static VOID CALLBACK timer_expired(PVOID context, BOOLEAN is_timeout) {
    (void)is_timeout; /* always false: the wait has no timeout */
    port_post(((const pal_iocp *)context)->port, KEY_TIMER);
}

static pal_error iocp_open_timer(pal_iocp *iocp) {
    DWORD access = TIMER_MODIFY_STATE | SYNCHRONIZE;
    iocp->timer = CreateWaitableTimerExW(NULL, NULL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, access);
    if (iocp->timer == NULL) /* an older system */
        iocp->timer = CreateWaitableTimerExW(NULL, NULL, 0, access);
    if (iocp->timer == NULL)
        return pal_error_last();
    /* Waits repeatedly, once for each setting of the timer: the wait resets it. */
    if (RegisterWaitForSingleObject(&iocp->timer_wait, iocp->timer, timer_expired, iocp, INFINITE, WT_EXECUTEINWAITTHREAD))
        return pal_ok();
    pal_error error = pal_error_last();
    CloseHandle(iocp->timer);
    return error;
}

static pal_error iocp_open_port(pal_iocp *iocp) {
    iocp->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (iocp->port == NULL)
        return pal_error_last();
    pal_error error = iocp_open_timer(iocp);
    if (error.status != PAL_OK)
        CloseHandle(iocp->port);
    return error;
}

pal_error pal_loop_open(pal_loop *loop) {
    pal_iocp *iocp = iocp_of(loop);
    *iocp = (pal_iocp){0};
    const char *poller = pal_loop_poller_named();
    if (poller != NULL && strcmp(poller, POLLER_NAME) != 0)
        return pal_error_of(PAL_UNSUPPORTED);
    iocp->receive_buffer = malloc(PAL_RECEIVE_SIZE);
    if (iocp->receive_buffer == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    pal_error error = iocp_open_port(iocp);
    if (error.status != PAL_OK) {
        free(iocp->receive_buffer);
        return error;
    }
    pal_loop_common_open(&iocp->common);
    return pal_ok();
}

void pal_loop_close(pal_loop *loop) {
    pal_iocp *iocp = iocp_of(loop);
    pal_loop_common_close(&iocp->common);
    UnregisterWaitEx(iocp->timer_wait, INVALID_HANDLE_VALUE); /* waits until timer_expired has returned */
    CloseHandle(iocp->timer);
    CloseHandle(iocp->port);
    free(iocp->receive_buffer);
}

const char *pal_loop_poller(const pal_loop *loop) {
    (void)loop;
    return POLLER_NAME;
}

/* Makes the timer end the wait by DEADLINE_NS, and returns the timeout for the wait. A timer set to an earlier time stays: it wakes
 * the loop once for nothing, but deadlines that move with every message cost no system call. */
static DWORD iocp_set_timer(pal_iocp *iocp, uint64_t deadline_ns) {
    if (deadline_ns <= iocp->common.now_ns) /* also for 0 */
        return 0;
    bool is_set = iocp->timer_deadline_ns != 0 && iocp->timer_deadline_ns <= deadline_ns;
    if (deadline_ns == PAL_NO_DEADLINE || is_set)
        return INFINITE;
    uint64_t now_ns = pal_clock_now_ns();
    if (deadline_ns <= now_ns)
        return 0;
    /* In units of 100 ns; negative means from now. */
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)((deadline_ns - now_ns - 1) / 100 + 1)};
    if (!SetWaitableTimer(iocp->timer, &due, 0, NULL, NULL, FALSE))
        return pal_milliseconds_until(deadline_ns);
    iocp->timer_deadline_ns = deadline_ns;
    return INFINITE;
}

static ULONG iocp_take_packets(pal_iocp *iocp, OVERLAPPED_ENTRY *packets, uint64_t deadline_ns) {
    ULONG count = 0;
    DWORD wait_ms = iocp_set_timer(iocp, deadline_ns);
    if (GetQueuedCompletionStatusEx(iocp->port, packets, WAIT_PACKETS, &count, wait_ms, FALSE))
        return count;
    assert(GetLastError() == WAIT_TIMEOUT);
    return 0;
}

/* Returns true when a source or a post is ready. The timer's packet alone makes nothing ready. */
static bool iocp_note_packet(pal_iocp *iocp, const OVERLAPPED_ENTRY *packet) {
    if (packet->lpOverlapped != NULL) {
        pal_operation *operation = PAL_CONTAINER_OF(packet->lpOverlapped, pal_operation, overlapped);
        assert(operation->state == PAL_OPERATION_PENDING);
        operation->state = PAL_OPERATION_COMPLETED;
        pal_source_set_ready(&iocp->common, operation->source);
        return true;
    }
    if (packet->lpCompletionKey == KEY_WAKE)
        return true;
    /* The packet may belong to an earlier setting of the timer. Then the timer is set once more than needed. */
    iocp->timer_deadline_ns = 0;
    return false;
}

/* The timer, or a wait in clock ticks, may end early. Waits for the rest here: a pass before its timer is due would be wasted. */
void pal_backend_wait(pal_loop *loop, uint64_t deadline_ns) {
    pal_iocp *iocp = iocp_of(loop);
    OVERLAPPED_ENTRY packets[WAIT_PACKETS];
    bool is_over;
    do {
        ULONG count = iocp_take_packets(iocp, packets, deadline_ns);
        is_over = deadline_ns == 0;
        for (ULONG i = 0; i < count; i++)
            is_over = iocp_note_packet(iocp, &packets[i]) || is_over;
    } while (!is_over && pal_clock_now_ns() < deadline_ns);
}

void pal_backend_wake(pal_loop *loop) {
    port_post(iocp_of(loop)->port, KEY_WAKE);
}

pal_error pal_iocp_add(pal_iocp *iocp, SOCKET socket) {
    return CreateIoCompletionPort((HANDLE)socket, iocp->port, 0, 0) != NULL ? pal_ok() : pal_error_last();
}

OVERLAPPED *pal_operation_begin(pal_operation *operation, pal_source *source) {
    assert(operation->state == PAL_OPERATION_IDLE);
    *operation = (pal_operation){.source = source, .state = PAL_OPERATION_PENDING};
    return &operation->overlapped;
}

pal_error pal_operation_end(pal_operation *operation, bool is_success) {
    int code = is_success ? 0 : WSAGetLastError();
    if (code == 0 || code == WSA_IO_PENDING)
        return pal_ok();
    operation->state = PAL_OPERATION_IDLE;
    return pal_error_from_os(code);
}
