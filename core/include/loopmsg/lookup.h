/* The addresses of an endpoint, to listen on or to connect to. */
#ifndef LOOPMSG_LOOKUP_H
#define LOOPMSG_LOOKUP_H

#include "loopmsg/endpoint.h"
#include "pal/address.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stddef.h>

PAL_PUBLIC_BEGIN

/* Looks up the addresses to listen on: 0.0.0.0 and [::] for no host, 127.0.0.1 and [::1] for localhost, otherwise like
 * pal_address_resolve. FAMILY selects one family, PAL_ANY_FAMILY none. Writes at most CAPACITY addresses, which is at least 1, and
 * their number to *COUNT; 0 on failure. May block. Any thread.
 * Errors: NAME_NOT_FOUND (also when the host has no address of FAMILY), NO_MEMORY, OTHER. */
pal_error lm_endpoint_listen_addresses(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                       size_t *count);

/* Looks up the addresses to connect to. No host means localhost; localhost means 127.0.0.1, then [::1]. 0.0.0.0 and [::] mean
 * loopback, as on Unix (Windows itself refuses them). Otherwise as above. */
pal_error lm_endpoint_connect_addresses(const lm_endpoint *endpoint, pal_family family, pal_address *addresses, size_t capacity,
                                        size_t *count);

PAL_PUBLIC_END

#endif
