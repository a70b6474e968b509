#include "loopmsg/lookup.h"

#include <assert.h>
#include <stdbool.h>

/* Compares names without regard to case (RFC 4343). */
static bool is_localhost(const char *host) {
    static const char name[] = "localhost";
    size_t i = 0;
    while (name[i] != '\0' && (host[i] == name[i] || host[i] == name[i] - 'a' + 'A'))
        i++;
    return host[i] == '\0' && name[i] == '\0';
}

/* Writes the IPv4 and the IPv6 address that mean the same, as far as FAMILY and CAPACITY allow. */
static pal_error pair_list(const char *ipv4, const char *ipv6, uint16_t port, pal_family family, pal_address *addresses,
                           size_t capacity, size_t *count) {
    const char *const hosts[] = {ipv4, ipv6};
    *count = 0;
    for (size_t i = 0; i < 2; i++) {
        pal_address address;
        bool is_parsed = pal_address_parse(hosts[i], port, &address);
        assert(is_parsed);
        (void)is_parsed;
        if (*count < capacity && (family == PAL_ANY_FAMILY || family == address.family))
            addresses[(*count)++] = address;
    }
    return pal_ok();
}

static pal_error host_list(const char *host, uint16_t port, pal_family family, pal_address *addresses, size_t capacity,
                           size_t *count) {
    /* Do not ask a resolver: it may know only one of the two, or ask the network (RFC 6761, 6.3). IPv4 comes first: a server with
     * one family, like the original, mostly has IPv4, and some systems are slow to refuse a connection. */
    if (is_localhost(host))
        return pair_list("127.0.0.1", "::1", port, family, addresses, capacity, count);
    return pal_address_resolve(host, port, family, addresses, capacity, count);
}

pal_error lm_endpoint_listen_addresses(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                       size_t *count) {
    assert(capacity > 0);
    if (endpoint->host[0] == '\0')
        return pair_list("0.0.0.0", "::", endpoint->port, family, addresses, capacity, count);
    return host_list(endpoint->host, endpoint->port, family, addresses, capacity, count);
}

pal_error lm_endpoint_connect_addresses(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                        size_t *count) {
    assert(capacity > 0);
    const char *host = endpoint->host[0] != '\0' ? endpoint->host : LM_HOST;
    pal_error error = host_list(host, endpoint->port, family, addresses, capacity, count);
    for (size_t i = 0; i < *count; i++) {
        if (pal_address_kind_of(&addresses[i]) == PAL_KIND_ANY)
            pal_address_parse(addresses[i].family == PAL_IPV4 ? "127.0.0.1" : "::1", endpoint->port, &addresses[i]);
    }
    return error;
}
