/* Where to listen or to connect, as people write it: host:port, [v6]:port, :port, port or host. */
#ifndef LOOPMSG_ENDPOINT_H
#define LOOPMSG_ENDPOINT_H

#include "pal/public.h"

#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_PORT 9999        /* the default */
#define LM_HOST "localhost" /* a client's default */
#define LM_ADDRESSES_MAX 16 /* per endpoint; also the most that a server, client or load generator accepts */

typedef struct lm_endpoint {
    char host[256]; /* "" for none: then a server listens on every address, and a client connects to localhost */
    uint16_t port;
} lm_endpoint;

/* Reads TEXT. The defaults are host "" and LM_PORT. A number alone is a port; a bare IPv6 address is a host. A host that resolvers
 * read in different ways is an error: "127.1", "0x10", "010.0.0.1". Returns NULL, or the error as a clause in static storage, such
 * as "the port must be a number from 0 to 65535"; then *ENDPOINT is not valid. Any thread. */
const char *lm_endpoint_parse(lm_endpoint *endpoint, const char *text);

PAL_PUBLIC_END

#endif
