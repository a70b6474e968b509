/* Name resolution by getaddrinfo, which Winsock and BSD sockets both have (RFC 3493). */
#include "common/address.h"

pal_error pal_address_resolve(const char *host, uint16_t port, pal_family family, pal_address *addresses, size_t capacity,
                              size_t *count) {
    static const int families[] = {[PAL_ANY_FAMILY] = AF_UNSPEC, [PAL_IPV4] = AF_INET, [PAL_IPV6] = AF_INET6};
    *count = 0;
    pal_error error = pal_sockets_start();
    if (error.status != PAL_OK)
        return error;
    pal_address numeric;
    if (pal_address_parse(host, port, &numeric)) {
        if (family != PAL_ANY_FAMILY && family != numeric.family)
            return pal_error_of(PAL_NAME_NOT_FOUND);
        if (capacity > 0)
            addresses[(*count)++] = numeric;
        return pal_ok();
    }

    struct addrinfo hints = {.ai_family = families[family], .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
    struct addrinfo *list = NULL;
    int code = getaddrinfo(host, NULL, &hints, &list);
    if (code != 0)
        return pal_error_from_resolver(code);
    for (const struct addrinfo *entry = list; entry != NULL && *count < capacity; entry = entry->ai_next) {
        pal_address address;
        if (!pal_address_from_sockaddr(entry->ai_addr, &address))
            continue;
        address.port = port;
        bool is_known = false;
        for (size_t i = 0; i < *count; i++)
            is_known = is_known || pal_address_is_same_host(&addresses[i], &address);
        if (!is_known)
            addresses[(*count)++] = address;
    }
    freeaddrinfo(list);
    return *count > 0 || capacity == 0 ? pal_ok() : pal_error_of(PAL_NAME_NOT_FOUND);
}
