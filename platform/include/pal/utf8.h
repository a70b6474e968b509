/* UTF-8 that arrives in pieces (RFC 3629). Any thread. */
#ifndef PAL_UTF8_H
#define PAL_UTF8_H

#include "pal/public.h"

#include <stddef.h>

PAL_PUBLIC_BEGIN

#define PAL_UTF8_UNFINISHED_MAX 3 /* bytes; a whole character has at most 4 */

/* Returns how many of the SIZE bytes, at their end, start an incomplete character; 0 for none. */
size_t pal_utf8_unfinished_size(const void *bytes, size_t size);

PAL_PUBLIC_END

#endif
