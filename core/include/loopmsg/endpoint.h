/* Where to listen or to connect, as people write it: host:port, [v6]:port, :port, port or host. */
#ifndef LOOPMSG_ENDPOINT_H
#define LOOPMSG_ENDPOINT_H

#include "pal/public.h"

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

PAL_PUBLIC_END

#endif
