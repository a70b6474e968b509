/* pal_address to and from the system's sockaddr. Private to platform/. */
#ifndef PAL_COMMON_ADDRESS_H
#define PAL_COMMON_ADDRESS_H

#include "native.h" /* the backend's: the system's socket headers */

/* Fills *STORAGE and returns the size of the address in it. */
socklen_t pal_address_to_sockaddr(const pal_address *address, struct sockaddr_storage *storage);

/* Returns false when SOCKADDR is neither IPv4 nor IPv6. */
bool pal_address_from_sockaddr(const struct sockaddr *sockaddr, pal_address *address);

/* Writes the address and port that SOCKET is bound to. Returns false when the system does not know. */
bool pal_socket_local_address(pal_native_socket socket, pal_address *address);

/* Returns true when both ends of the connection are the same socket. A socket with a random port that connects to its own machine
 * may connect to itself (RFC 9293, 3.5, simultaneous open); nobody listens there. */
bool pal_socket_is_own_peer(pal_native_socket socket);

#endif
