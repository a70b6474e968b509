/* What a load generator sends: bytes that look random, but follow from a seed, the number of the connection and that of the message, so that
 * any part of any message can be made again, at once and without memory. Pure functions. Any thread. */
#ifndef LOOPMSG_PAYLOAD_H
#define LOOPMSG_PAYLOAD_H

#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* What all messages of one run share. */
typedef struct lm_payload_settings {
    uint64_t seed;
    uint32_t size_min, size_max; /* bytes; sizes are spread evenly over both and what lies between */
    bool is_text;                /* 64 characters from '0' to 'o': no control, no 'x', so never a line ending or "exit" */
} lm_payload_settings;

/* One message. */
typedef struct lm_payload {
    uint64_t key;
    uint32_t size;
    bool is_text; /* otherwise any bytes, the first of them no ASCII, so never "exit" */
} lm_payload;

/* The message numbered MESSAGE of the connection numbered CONNECTION, both from 0: the same for the same three arguments, on every machine. */
lm_payload lm_payload_of(const lm_payload_settings *settings, uint64_t connection, uint64_t message);

/* Writes SIZE bytes of the message from OFFSET on; both together lie within it. */
void lm_payload_copy(const lm_payload *payload, size_t offset, uint8_t *bytes, size_t size);

PAL_PUBLIC_END

#endif
