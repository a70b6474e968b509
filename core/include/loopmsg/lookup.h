/* The addresses that an endpoint stands for, to listen on and to connect to. */
#ifndef LOOPMSG_LOOKUP_H
#define LOOPMSG_LOOKUP_H

#include "loopmsg/endpoint.h"
#include "pal/address.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stddef.h>

PAL_PUBLIC_BEGIN

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
