#include "network/targets.h"

#include "command_line/exit_codes.h"
#include "loopmsg/framing.h"
#include "loopmsg/lookup.h"
#include "output/append.h"
#include "output/output.h"

#include <string.h>

const char *framing_choice(int number) {
    return lm_framing_name((lm_framing_kind)number);
}

const lm_framing_traits *framing_chosen(int number) {
    return lm_framing_traits_of((lm_framing_kind)number);
}

/* Returns what is wrong with TEXT, or NULL. */
static const char *target_parse(const char *text, target_use use, lm_endpoint *endpoint) {
    const char *wrong = lm_endpoint_parse(endpoint, text);
    if (wrong != NULL)
        return wrong;
    if (use == TARGET_CONNECT && endpoint->port == 0)
        return "nobody listens on port 0";
    /* A port alone opens nothing to the network: only an address does, or the colon of ":9999". */
    if (endpoint->host[0] == '\0' && text[0] != ':')
        memcpy(endpoint->host, LM_HOST, sizeof LM_HOST);
    return NULL;
}

int target_look_up(const char *text, target_use use, target_families families, pal_address *addresses, size_t *count,
                   lm_buffer *sentence) {
    if (families.only_ipv4 && families.only_ipv6) {
        text_append(sentence, "-4 and -6 cannot go together: each excludes the other; without them both are used");
        return EXIT_USAGE;
    }
    lm_endpoint endpoint;
    const char *wrong = target_parse(text, use, &endpoint);
    if (wrong != NULL) {
        text_append(sentence, "'", text, "' is not an address: ", wrong, "; expected host:port, [v6]:port, :port, port or host");
        return EXIT_USAGE;
    }
    pal_family family = families.only_ipv4 ? PAL_IPV4 : families.only_ipv6 ? PAL_IPV6 : PAL_ANY_FAMILY;
    pal_error error = use == TARGET_LISTEN ? lm_endpoint_listen_addresses(&endpoint, family, addresses, LM_ADDRESSES_MAX, count)
                                           : lm_endpoint_connect_addresses(&endpoint, family, addresses, LM_ADDRESSES_MAX, count);
    if (error.status == PAL_OK)
        return EXIT_DONE;
    const char *limit = families.only_ipv4 ? " among IPv4 addresses" : families.only_ipv6 ? " among IPv6 addresses" : "";
    text_append(sentence, "cannot find '", endpoint.host, "'", limit, ": ", error_text(error));
    return exit_code_of(error);
}

int target_find(const char *text, target_use use, target_families families, pal_address *addresses, size_t *count) {
    lm_buffer sentence = {0};
    int code = target_look_up(text, use, families, addresses, count, &sentence);
    if (code != EXIT_DONE)
        error_sentence(&sentence);
    lm_buffer_free(&sentence);
    return code;
}
