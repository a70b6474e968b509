/* What the answers of a server must be, to the last byte as it goes over the wire: framing, template and payload put together. Nothing is
 * stored of an answer: any part of it is compared against what is made at that moment. */
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

/* Read only once it is open: any number of threads may share it. */
typedef struct lm_expectation {
    lm_ending ending;     /* of the answers: LF where lines can be messages, so that the messages go out as such; otherwise none */
    size_t count_size;    /* bytes of the answer's count, with which the literals begin; 0 where the framing has none */
    lm_buffer literals;   /* what frames an answer, and within it the template's text without its places and with single braces */
    size_t *literal_ends; /* in it: the text before the first message, before the second ..., after the last */
    size_t place_count;   /* of {message} in the template */
} lm_expectation;

/* REPLY is a template that lm_template_parse has accepted; it is needed no longer than this call. False without memory; then there is
 * nothing to close. */
bool lm_expectation_open(lm_expectation *expectation, lm_framing_kind framing, const char *reply);
void lm_expectation_close(lm_expectation *expectation);

/* Bytes of the answer to PAYLOAD, count and line ending included. */
uint64_t lm_expectation_size(const lm_expectation *expectation, const lm_payload *payload);

/* How many of SIZE received bytes are what stands in the answer from OFFSET on: SIZE when all are, less where the first wrong one is. OFFSET
 * and SIZE together lie within the answer. */
size_t lm_expectation_compare(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset, const uint8_t *bytes,
                              size_t size);

/* The byte at OFFSET, which lies within the answer. */
uint8_t lm_expectation_byte(const lm_expectation *expectation, const lm_payload *payload, uint64_t offset);

PAL_PUBLIC_END

#endif
