/* Address text: exactly RFC 4291, 2.2, and dotted decimal are accepted; what is written is read back as the same address. */
#include "fuzz/fuzz.h"

#include "pal/address.h"

#include <stdlib.h>
#include <string.h>

/* --- an independent reader ---------------------------------------------------------------------------------------------------- */

/* Four numbers from 0 to 255 without zeros before them, parted by points, up to END. */
static bool ipv4_read(const char *text, const char *end, uint8_t *bytes) {
    for (size_t i = 0; i < 4; i++) {
        unsigned number = 0;
        size_t digits = 0;
        while (text + digits < end && digits < 4 && text[digits] >= '0' && text[digits] <= '9')
            number = number * 10 + (unsigned)(text[digits++] - '0');
        if (digits == 0 || number > 255 || (digits > 1 && text[0] == '0'))
            return false;
        bytes[i] = (uint8_t)number;
        text += digits;
        if (i < 3 && (text == end || *text++ != '.'))
            return false;
    }
    return text == end;
}

/* One to four hexadecimal digits; 0 where there are none, or more. */
static size_t group_read(const char *text, const char *end, unsigned *group) {
    static const char digits[] = "0123456789abcdefABCDEF";
    size_t size = 0;
    *group = 0;
    while (text + size < end && size < 5) {
        const char *digit = memchr(digits, text[size], sizeof digits - 1);
        if (digit == NULL)
            break;
        size_t value = (size_t)(digit - digits);
        *group = *group * 16 + (unsigned)(value < 16 ? value : value - 6);
        size++;
    }
    return size <= 4 ? size : 0;
}

/* Groups parted by colons into BYTES; *GAP is where among them "::" stands, or SIZE_MAX. */
static bool groups_read(const char *text, const char *end, uint8_t *bytes, size_t *size, size_t *gap) {
    *size = 0;
    *gap = SIZE_MAX;
    if (end - text >= 2 && text[0] == ':' && text[1] == ':') {
        *gap = 0;
        text += 2;
    }
    bool is_due = *gap == SIZE_MAX; /* a group must follow */
    while (text < end || is_due) {
        unsigned group;
        if (*size <= 12 && ipv4_read(text, end, bytes + *size)) {
            *size += 4;
            return true;
        }
        size_t digits = group_read(text, end, &group);
        if (digits == 0 || *size == 16)
            return false;
        bytes[(*size)++] = (uint8_t)(group >> 8);
        bytes[(*size)++] = (uint8_t)group;
        text += digits;
        is_due = false;
        if (text == end)
            break;
        if (*text++ != ':')
            return false;
        if (text < end && *text == ':' && *gap == SIZE_MAX) {
            *gap = *size;
            text++;
        } else {
            is_due = true;
        }
    }
    return true;
}

static bool ipv6_read(const char *text, const char *end, uint8_t *bytes) {
    uint8_t groups[16] = {0};
    size_t size, gap;
    if (!groups_read(text, end, groups, &size, &gap))
        return false;
    if (gap == SIZE_MAX ? size != 16 : size > 14) /* "::" stands for one group at least */
        return false;
    size_t before = gap == SIZE_MAX ? 16 : gap;
    memset(bytes, 0, 16);
    memcpy(bytes, groups, before);
    memcpy(bytes + 16 - (size - before), groups + before, size - before);
    return true;
}

/* --- what must hold ----------------------------------------------------------------------------------------------------------- */

static bool is_same(const pal_address *first, const pal_address *second) {
    return first->family == second->family && first->port == second->port && first->scope == second->scope &&
           memcmp(first->bytes, second->bytes, sizeof first->bytes) == 0;
}

/* Written and read, an address is the same, and so is its text. */
static void round_trip_check(const pal_address *address) {
    char text[PAL_ADDRESS_TEXT_SIZE], again[PAL_ADDRESS_TEXT_SIZE], whole[PAL_ADDRESS_TEXT_SIZE];
    pal_address back;
    fuzz_require(pal_address_format_host(address, text, sizeof text) == text);
    fuzz_require(pal_address_parse(text, address->port, &back));
    fuzz_require(is_same(address, &back));
    fuzz_require(strcmp(pal_address_format_host(&back, again, sizeof again), text) == 0);
    fuzz_require(strspn(text, address->family == PAL_IPV4 ? "0123456789." : "0123456789abcdef:.") == strcspn(text, "%"));

    (void)pal_address_format(address, whole, sizeof whole);
    const char *host = address->family == PAL_IPV6 ? whole + 1 : whole;
    fuzz_require(address->family == PAL_IPV4 || whole[0] == '[');
    fuzz_require(strncmp(host, text, strlen(text)) == 0);
    const char *rest = host + strlen(text);
    fuzz_require(strncmp(rest, address->family == PAL_IPV6 ? "]:" : ":", address->family == PAL_IPV6 ? 2 : 1) == 0);
    rest = strrchr(whole, ':') + 1;
    fuzz_require(strtoul(rest, NULL, 10) == address->port);
}

/* An IPv4-mapped address has the kind of its IPv4 address. */
static void kind_check(const pal_address *address) {
    static const uint8_t clothes[12] = {[10] = 0xff, [11] = 0xff};
    pal_address_kind kind = pal_address_kind_of(address);
    fuzz_require(pal_address_kind_name(kind)[0] != '\0');
    if (address->family != PAL_IPV4)
        return;
    pal_address mapped = {.family = PAL_IPV6};
    memcpy(mapped.bytes, clothes, sizeof clothes);
    memcpy(mapped.bytes + sizeof clothes, address->bytes, 4);
    fuzz_require(pal_address_kind_of(&mapped) == kind);
}

static void text_check(const char *text, uint16_t port) {
    const char *end = text + strcspn(text, "%");
    uint8_t ipv4[4], ipv6[16];
    bool is_ipv4 = *end == '\0' && ipv4_read(text, end, ipv4);
    bool is_ipv6 = ipv6_read(text, end, ipv6);
    pal_address address;
    bool is_parsed = pal_address_parse(text, port, &address);
    fuzz_require(!is_parsed || is_ipv4 || is_ipv6);
    fuzz_require(is_parsed || *end == '%' || !(is_ipv4 || is_ipv6)); /* the machine decides about an interface */
    if (!is_parsed)
        return;
    fuzz_require(address.family == (is_ipv4 ? PAL_IPV4 : PAL_IPV6) && address.port == port);
    fuzz_require(memcmp(address.bytes, is_ipv4 ? ipv4 : ipv6, is_ipv4 ? 4 : 16) == 0);
    fuzz_require((*end == '%') == (address.scope != 0));
    round_trip_check(&address);
    kind_check(&address);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    uint16_t port = (uint16_t)fuzz_take_number(&input, 2);
    pal_address address = {.port = port};
    fuzz_input binary = input;
    address.family = fuzz_take_byte(&binary) % 2 == 0 ? PAL_IPV4 : PAL_IPV6;
    for (size_t i = 0; i < (address.family == PAL_IPV4 ? 4u : 16u); i++)
        address.bytes[i] = fuzz_take_byte(&binary);
    round_trip_check(&address);
    kind_check(&address);

    char *text = fuzz_take_text(&input);
    text_check(text, port);
    free(text);
    return 0;
}
