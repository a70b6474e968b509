/* What streams and listeners need of Winsock. Private to platform/windows and platform/common. */
#ifndef PAL_WINDOWS_SOCKETS_H
#define PAL_WINDOWS_SOCKETS_H

#include "native.h"
#include "pal/trace.h"

/* WSAGetLastError() as a pal_error. */
pal_error pal_socket_error(void);

/* What listen() takes for so many connections, 0 for the system's maximum. */
int pal_backlog_limit(unsigned backlog);

/* What follows is reported to who traces, with ROLE. */

/* Starts Winsock and opens a TCP socket for ADDRESS and overlapped use that children do not inherit. */
pal_error pal_socket_open(const pal_address *address, pal_trace_role role, SOCKET *socket);

void pal_socket_end(SOCKET socket, pal_trace_role role);

/* Closes it so that the peer sees a reset (SO_LINGER with no time, RFC 9293, 3.10.5). */
void pal_socket_abort(SOCKET socket, pal_trace_role role);

/* What follows is not reported. */

/* Asks Winsock for one of its extensions, such as ConnectEx, and writes it to *FUNCTION, a pointer to a function. Asked for each
 * socket, as documented: the answer belongs to the provider that made the socket. */
pal_error pal_socket_extension(SOCKET socket, GUID name, void *function);

/* How an overlapped operation has ended, in Winsock's codes: the completion port itself has NTSTATUS values. *SIZE is its bytes. */
pal_error pal_socket_result(SOCKET socket, OVERLAPPED *overlapped, DWORD *size);

#endif
