/* pal_loop on an I/O completion port, and the operations that wait there. Private to platform/windows.
 *
 * A port's own waits count clock ticks of up to 16 ms. So a high resolution timer ends them: a thread of the system's pool waits
 * for the timer and posts a packet. A completion routine of the timer would save that thread, but it runs on the thread that set
 * the timer, and is reported not to run for high resolution timers. Wine accepts the high resolution flag and ignores it.
 *
 * Every accepted operation leaves exactly one packet at the port, even if it succeeds immediately: sockets keep the default mode.
 * FILE_SKIP_COMPLETION_PORT_ON_SUCCESS would save some packets, but operations could then end in two ways; and most immediate work
 * is done by plain recv() and send() before, which leave no packet. */
#ifndef PAL_WINDOWS_IOCP_H
#define PAL_WINDOWS_IOCP_H

#include "common/loop.h"
#include "native.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct pal_iocp {
    pal_loop_common common; /* first */
    HANDLE port;
    HANDLE timer, timer_wait;
    uint64_t timer_deadline_ns; /* what the timer is set to; 0 for not set */
    uint8_t *receive_buffer;    /* PAL_RECEIVE_SIZE bytes, lent to one `received` at a time */
} pal_iocp;

typedef enum pal_operation_state {
    PAL_OPERATION_IDLE,
    PAL_OPERATION_PENDING,  /* the system owns the memory of the operation */
    PAL_OPERATION_COMPLETED /* its packet has arrived; its result is not read yet */
} pal_operation_state;

/* One overlapped operation. Its packet sets `source` ready. */
typedef struct pal_operation {
    OVERLAPPED overlapped; /* this address identifies the operation in its packet */
    pal_source *source;
    pal_operation_state state;
} pal_operation;

static inline pal_iocp *iocp_of(pal_loop *loop) {
    return (pal_iocp *)(void *)loop->storage;
}

/* From now on, the packets of SOCKET arrive at this loop. Once in the life of a socket. */
pal_error pal_iocp_add(pal_iocp *iocp, SOCKET socket);

/* Call them around the system call that takes the operation's OVERLAPPED. Begin returns it; end takes whether the call succeeded.
 * End returns PAL_OK when a packet will arrive, otherwise the call's error. */
OVERLAPPED *pal_operation_begin(pal_operation *operation, pal_source *source);
pal_error pal_operation_end(pal_operation *operation, bool is_success);

#endif
