/* Sockets made visible: each operation that the backend performs on a socket is told as it happens, with its arguments and its result.
 * For people who want to see, and for tests of what the backend does; off unless a function is set, and then one branch an operation.
 *
 * Told are the calls that the backend really makes, once each, by the thread that makes them: between two operations of one socket the
 * order is that of the calls. What waits (a receive that finds nothing, a connect under way) is told as pending, and its completion is
 * told by another event of the same operation, unless the socket is closed before. On Windows a receive waits by a WSARecv with room for no
 * bytes, and recv takes what has come; the sockets for AcceptEx are created before. */
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
    PAL_TRACE_BIND,     /* bind(2); on Windows also before a connect, as ConnectEx wants it */
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
    /* pal_clock_now_ns(): of a send, a shutdown, a close and a reset just before the call, so that it is never later than what that causes on
     * the other side; of all others after it. A close and a reset are also told before, for then the number may be another socket's. */
    uint64_t time_ns;
    pal_trace_operation operation;
    pal_trace_role role;
    uintptr_t socket;           /* the system's number of it, which another socket may have after its close; 0 when there is none */
    uintptr_t accepted;         /* of a successful accept: the new socket's; else 0 */
    const pal_address *address; /* create: the one it is for; bind: where; accept: the peer; connect: whom; else NULL */
    size_t size;                /* receive: room for so many bytes; send: so many to send; listen: the backlog; else 0 */
    const uint8_t *bytes;       /* the first `done` bytes that were received or sent; NULL for none */
    size_t done;                /* how many bytes the system gave or took */
    bool is_pending;            /* nothing yet: it will be told again */
    pal_error error;            /* PAL_OK; PAL_END for a receive that found the peer's end; else why it failed */
} pal_trace_event;

/* Told of every event, on the thread that made the call, within it: it must not call the platform's functions of that loop. Everything
 * in EVENT is lent for the call. */
typedef void pal_trace_function(void *context, const pal_trace_event *event);

/* Sets who is told; NULL for nobody. Only while no other thread uses the platform's sockets. */
void pal_trace_set(pal_trace_function *function, void *context);

/* What the call of OPERATION is named in POSIX and in Winsock: "recv" and "WSARecv". Static storage. */
const char *pal_trace_bsd_name(pal_trace_operation operation);
const char *pal_trace_winsock_name(pal_trace_operation operation);

PAL_PUBLIC_END

#endif
