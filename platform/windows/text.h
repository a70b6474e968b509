/* UTF-16, which Windows speaks, to the UTF-8 of this program. Private to platform/windows. */
#ifndef PAL_WINDOWS_TEXT_H
#define PAL_WINDOWS_TEXT_H

#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#define PAL_UTF8_PER_UTF16 3 /* the most bytes of UTF-8 that one unit of UTF-16 can need (RFC 3629; a pair needs four for two) */

/* True for the first half of a character that takes two units. */
static inline bool pal_is_high_surrogate(wchar_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}

/* Writes COUNT units of WIDE as UTF-8 and terminates them: as many whole characters as fit SIZE > 0 bytes with the terminator, each
 * unpaired surrogate as U+FFFD. Returns the bytes written, without the terminator. */
size_t pal_utf8_from_wide(const wchar_t *wide, size_t count, char *buffer, size_t size);

/* TEXT in UTF-16, terminated, to be freed. NULL with an error: INVALID for what is no UTF-8 or longer than any name can be, NO_MEMORY. */
wchar_t *pal_wide_from_utf8(const char *text, pal_error *error);

#endif
