/* pal_address to and from the system's sockaddr. Private to platform/. */
#ifndef PAL_COMMON_ADDRESS_H
#define PAL_COMMON_ADDRESS_H

#include "native.h" /* the backend's: the system's socket headers */

/* Fills *STORAGE and returns the size of the address in it. */
socklen_t pal_address_to_sockaddr(const pal_address *address, struct sockaddr_storage *storage);

/* Returns false when SOCKADDR is neither IPv4 nor IPv6. */
bool pal_address_from_sockaddr(const struct sockaddr *sockaddr, pal_address *address);

#endif
