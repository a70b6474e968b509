/* Addresses where no server answers. */
#ifndef TEST_CORE_ADDRESSES_H
#define TEST_CORE_ADDRESSES_H

#include "pal/address.h"
#include "support/listener.h"
#include "support/stream.h"

/* Returns an address that refuses each connect. */
pal_address address_refusing(void);

/* An address that never answers: its backlog is full. */
typedef struct silent_address {
    test_listener listener;
    test_stream clients[8];
    size_t count;
} silent_address;

/* Opens COUNT of them, and writes their addresses to ADDRESSES. Returns false if no connect waits for a full backlog here; then
 * only close them. */
bool silent_open(silent_address *silent, size_t count, test_loop *loop, pal_address *addresses);
void silent_close(silent_address *silent, size_t count);

#endif
