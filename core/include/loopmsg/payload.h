/* The messages of a load generator. Their bytes look random but depend only on the seed and the numbers of connection and message.
 * So any part of any message can be made again, immediately and without memory. Pure functions. Any thread. */
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
    uint32_t size_min, size_max; /* bytes; sizes are spread evenly from one to the other, both included */
    bool is_text; /* 64 characters from '0' to 'o': no control character and no 'x', so no line ending and no "exit" */
} lm_payload_settings;

/* One message. */
typedef struct lm_payload {
    uint64_t key;
    uint32_t size;
    bool is_text; /* otherwise any bytes; the first is not ASCII, so never "exit" */
} lm_payload;

/* Returns message number MESSAGE of connection number CONNECTION, both from 0. The same arguments give the same message on every
 * machine. */
lm_payload lm_payload_of(const lm_payload_settings *settings, uint64_t connection, uint64_t message);

/* Writes SIZE bytes of the message from OFFSET on. OFFSET + SIZE must not exceed the message. */
void lm_payload_copy(const lm_payload *payload, size_t offset, uint8_t *bytes, size_t size);

PAL_PUBLIC_END

#endif
