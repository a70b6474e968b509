/* The words of a row of the picture, and of what is above and below the rows. */
#ifndef APPS_DEMO_WORDS_H
#define APPS_DEMO_WORDS_H

#include "demo/picture.h"
#include "demo/record.h"
#include "loopmsg/buffer.h"

#include <stddef.h>

/* Appends the bytes in quotes, safe for a terminal and cut if long; nothing for an event without bytes. */
void demo_bytes_append(lm_buffer *text, const demo_event *event);

/* Appends "4 send 15 bytes": the step of the lesson, the BSD name of the call, and its result; or "message of 15 bytes". */
void demo_call_append(lm_buffer *text, const demo_event *event, size_t times);

/* The name of a side's step of the lesson, from number 1; NULL past the last. */
const char *demo_step_name(demo_side side, int number);

/* An act as it is shown. */
typedef struct demo_scene {
    const char *title, *introduction; /* plain text of our own */
    const demo_picture *picture;
    lm_buffer summary; /* what happened, in words */
} demo_scene;

#endif
