/* What sockets share on every system, before and after their life as streams or listeners. Private to platform/. */
#ifndef PAL_COMMON_SOCKETS_H
#define PAL_COMMON_SOCKETS_H

#include "native.h" /* the backend's: the system's socket headers */
#include "pal/listener.h"
#include "pal/trace.h"

/* Each backend implements the first five.
 *
 * Opens a TCP socket for ADDRESS that children do not inherit, non-blocking on POSIX and overlapped on Windows (this starts
 * Winsock). Traced with ROLE. */
pal_error pal_socket_open(const pal_address *address, pal_trace_role role, pal_native_socket *socket);

/* Closes SOCKET with close() or closesocket(). Not traced. */
void pal_socket_release(pal_native_socket socket);

/* Returns the error of the socket call that has just failed: errno or WSAGetLastError(). */
pal_error pal_socket_error(void);

/* Returns listen()'s argument for BACKLOG connections; 0 means the system's maximum. */
int pal_backlog_limit(unsigned backlog);

/* Opens LISTENER on a socket that listens and is as pal_socket_open makes them. Closes the socket on failure. */
pal_error pal_listener_start(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, pal_native_socket socket);

/* Close SOCKET, the second with a reset (SO_LINGER with no time; RFC 9293, 3.10.5). Traced with ROLE. */
void pal_socket_end(pal_native_socket socket, pal_trace_role role);
void pal_socket_abort(pal_native_socket socket, pal_trace_role role);

/* Binds SOCKET. Traced with ROLE. */
pal_error pal_socket_bind(pal_native_socket socket, pal_trace_role role, const pal_address *address);

/* Returns true when SOCKET is a TCP socket that listens. An inherited socket may be anything. */
bool pal_socket_is_listening(pal_native_socket socket);

/* Writes the address and port that SOCKET is bound to. Returns false when pal_address cannot hold it, or the system does not
 * know. */
bool pal_socket_local_address(pal_native_socket socket, pal_address *address);

/* Returns true when both ends of the connection are the same socket. A socket with a random port that connects to its own machine
 * may connect to itself (RFC 9293, 3.5, simultaneous open); nobody listens there. */
bool pal_socket_is_own_peer(pal_native_socket socket);

#endif
