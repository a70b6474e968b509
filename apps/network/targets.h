/* What the network commands share in their command lines: ADDRESS, -4, -6 and --framing. */
#ifndef APPS_NETWORK_TARGETS_H
#define APPS_NETWORK_TARGETS_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"
#include "loopmsg/framing.h"
#include "pal/address.h"

#include <stdbool.h>
#include <stddef.h>

/* For descriptions: what an ADDRESS is; for commands that connect, also how the addresses of a name are tried. */
#define TARGET_WORDS "ADDRESS is host:port, [v6]:port, :port, port or host; the default is localhost and port 9999."
#define TARGET_CONNECT_WORDS                                                                                                       \
    TARGET_WORDS " The addresses of a name are tried 250ms apart, or as soon as one fails, IPv4 and IPv6 in turn. "                \
                 "The first that answers is used (RFC 8305)."

typedef enum target_use { TARGET_LISTEN, TARGET_CONNECT } target_use;

typedef struct target_families {
    bool only_ipv4, only_ipv6;
} target_families;

/* Reads TEXT, an ADDRESS, and looks it up: stores at most LM_ADDRESSES_MAX in ADDRESSES. A port alone means localhost. Returns
 * EXIT_DONE; otherwise reports on standard error what is wrong and returns the exit code. May block. */
int target_find(const char *text, target_use use, target_families families, pal_address *addresses, size_t *count);

/* The same, but appends what is wrong to SENTENCE instead, as one sentence. */
int target_look_up(const char *text, target_use use, target_families families, pal_address *addresses, size_t *count,
                   lm_buffer *sentence);

/* The names of the framings, for an option's row, and the traits of the framing that an option chose. */
const char *framing_choice(int number);
const lm_framing_traits *framing_chosen(int number);

/* The row of --framing, stored in the int `framing` of SETTINGS. */
#define FRAMING_OPTION_ROW(settings, help_text)                                                                                    \
    {                                                                                                                              \
        .name = "framing", .letter = 'f', .kind = OPTION_CHOICE, .offset = offsetof(settings, framing), .value_name = "NAME",      \
        .default_value = "auto", .choice = framing_choice, .help = (help_text)                                                     \
    }

/* The rows of -4 and -6, stored in the target_families `families` of SETTINGS. USE says what is done with addresses: "connect
 * to". */
#define FAMILY_OPTION_ROWS(settings, use)                                                                                          \
    {.name = "ipv4",                                                                                                               \
     .letter = '4',                                                                                                                \
     .kind = OPTION_FLAG,                                                                                                          \
     .offset = offsetof(settings, families.only_ipv4),                                                                             \
     .help = use " IPv4 addresses only"},                                                                                          \
    {                                                                                                                              \
        .name = "ipv6", .letter = '6', .kind = OPTION_FLAG, .offset = offsetof(settings, families.only_ipv6),                      \
        .help = use " IPv6 addresses only"                                                                                         \
    }

#endif
