/* Between Windows' UTF-16 and this program's UTF-8. Private to platform/windows. */
#ifndef PAL_WINDOWS_TEXT_H
#define PAL_WINDOWS_TEXT_H

#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#define PAL_UTF8_PER_UTF16 3 /* most bytes of UTF-8 per unit of UTF-16 (RFC 3629; a pair of units needs four) */

/* Returns true for the first half of a character of two units. */
static inline bool pal_is_high_surrogate(wchar_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}

/* Writes COUNT units of WIDE as terminated UTF-8: as many whole characters as fit SIZE > 0 bytes with the terminator. Each unpaired
 * surrogate becomes U+FFFD. Returns the number of bytes, without the terminator. */
size_t pal_utf8_from_wide(const wchar_t *wide, size_t count, char *buffer, size_t size);

/* Returns TEXT as terminated UTF-16; the caller must free() it. NULL with an error: INVALID (not UTF-8, or longer than any name or
 * command line),
 * NO_MEMORY. */
wchar_t *pal_wide_from_utf8(const char *text, pal_error *error);

#endif
