/* This machine's network interfaces and their addresses. Any thread; pal_interface_list may block. */
#ifndef PAL_INTERFACE_H
#define PAL_INTERFACE_H

#include "pal/address.h"

PAL_PUBLIC_BEGIN

typedef struct pal_interface_address {
    pal_address address;  /* port 0 */
    unsigned prefix_bits; /* 0 where unknown */
} pal_interface_address;

typedef struct pal_interface {
    char name[128]; /* UTF-8, cut where it is longer: "eth0", "Ethernet 2" */
    bool up;
    uint32_t mtu_bytes; /* 0 where unknown */
    size_t mac_size;    /* 0 for an interface without one */
    uint8_t mac[8];
    size_t address_count;
    pal_interface_address *addresses; /* the list's; NULL for none */
} pal_interface;

/* Lists this machine's interfaces (getifaddrs(3), GetAdaptersAddresses). The caller frees the list with pal_interface_list_free. On
 * an error, *INTERFACES is NULL and *COUNT is 0. Errors: NO_MEMORY, NO_DESCRIPTORS, OTHER. */
pal_error pal_interface_list(pal_interface **interfaces, size_t *count);
void pal_interface_list_free(pal_interface *interfaces, size_t count);

PAL_PUBLIC_END

#endif
