/* What a row of the picture says, and what stands above and below the rows. */
#ifndef APPS_DEMO_WORDS_H
#define APPS_DEMO_WORDS_H

#include "demo/picture.h"
#include "demo/record.h"
#include "loopmsg/buffer.h"

#include <stddef.h>

/* "hello" in quotes, made fit for a terminal and cut where it is long; nothing for an event without bytes. */
void demo_bytes_append(lm_buffer *text, const demo_event *event);

/* "4 send 15 bytes": the step of the lesson and the call by its BSD name, with its result; or "message of 15 bytes". */
void demo_call_append(lm_buffer *text, const demo_event *event, size_t times);

/* What a side's step of the lesson is named, from number 1 on; NULL past the last. */
const char *demo_step_name(demo_side side, int number);

/* An act as it is shown. */
typedef struct demo_scene {
    const char *title, *introduction; /* plain text of our own */
    const demo_picture *picture;
    lm_buffer summary; /* what was seen, in words */
} demo_scene;

#endif
