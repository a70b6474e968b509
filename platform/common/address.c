/* Address text and kinds: Winsock and BSD sockets agree on these calls (RFC 3493). */
#include "common/address.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

socklen_t pal_address_to_sockaddr(const pal_address *address, struct sockaddr_storage *storage) {
    memset(storage, 0, sizeof *storage);
    if (address->family == PAL_IPV4) {
        struct sockaddr_in *ipv4 = (struct sockaddr_in *)(void *)storage;
        ipv4->sin_family = AF_INET;
        ipv4->sin_port = htons(address->port);
        memcpy(&ipv4->sin_addr, address->bytes, 4);
        return (socklen_t)sizeof *ipv4;
    }
    assert(address->family == PAL_IPV6);
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)(void *)storage;
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(address->port);
    ipv6->sin6_scope_id = address->scope;
    memcpy(&ipv6->sin6_addr, address->bytes, 16);
    return (socklen_t)sizeof *ipv6;
}

bool pal_address_from_sockaddr(const struct sockaddr *sockaddr, pal_address *address) {
    *address = (pal_address){0};
    if (sockaddr->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)(const void *)sockaddr;
        address->family = PAL_IPV4;
        address->port = ntohs(ipv4->sin_port);
        memcpy(address->bytes, &ipv4->sin_addr, 4);
        return true;
    }
    if (sockaddr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)(const void *)sockaddr;
        address->family = PAL_IPV6;
        address->port = ntohs(ipv6->sin6_port);
        address->scope = ipv6->sin6_scope_id;
        memcpy(address->bytes, &ipv6->sin6_addr, 16);
        return true;
    }
    return false;
}

bool pal_address_is_same_host(const pal_address *a, const pal_address *b) {
    return a->family == b->family && a->scope == b->scope && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Returns the index of the interface "eth0" or "3"; 0 for none. */
static uint32_t scope_parse(const char *text) {
    uint32_t scope = if_nametoindex(text);
    if (scope != 0 || text[0] < '1' || text[0] > '9')
        return scope;
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    return *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

bool pal_address_parse(const char *text, uint16_t port, pal_address *address) {
    pal_address result = {.port = port};
    if (inet_pton(AF_INET, text, result.bytes) == 1) {
        result.family = PAL_IPV4;
        *address = result;
        return true;
    }
    char host[INET6_ADDRSTRLEN];
    const char *percent = strchr(text, '%');
    size_t size = percent != NULL ? (size_t)(percent - text) : strlen(text);
    if (size >= sizeof host)
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    if (inet_pton(AF_INET6, host, result.bytes) != 1)
        return false;
    if (percent != NULL && (result.scope = scope_parse(percent + 1)) == 0)
        return false;
    result.family = PAL_IPV6;
    *address = result;
    return true;
}

const char *pal_address_format_host(const pal_address *address, char *buffer, size_t size) {
    char host[INET6_ADDRSTRLEN] = "";
    inet_ntop(address->family == PAL_IPV4 ? AF_INET : AF_INET6, (const void *)address->bytes, host, sizeof host);
    char name[IF_NAMESIZE] = "";
    if (address->scope == 0)
        snprintf(buffer, size, "%s", host);
    else if (pal_scope_is_named && if_indextoname(address->scope, name) != NULL)
        snprintf(buffer, size, "%s%%%s", host, name);
    else
        snprintf(buffer, size, "%s%%%lu", host, (unsigned long)address->scope);
    return buffer;
}

const char *pal_address_format(const pal_address *address, char *buffer, size_t size) {
    char host[PAL_ADDRESS_TEXT_SIZE];
    pal_address_format_host(address, host, sizeof host);
    snprintf(buffer, size, address->family == PAL_IPV4 ? "%s:%u" : "[%s]:%u", host, (unsigned)address->port);
    return buffer;
}

static pal_address_kind kind_of_ipv4(const uint8_t *b) {
    if ((b[0] | b[1] | b[2] | b[3]) == 0)
        return PAL_KIND_ANY;
    if (b[0] == 127)
        return PAL_KIND_LOOPBACK;
    if (b[0] == 169 && b[1] == 254)
        return PAL_KIND_LINK_LOCAL;
    if (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) || (b[0] == 100 && (b[1] & 0xc0) == 64))
        return PAL_KIND_PRIVATE;
    if ((b[0] & 0xf0) == 224)
        return PAL_KIND_MULTICAST;
    return PAL_KIND_GLOBAL;
}

pal_address_kind pal_address_kind_of(const pal_address *address) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96, an IPv4 address written as IPv6 */
    static const uint8_t zero[15];
    const uint8_t *b = address->bytes;
    if (address->family == PAL_IPV4)
        return kind_of_ipv4(b);
    if (memcmp(b, mapped, sizeof mapped) == 0)
        return kind_of_ipv4(b + 12);
    if (memcmp(b, zero, sizeof zero) == 0 && b[15] <= 1)
        return b[15] == 0 ? PAL_KIND_ANY : PAL_KIND_LOOPBACK;
    if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
        return PAL_KIND_LINK_LOCAL;
    if ((b[0] & 0xfe) == 0xfc)
        return PAL_KIND_PRIVATE;
    if (b[0] == 0xff)
        return PAL_KIND_MULTICAST;
    return PAL_KIND_GLOBAL;
}

const char *pal_address_kind_name(pal_address_kind kind) {
    static const char *const names[] = {"any", "loopback", "link-local", "private", "multicast", "global"};
    return names[kind];
}
