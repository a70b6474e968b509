/* What a server's answers must be, byte by byte on the wire: framing, template and payload together. No answer is stored; each part
 * is computed again when it is compared. */
#ifndef LOOPMSG_EXPECTATION_H
#define LOOPMSG_EXPECTATION_H

#include "loopmsg/buffer.h"
#include "loopmsg/framing.h"
#include "loopmsg/payload.h"
#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Read-only once open: any number of threads may share it. */
typedef struct lm_expectation {
    lm_ending ending;     /* of answers: LF where a message can be a line (then messages are sent as lines), otherwise none */
    size_t count_size;    /* bytes of the answer's count, at the front of `literals`; 0 where the framing has none */
    lm_buffer literals;   /* an answer's framing and template without its places, braces single */
    size_t *literal_ends; /* offsets in `literals`: where the text before each place ends, then the text after the last */
    size_t place_count;   /* of {message} in the template */
} lm_expectation;

/* Opens an expectation. REPLY is a template that lm_template_parse accepts; needed only during the call. Returns false without
 * memory; then there is nothing to close. */
bool lm_expectation_open(lm_expectation *expectation, lm_framing_kind framing, const char *reply);

/* Frees its memory. */
void lm_expectation_close(lm_expectation *expectation);

/* Returns the size in bytes of the answer to PAYLOAD, with count and line ending. */
uint64_t lm_expectation_size(const lm_expectation *expectation, const lm_payload *payload);

/* Compares SIZE received bytes with the answer from OFFSET on. Returns how many are right before the first wrong one: SIZE when all
 * are. OFFSET + SIZE must not exceed the answer. */
size_t lm_expectation_compare(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset, const uint8_t *bytes,
                              size_t size);

/* Returns the answer's byte at OFFSET, which must lie within it. */
uint8_t lm_expectation_byte(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset);

PAL_PUBLIC_END

#endif
