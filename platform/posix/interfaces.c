/* getifaddrs(3). */
#include "pal/interface.h"

#include "common/address.h"
#include "sockets.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifdef __linux__
#include <netpacket/packet.h>
#else
#include <net/if_dl.h>
#endif

/* Returns the interface of this name in the list; appends a new one. NULL without memory. */
static pal_interface *interface_of(pal_interface **list, size_t *count, const char *name) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*list)[i].name, name) == 0)
            return &(*list)[i];
    }
    pal_interface *grown = realloc(*list, (*count + 1) * sizeof **list);
    if (grown == NULL)
        return NULL;
    *list = grown;
    pal_interface *interface = &grown[(*count)++];
    *interface = (pal_interface){0};
    snprintf(interface->name, sizeof interface->name, "%s", name);
    return interface;
}

static unsigned prefix_of(const struct sockaddr *netmask, pal_family family) {
    if (netmask == NULL)
        return 0;
    const uint8_t *bytes = family == PAL_IPV4 ? (const uint8_t *)&((const struct sockaddr_in *)(const void *)netmask)->sin_addr
                                              : (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)netmask)->sin6_addr;
    unsigned bits = 0;
    unsigned limit = family == PAL_IPV4 ? 32 : 128;
    while (bits < limit && (bytes[bits / 8] & (0x80u >> (bits % 8))) != 0)
        bits++;
    return bits;
}

static bool interface_add_address(pal_interface *interface, const pal_address *address, unsigned prefix_bits) {
    size_t size = (interface->address_count + 1) * sizeof *interface->addresses;
    pal_interface_address *grown = realloc(interface->addresses, size);
    if (grown == NULL)
        return false;
    interface->addresses = grown;
    grown[interface->address_count] = (pal_interface_address){*address, prefix_bits};
    grown[interface->address_count].address.port = 0;
    interface->address_count++;
    return true;
}

static void interface_set_mac(pal_interface *interface, const void *bytes, size_t size) {
    static const uint8_t zero[sizeof interface->mac];
    if (size > sizeof interface->mac || memcmp(bytes, zero, size) == 0)
        return; /* loopback has six zeros */
    memcpy(interface->mac, bytes, size);
    interface->mac_size = size;
}

static void interface_read_link(pal_interface *interface, const struct sockaddr *address) {
#ifdef __linux__
    if (address->sa_family == AF_PACKET) {
        const struct sockaddr_ll *link = (const struct sockaddr_ll *)(const void *)address;
        interface_set_mac(interface, link->sll_addr, link->sll_halen);
    }
#else
    if (address->sa_family == AF_LINK) {
        const struct sockaddr_dl *link = (const struct sockaddr_dl *)(const void *)address;
        interface_set_mac(interface, link->sdl_data + link->sdl_nlen, link->sdl_alen);
    }
#endif
}

static uint32_t interface_mtu(int descriptor, const char *name) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, name, strnlen(name, sizeof request.ifr_name - 1));
    return descriptor >= 0 && ioctl(descriptor, SIOCGIFMTU, &request) == 0 ? (uint32_t)request.ifr_mtu : 0;
}

pal_error pal_interface_list(pal_interface **interfaces, size_t *count) {
    *interfaces = NULL;
    *count = 0;
    struct ifaddrs *list;
    if (getifaddrs(&list) != 0)
        return pal_error_last();
    bool has_memory = true;
    for (const struct ifaddrs *entry = list; entry != NULL && has_memory; entry = entry->ifa_next) {
        pal_interface *interface = interface_of(interfaces, count, entry->ifa_name);
        if (interface == NULL) {
            has_memory = false;
            break;
        }
        interface->up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_RUNNING) != 0;
        if (entry->ifa_addr == NULL)
            continue;
        pal_address address;
        if (pal_address_from_sockaddr(entry->ifa_addr, &address))
            has_memory = interface_add_address(interface, &address, prefix_of(entry->ifa_netmask, address.family));
        else
            interface_read_link(interface, entry->ifa_addr);
    }
    freeifaddrs(list);
    if (!has_memory) {
        pal_interface_list_free(*interfaces, *count);
        *interfaces = NULL;
        *count = 0;
        return pal_error_of(PAL_NO_MEMORY);
    }
    int descriptor = pal_descriptor_open(AF_INET);
    for (size_t i = 0; i < *count; i++)
        (*interfaces)[i].mtu_bytes = interface_mtu(descriptor, (*interfaces)[i].name);
    if (descriptor >= 0)
        close(descriptor);
    return pal_ok();
}
