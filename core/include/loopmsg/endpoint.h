/* Where to listen or to connect, as people write it: host:port, [v6]:port, :port, port or host. */
#ifndef LOOPMSG_ENDPOINT_H
#define LOOPMSG_ENDPOINT_H

#include "pal/address.h"
#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_PORT 9999
#define LM_HOST "localhost"
#define LM_ADDRESSES_MAX 16 /* of one endpoint, as many as servers, clients and load generators take */

typedef struct lm_endpoint {
    char host[256]; /* "" where none was given: every address to listen on, localhost to connect to */
    uint16_t port;
} lm_endpoint;

/* Reads TEXT; what it leaves out is HOST "" and LM_PORT. A number alone is a port, a bare IPv6 address a host. What resolvers read
 * differently is no host: "127.1", "0x10", "010.0.0.1". Returns NULL, or what is wrong as the end of a sentence, such as "the port must be
 * a number from 0 to 65535"; then *ENDPOINT is of no use. Static storage. Any thread. */
const char *lm_endpoint_parse(lm_endpoint *endpoint, const char *text);

/* The endpoint's addresses to listen on: 0.0.0.0 and [::] for no host, 127.0.0.1 and [::1] for localhost, otherwise as
 * pal_address_resolve. FAMILY keeps only one kind: NAME_NOT_FOUND for a host, named or numeric, that has no address of it. CAPACITY is
 * at least 1. May block. Any thread. */
pal_error lm_endpoint_listen_addresses(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                       size_t *count);

/* The endpoint's addresses to connect to, no host meaning localhost, and localhost 127.0.0.1, then [::1]. The addresses that mean "every
 * one" to a server, 0.0.0.0 and [::], mean loopback here, as they do on Unix; Windows refuses them. Otherwise as above. */
pal_error lm_endpoint_connect_addresses(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                        size_t *count);

PAL_PUBLIC_END

#endif
