/* What is the same of listening sockets on every system. Private to platform/. */
#ifndef PAL_COMMON_LISTEN_H
#define PAL_COMMON_LISTEN_H

#include "native.h" /* the backend's: the system's socket headers */

/* Binds, which who traces sees with ROLE. */
pal_error pal_socket_bind(pal_native_socket socket, pal_trace_role role, const pal_address *address);

/* Whether SOCKET listens, and on what pal_address can say: one that was inherited may be anything. */
bool pal_socket_is_listening(pal_native_socket socket, pal_address *address);

#endif
