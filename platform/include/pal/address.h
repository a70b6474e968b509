/* Internet addresses: IPv4 and IPv6 with scope, as values.
 *
 * Every function here may be called from any thread; pal_address_resolve may block. */
#ifndef PAL_ADDRESS_H
#define PAL_ADDRESS_H

#include "pal/public.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum pal_family { PAL_ANY_FAMILY, PAL_IPV4, PAL_IPV6 } pal_family;

typedef struct pal_address {
    pal_family family; /* PAL_IPV4 or PAL_IPV6 */
    uint16_t port;     /* in host byte order */
    uint32_t scope;    /* IPv6: the interface's index for a link-local address, otherwise 0 (RFC 4007) */
    uint8_t bytes[16]; /* in network byte order; IPv4 uses the first four */
} pal_address;

typedef enum pal_address_kind {
    PAL_KIND_ANY,        /* 0.0.0.0 or :: */
    PAL_KIND_LOOPBACK,   /* 127.0.0.0/8, ::1 */
    PAL_KIND_LINK_LOCAL, /* 169.254.0.0/16 (RFC 3927), fe80::/10 */
    PAL_KIND_PRIVATE,    /* RFC 1918, fc00::/7 (RFC 4193), 100.64.0.0/10 (RFC 6598) */
    PAL_KIND_MULTICAST,  /* 224.0.0.0/4, ff00::/8 */
    PAL_KIND_GLOBAL
} pal_address_kind;

#define PAL_ADDRESS_TEXT_SIZE 80 /* holds "[IPv6%interface]:65535" and its terminator */

/* Reads a numeric host without a port: "127.0.0.1", "::1", "fe80::1%eth0" (inet_pton(3)). Returns false when TEXT is anything
 * else. */
bool pal_address_parse(const char *text, uint16_t port, pal_address *address);

/* Writes "127.0.0.1:9999" or "[::1]:9999"; IPv6 follows RFC 5952. Always terminated, cut to SIZE bytes.
 * Returns BUFFER. */
const char *pal_address_format(const pal_address *address, char *buffer, size_t size);

/* Writes the same without brackets and port. */
const char *pal_address_format_host(const pal_address *address, char *buffer, size_t size);

/* Returns the kind of the address, by IANA's registries. */
pal_address_kind pal_address_kind_of(const pal_address *address);

/* Returns the kind as a word, such as "link-local". Static storage. */
const char *pal_address_kind_name(pal_address_kind kind);

/* Looks up HOST, a name or a numeric host (getaddrinfo(3)). Writes at most CAPACITY addresses of FAMILY with PORT, each once, in
 * the system's order of preference. *COUNT is their number, 0 on an error. May block. Errors: NAME_NOT_FOUND, NO_MEMORY, OTHER. */
pal_error pal_address_resolve(const char *host, uint16_t port, pal_family family, pal_address *addresses, size_t capacity,
                              size_t *count);

PAL_PUBLIC_END

#endif
