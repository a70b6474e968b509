/* What a connection of the load generator receives: the greeting, then answers, each byte compared with what is expected. Private
 * to core/. On its worker's thread. */
#ifndef LOOPMSG_LOAD_ANSWERS_H
#define LOOPMSG_LOAD_ANSWERS_H

#include "load/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the greeting, or a part of it, from the front of SIZE > 0 bytes. Returns how many bytes that were; 0 when one of them is
 * wrong. Then the first wrong byte of the phase is in the worker's result. */
size_t lm_load_greeting_take(lm_load_connection *connection, const uint8_t *bytes, size_t size);

/* Takes SIZE bytes as answers. Records the times of each that is complete, as of NOW_NS. Returns false when a byte is wrong, as
 * above. */
bool lm_load_answers_take(lm_load_connection *connection, const uint8_t *bytes, size_t size, uint64_t now_ns);

#endif
