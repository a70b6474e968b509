/* What streams and listeners need from Winsock. Private to platform/windows. */
#ifndef PAL_WINDOWS_SOCKETS_H
#define PAL_WINDOWS_SOCKETS_H

#include "common/sockets.h"

/* Asks Winsock for an extension, such as ConnectEx, and writes it to *FUNCTION, a pointer to a function. Ask for each socket, as
 * documented: the function belongs to the provider of the socket. */
pal_error pal_socket_extension(SOCKET socket, GUID name, void *function);

/* Returns the result of an ended overlapped operation, from Winsock's code: the completion port itself has NTSTATUS values. *SIZE
 * is its number of bytes. */
pal_error pal_socket_result(SOCKET socket, OVERLAPPED *overlapped, DWORD *size);

#endif
