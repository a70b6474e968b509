/* Bytes of a peer made fit for a terminal, a log line or a JSON string, so that no peer can forge a line or drive a terminal.
 * Any thread. */
#ifndef LOOPMSG_TEXT_H
#define LOOPMSG_TEXT_H

#include "loopmsg/buffer.h"
#include "pal/public.h"

#include <stddef.h>

PAL_PUBLIC_BEGIN

/* Appends BYTES as valid UTF-8 on one line. Each maximal ill-formed part becomes one U+FFFD (Unicode 15, 3.9, tables 3-8 to 3-11; as
 * WHATWG's decoder does). Control characters are escaped: C0 and DEL as \x1b, C1, the line and paragraph separators and the bidirectional
 * controls (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) as \u009b. Everything else stays as it is. */
void lm_text_sanitise(lm_buffer *output, const void *bytes, size_t size);

/* Appends BYTES as a JSON string in quotes (RFC 8259): ill-formed UTF-8 as above, quote and backslash escaped, and what
 * lm_text_sanitise escapes as \u001b. */
void lm_text_json(lm_buffer *output, const void *bytes, size_t size);

PAL_PUBLIC_END

#endif
