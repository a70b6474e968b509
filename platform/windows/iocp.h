/* pal_loop on an I/O completion port, and the operations that wait there. Private to platform/windows.
 *
 * A port's own waits are counted in clock ticks of up to 16 ms. So a high resolution timer ends them: a thread of the system's pool waits
 * for it and posts a packet. A completion routine of the timer would save that thread; but it belongs to whoever set the timer, and of high
 * resolution timers it is reported not to be called. Wine takes the flag for a high resolution and gives what it gives to every timer.
 *
 * Every operation that the system has accepted leaves exactly one packet at the port, also one that succeeded at once: sockets
 * keep the default mode. FILE_SKIP_COMPLETION_PORT_ON_SUCCESS would save some packets for a second way in which every operation can
 * end, and most of what succeeds at once is tried by plain recv() and send() before, which leave no packet. */
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
    uint64_t timer_deadline_ns; /* what the timer is set to; 0 while it is not */
    uint8_t *receive_buffer;    /* PAL_RECEIVE_SIZE bytes, lent to one `received` at a time */
} pal_iocp;

typedef enum pal_operation_state {
    PAL_OPERATION_IDLE,
    PAL_OPERATION_PENDING,  /* the system owns the memory of the operation */
    PAL_OPERATION_COMPLETED /* its packet has come; its result is still to be asked for */
} pal_operation_state;

/* One overlapped operation. Its packet sets `source` ready. */
typedef struct pal_operation {
    OVERLAPPED overlapped; /* a packet names its operation by this address */
    pal_source *source;
    pal_operation_state state;
} pal_operation;

static inline pal_iocp *iocp_of(pal_loop *loop) {
    return (pal_iocp *)(void *)loop->storage;
}

/* From now on the packets of SOCKET come to this loop: once in the life of a socket. */
pal_error pal_iocp_add(pal_iocp *iocp, SOCKET socket);

/* Around the system call that takes the operation's OVERLAPPED, which BEGIN returns. END takes whether the call reported success;
 * it tells the error of a call that will leave no packet, and PAL_OK when one will come. */
OVERLAPPED *pal_operation_begin(pal_operation *operation, pal_source *source);
pal_error pal_operation_end(pal_operation *operation, bool is_success);

#endif
