/* The picture as text. */
#ifndef APPS_DEMO_TEXT_H
#define APPS_DEMO_TEXT_H

#include "demo/words.h"
#include "loopmsg/buffer.h"

#define DEMO_WIDTH_MIN 44u
#define DEMO_WIDTH_MAX 100u

/* Appends the scene as text, WIDTH columns wide. */
void demo_text_append(lm_buffer *output, const demo_scene *scene, unsigned width);

#endif
