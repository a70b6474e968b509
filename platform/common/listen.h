/* What listening sockets share on every system. Private to platform/. */
#ifndef PAL_COMMON_LISTEN_H
#define PAL_COMMON_LISTEN_H

#include "native.h" /* the backend's: the system's socket headers */

/* Binds SOCKET. Traced with ROLE. */
pal_error pal_socket_bind(pal_native_socket socket, pal_trace_role role, const pal_address *address);

/* Checks that SOCKET listens, on an address that pal_address can hold. An inherited socket may be anything. */
bool pal_socket_is_listening(pal_native_socket socket, pal_address *address);

#endif
