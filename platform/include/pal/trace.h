/* A trace of sockets: reports each operation that the backend performs on a socket, with its arguments and its result.
 * For people who want to watch, and for tests of the backend. Off until a function is set; while off, it costs one branch per
 * operation.
 *
 * Reports each call that the backend makes, once, on the thread that makes it. Events of one socket come in the order of the calls.
 * An operation that waits (a receive without bytes, a connect under way) is reported as pending; its completion is another event of
 * the same operation, unless the socket is closed first. On Windows a receive waits by a WSARecv of no bytes, then recv takes the
 * bytes; and the sockets for AcceptEx are created in advance. */
#ifndef PAL_TRACE_H
#define PAL_TRACE_H

#include "pal/address.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum pal_trace_operation {
    PAL_TRACE_CREATE,   /* socket(2), WSASocketW */
    PAL_TRACE_BIND,     /* bind(2); on Windows also before a connect, because ConnectEx requires it */
    PAL_TRACE_LISTEN,   /* listen(2) */
    PAL_TRACE_ACCEPT,   /* accept4(2), AcceptEx */
    PAL_TRACE_CONNECT,  /* connect(2), ConnectEx */
    PAL_TRACE_RECEIVE,  /* recv(2), WSARecv */
    PAL_TRACE_SEND,     /* send(2), WSASend */
    PAL_TRACE_SHUTDOWN, /* shutdown(2) of the sending half */
    PAL_TRACE_CLOSE,    /* close(2), closesocket */
    PAL_TRACE_RESET,    /* close with a linger time of 0, which sends RST */
    PAL_TRACE_OPERATION_COUNT
} pal_trace_operation;

typedef enum pal_trace_role {
    PAL_TRACE_LISTENING, /* a server's socket that accepts */
    PAL_TRACE_ACCEPTED,  /* a server's end of a connection */
    PAL_TRACE_CONNECTING /* a client's end of a connection */
} pal_trace_role;

typedef struct pal_trace_event {
    /* pal_clock_now_ns(). For a send, shutdown, close or reset: just before the call, so that it is never later than the effect on
     * the other side. For all others: after the call. A close or reset is also reported before its call, because afterwards another
     * socket may have the number. */
    uint64_t time_ns;
    pal_trace_operation operation;
    pal_trace_role role;
    uintptr_t socket;           /* the system's number; another socket may have it after the close; 0 when there is no socket */
    uintptr_t accepted;         /* successful accept: the new socket's number; else 0 */
    const pal_address *address; /* create: the one it is for; bind: the local one; accept, connect: the peer; else NULL */
    size_t size;                /* receive: bytes there is room for; send: bytes to send; listen: the backlog; else 0 */
    const uint8_t *bytes;       /* the first `done` bytes received or sent; NULL for none */
    size_t done;                /* bytes received or sent */
    bool is_pending;            /* not complete: another event follows */
    pal_error error;            /* PAL_OK; PAL_END for a receive at the peer's end; else why the call failed */
} pal_trace_event;

/* Receives every event, on the thread that makes the operation and inside it. It must not call functions of that loop. Everything
 * in EVENT is lent for the call. */
typedef void pal_trace_function(void *context, const pal_trace_event *event);

/* Sets the function that receives events; NULL turns the trace off. Only while no other thread uses the platform's sockets. */
void pal_trace_set(pal_trace_function *function, void *context);

/* Return the name of OPERATION's call in POSIX and in Winsock, such as "recv" and "WSARecv". Static storage. */
const char *pal_trace_bsd_name(pal_trace_operation operation);
const char *pal_trace_winsock_name(pal_trace_operation operation);

PAL_PUBLIC_END

#endif
