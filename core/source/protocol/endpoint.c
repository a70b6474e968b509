#include "loopmsg/endpoint.h"

#include "pal/address.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static const char wrong_port[] = "the port must be a number from 0 to 65535";
static const char wrong_brackets[] = "brackets must hold an IPv6 address, as in [::1]:9999";

/* Not <ctype.h>: it depends on the locale, and these are bytes of a protocol. */
static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_number(const char *text) {
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Accepts an IPv6 address with any scope: a missing interface is reported when the address is used. */
static bool is_ipv6(const char *host) {
    char unscoped[64];
    size_t size = strcspn(host, "%");
    if (size >= sizeof unscoped)
        return false;
    memcpy(unscoped, host, size);
    unscoped[size] = '\0';
    const char *scope = host[size] == '%' ? host + size + 1 : NULL;
    if (scope != NULL && scope[strcspn(scope, ":]%")] != '\0')
        return false;
    pal_address address;
    return (scope == NULL || scope[0] != '\0') && pal_address_parse(unscoped, 0, &address) && address.family == PAL_IPV6;
}

/* Accepts a name or an IPv4 address. Resolvers read "1.2", "0x10" or "010.0.0.1" as addresses in different ways (inet_aton(3)). So
 * a host that ends in a number must be a whole IPv4 address. Bytes over 127 belong to names in other languages. */
static const char *name_check(const char *host) {
    for (const char *c = host; *c != '\0'; c++) {
        char lower = to_lower(*c);
        bool is_letter = (lower >= 'a' && lower <= 'z') || (unsigned char)lower > 127;
        if (!is_letter && !is_digit(lower) && strchr("-._", lower) == NULL)
            return "a host is a name of letters, digits, '-', '.' and '_', or an IP address";
    }
    const char *dot = strrchr(host, '.');
    const char *last = dot != NULL ? dot + 1 : host;
    bool is_hexadecimal = last[0] == '0' && to_lower(last[1]) == 'x';
    pal_address address;
    if ((is_number(last) || is_hexadecimal) && !pal_address_parse(host, 0, &address))
        return "a numeric host must be a whole IPv4 address, as in 127.0.0.1";
    return NULL;
}

static const char *port_parse(lm_endpoint *endpoint, const char *text) {
    if (!is_number(text))
        return wrong_port;
    uint32_t port = 0;
    for (const char *digit = text; *digit != '\0'; digit++) {
        port = port * 10 + (uint32_t)(*digit - '0');
        if (port > UINT16_MAX)
            return wrong_port;
    }
    endpoint->port = (uint16_t)port;
    return NULL;
}

static const char *host_copy(lm_endpoint *endpoint, const char *host, size_t size) {
    if (size >= sizeof endpoint->host)
        return "the host must not be longer than 255 bytes";
    memcpy(endpoint->host, host, size);
    endpoint->host[size] = '\0';
    return NULL;
}

/* "[v6]" or "[v6]:port" */
static const char *bracketed_parse(lm_endpoint *endpoint, const char *text) {
    const char *host = text + 1;
    const char *end = strchr(host, ']');
    if (end == NULL)
        return wrong_brackets;
    const char *wrong = host_copy(endpoint, host, (size_t)(end - host));
    if (wrong != NULL)
        return wrong;
    if (!is_ipv6(endpoint->host) || (end[1] != '\0' && end[1] != ':'))
        return wrong_brackets;
    return end[1] == ':' ? port_parse(endpoint, end + 2) : NULL;
}

const char *lm_endpoint_parse(lm_endpoint *endpoint, const char *text) {
    assert(text != NULL);
    *endpoint = (lm_endpoint){.port = LM_PORT};
    if (text[0] == '\0')
        return "it must not be empty";
    if (text[0] == '[')
        return bracketed_parse(endpoint, text);
    if (is_number(text))
        return port_parse(endpoint, text);

    const char *colon = strchr(text, ':');
    bool is_bare_ipv6 = colon != NULL && strchr(colon + 1, ':') != NULL;
    const char *end = colon != NULL && !is_bare_ipv6 ? colon : text + strlen(text);
    const char *wrong = host_copy(endpoint, text, (size_t)(end - text));
    if (wrong != NULL)
        return wrong;
    if (is_bare_ipv6)
        return is_ipv6(endpoint->host) ? NULL : "an IPv6 address with a port needs brackets, as in [::1]:9999";
    wrong = name_check(endpoint->host);
    if (wrong != NULL)
        return wrong;
    return *end == ':' ? port_parse(endpoint, end + 1) : NULL;
}
