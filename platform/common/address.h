/* pal_address to and from the system's sockaddr. Private to platform/. */
#ifndef PAL_COMMON_ADDRESS_H
#define PAL_COMMON_ADDRESS_H

#include "native.h" /* the backend's: the system's socket headers */

/* Fills *STORAGE and returns how many bytes of it count. */
socklen_t pal_address_to_sockaddr(const pal_address *address, struct sockaddr_storage *storage);

/* False when SOCKADDR is neither IPv4 nor IPv6. */
bool pal_address_from_sockaddr(const struct sockaddr *sockaddr, pal_address *address);

/* The address and port that SOCKET is bound to; false when the system does not say. */
bool pal_socket_local_address(pal_native_socket socket, pal_address *address);

/* True for a connection whose two ends are the same: a socket that was given a random port and connects to a port of its own machine may
 * meet itself (RFC 9293, 3.5, simultaneous open). Nobody listens there. */
bool pal_socket_is_own_peer(pal_native_socket socket);

#endif
