/* Endpoints: what is accepted has one meaning, is read back as the same when written in full, and never depends on how a resolver
 * reads it. No name is looked up. */
#include "fuzz/fuzz.h"

#include "loopmsg/lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_SIZE 300
#define CAPACITY 4

static bool is_digits(const char *text) {
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* The port that stands behind the host, or that the text is, as arithmetic on text: true when it is written as one of 0 to
 * 65535. */
static bool is_port(const char *digits, unsigned *port) {
    if (!is_digits(digits))
        return false;
    digits += strspn(digits, "0");
    if (strlen(digits) > 5 || (strlen(digits) == 5 && strcmp(digits, "65535") > 0))
        return false;
    *port = (unsigned)strtoul(digits, NULL, 10);
    return true;
}

/* What each accepted form says of the port. */
static void port_check(const char *text, const lm_endpoint *endpoint) {
    unsigned port = LM_PORT;
    const char *bracket = strrchr(text, ']');
    const char *colon = strchr(bracket != NULL ? bracket : text, ':');
    if (is_digits(text))
        fuzz_require(is_port(text, &port) && endpoint->host[0] == '\0');
    else if (colon != NULL && strchr(endpoint->host, ':') == NULL)
        fuzz_require(is_port(colon + 1, &port));
    else if (bracket != NULL && colon != NULL)
        fuzz_require(is_port(colon + 1, &port));
    fuzz_require(endpoint->port == port);
}

static void host_check(const char *text, const lm_endpoint *endpoint) {
    const char *host = endpoint->host;
    fuzz_require(memchr(host, '\0', sizeof endpoint->host) != NULL);
    fuzz_require(host[0] == '\0' || strstr(text, host) != NULL);
    if (strchr(host, ':') != NULL)
        return;
    fuzz_require(strpbrk(host, "[]%/@ \t\r\n\"'\\") == NULL);
    const char *dot = strrchr(host, '.');
    pal_address address;
    if (is_digits(dot != NULL ? dot + 1 : host))
        fuzz_require(pal_address_parse(host, 0, &address) && address.family == PAL_IPV4);
}

static void whole_check(const lm_endpoint *endpoint) {
    char whole[WHOLE_SIZE];
    lm_endpoint again;
    bool is_ipv6 = strchr(endpoint->host, ':') != NULL;
    (void)snprintf(whole, sizeof whole, is_ipv6 ? "[%s]:%u" : "%s:%u", endpoint->host, (unsigned)endpoint->port);
    fuzz_require(lm_endpoint_parse(&again, whole) == NULL);
    fuzz_require(strcmp(again.host, endpoint->host) == 0 && again.port == endpoint->port);
}

/* Only what needs no resolver. */
static void addresses_check(const lm_endpoint *endpoint) {
    pal_address address, listening[CAPACITY], connecting[CAPACITY];
    size_t listening_count = 0, connecting_count = 0;
    bool is_numeric = pal_address_parse(endpoint->host, 0, &address);
    bool is_localhost = strcmp(endpoint->host, "localhost") == 0;
    if (!is_numeric && !is_localhost && endpoint->host[0] != '\0')
        return;
    pal_error error = lm_endpoint_listen_addresses(endpoint, PAL_ANY_FAMILY, listening, CAPACITY, &listening_count);
    fuzz_require(error.status == PAL_OK);
    error = lm_endpoint_connect_addresses(endpoint, PAL_ANY_FAMILY, connecting, CAPACITY, &connecting_count);
    fuzz_require(error.status == PAL_OK);
    fuzz_require(listening_count == (is_numeric ? 1u : 2u) && connecting_count == listening_count);
    for (size_t i = 0; i < listening_count; i++) {
        fuzz_require(listening[i].port == endpoint->port && connecting[i].port == endpoint->port);
        fuzz_require(listening[i].family == connecting[i].family);
        fuzz_require(pal_address_kind_of(&connecting[i]) != PAL_KIND_ANY);
        fuzz_require(endpoint->host[0] != '\0' || pal_address_kind_of(&listening[i]) == PAL_KIND_ANY);
        fuzz_require(!is_numeric || memcmp(listening[i].bytes, address.bytes, sizeof address.bytes) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    char *text = fuzz_take_text(&input);
    lm_endpoint endpoint;
    const char *wrong = lm_endpoint_parse(&endpoint, text);
    unsigned port;
    fuzz_require(wrong == NULL || wrong[0] != '\0');
    fuzz_require(wrong == NULL || !is_port(text, &port)); /* every port alone is accepted */
    if (wrong == NULL) {
        port_check(text, &endpoint);
        host_check(text, &endpoint);
        whole_check(&endpoint);
        addresses_check(&endpoint);
    }
    free(text);
    return 0;
}
