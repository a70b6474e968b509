/* What streams and listeners need of Winsock. Private to platform/windows. */
#ifndef PAL_WINDOWS_SOCKETS_H
#define PAL_WINDOWS_SOCKETS_H

#include "native.h"

/* Closes it so that the peer sees a reset (SO_LINGER with no time, RFC 9293, 3.10.5). Who traces sees it with ROLE. */
void pal_socket_abort(SOCKET socket, pal_trace_role role);

/* Asks Winsock for one of its extensions, such as ConnectEx, and writes it to *FUNCTION, a pointer to a function. Asked for each
 * socket, as documented: the answer belongs to the provider that made the socket. */
pal_error pal_socket_extension(SOCKET socket, GUID name, void *function);

/* How an overlapped operation has ended, in Winsock's codes: the completion port itself has NTSTATUS values. *SIZE is its bytes. */
pal_error pal_socket_result(SOCKET socket, OVERLAPPED *overlapped, DWORD *size);

#endif
