/* What the commands that use the network share of their command lines: ADDRESS, -4, -6 and --framing. */
#ifndef APPS_NETWORK_TARGETS_H
#define APPS_NETWORK_TARGETS_H

#include "loopmsg/buffer.h"
#include "pal/address.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum target_use { TARGET_LISTEN, TARGET_CONNECT } target_use;

typedef struct target_families {
    bool only_ipv4, only_ipv6;
} target_families;

/* Reads ADDRESS and looks it up: at most LM_ADDRESSES_MAX go to ADDRESSES. A port alone is one of localhost. Returns EXIT_DONE, or tells
 * on standard error what is wrong and returns the code to exit with. May block. */
int target_find(const char *text, target_use use, target_families families, pal_address *addresses, size_t *count);

/* The same, but what is wrong is appended to SENTENCE instead, as one sentence. */
int target_look_up(const char *text, target_use use, target_families families, pal_address *addresses, size_t *count,
                   lm_buffer *sentence);

/* The names of the framings, for an option's row. */
const char *framing_choice(int number);

#endif
