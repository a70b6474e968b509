/* Makes a peer's bytes safe for a terminal, a log line or a JSON string: no peer can forge a line or control a terminal. Any
 * thread. */
#ifndef LOOPMSG_TEXT_H
#define LOOPMSG_TEXT_H

#include "loopmsg/buffer.h"
#include "pal/public.h"

#include <stddef.h>

PAL_PUBLIC_BEGIN

/* Appends BYTES as valid UTF-8 on one line. Each maximal ill-formed part becomes one U+FFFD (Unicode 15, 3.9, tables 3-8 to 3-11;
 * like WHATWG's decoder). C0 and DEL are escaped like \x1b. C1, the line and paragraph separators and the bidirectional controls
 * (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) are escaped like \u009b. All else stays unchanged. */
void lm_text_sanitise(lm_buffer *output, const void *bytes, size_t size);

/* Appends BYTES as a JSON string in quotes (RFC 8259). Ill-formed UTF-8 as above. A backslash escapes quote and backslash. The
 * characters that lm_text_sanitise escapes are escaped like \u001b. */
void lm_text_json(lm_buffer *output, const void *bytes, size_t size);

PAL_PUBLIC_END

#endif
