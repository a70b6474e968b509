/* GetAdaptersAddresses. */
#include "pal/interface.h"

#include "common/address.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LIST_SIZE 16384 /* Microsoft's advice for the first try */
#define LIST_TRIES 8    /* the list may grow between two calls, but hardly every time */

/* Writes the system's list to *LIST, which the caller frees; NULL where there are no interfaces. */
static pal_error adapters_read(IP_ADAPTER_ADDRESSES **list) {
    const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = LIST_SIZE;
    ULONG code = ERROR_BUFFER_OVERFLOW;
    *list = NULL;
    for (int i = 0; i < LIST_TRIES && code == ERROR_BUFFER_OVERFLOW; i++) {
        free(*list);
        *list = malloc(size);
        if (*list == NULL)
            return pal_error_of(PAL_NO_MEMORY);
        code = GetAdaptersAddresses(AF_UNSPEC, flags, NULL, *list, &size);
    }
    if (code == ERROR_SUCCESS)
        return pal_ok();
    free(*list);
    *list = NULL;
    return code == ERROR_NO_DATA || code == ERROR_ADDRESS_NOT_ASSOCIATED ? pal_ok() : pal_error_from_os((int)code);
}

/* Copies the addresses of ADAPTER. Returns false without memory. */
static bool interface_read_addresses(pal_interface *target, const IP_ADAPTER_ADDRESSES *adapter) {
    size_t count = 0;
    for (const IP_ADAPTER_UNICAST_ADDRESS *entry = adapter->FirstUnicastAddress; entry != NULL; entry = entry->Next)
        count++;
    if (count == 0)
        return true;
    target->addresses = calloc(count, sizeof *target->addresses);
    if (target->addresses == NULL)
        return false;
    for (const IP_ADAPTER_UNICAST_ADDRESS *entry = adapter->FirstUnicastAddress; entry != NULL; entry = entry->Next) {
        pal_interface_address *address = &target->addresses[target->address_count];
        if (!pal_address_from_sockaddr(entry->Address.lpSockaddr, &address->address))
            continue;
        address->address.port = 0;
        address->prefix_bits = entry->OnLinkPrefixLength;
        target->address_count++;
    }
    return true;
}

static bool interface_read(pal_interface *target, const IP_ADAPTER_ADDRESSES *adapter) {
    pal_utf8_from_wide(adapter->FriendlyName, wcslen(adapter->FriendlyName), target->name, sizeof target->name);
    target->up = adapter->OperStatus == IfOperStatusUp;
    target->mtu_bytes = adapter->Mtu != UINT32_MAX ? adapter->Mtu : 0; /* loopback has no limit */
    if (adapter->PhysicalAddressLength <= sizeof target->mac) {
        target->mac_size = adapter->PhysicalAddressLength;
        memcpy(target->mac, adapter->PhysicalAddress, target->mac_size);
    }
    return interface_read_addresses(target, adapter);
}

/* Converts the system's list. */
static pal_error interfaces_copy(const IP_ADAPTER_ADDRESSES *list, pal_interface **interfaces, size_t *count) {
    size_t capacity = 0;
    for (const IP_ADAPTER_ADDRESSES *adapter = list; adapter != NULL; adapter = adapter->Next)
        capacity++;
    if (capacity == 0)
        return pal_ok();
    *interfaces = calloc(capacity, sizeof **interfaces);
    if (*interfaces == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    for (const IP_ADAPTER_ADDRESSES *adapter = list; adapter != NULL; adapter = adapter->Next) {
        if (!interface_read(&(*interfaces)[*count], adapter)) {
            pal_interface_list_free(*interfaces, *count);
            *interfaces = NULL;
            *count = 0;
            return pal_error_of(PAL_NO_MEMORY);
        }
        (*count)++;
    }
    return pal_ok();
}

pal_error pal_interface_list(pal_interface **interfaces, size_t *count) {
    *interfaces = NULL;
    *count = 0;
    IP_ADAPTER_ADDRESSES *list;
    pal_error error = adapters_read(&list);
    if (error.status == PAL_OK)
        error = interfaces_copy(list, interfaces, count);
    free(list);
    return error;
}
