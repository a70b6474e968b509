/* The picture as a drawing. */
#ifndef APPS_DEMO_SVG_H
#define APPS_DEMO_SVG_H

#include "demo/words.h"
#include "loopmsg/buffer.h"

/* Scenes in one SVG file: start with all zero, append scenes, end. OUTPUT then has the file. */
typedef struct demo_svg {
    lm_buffer body;
    unsigned y; /* where the next thing goes */
    unsigned scene_count;
} demo_svg;
void demo_svg_append(demo_svg *svg, const demo_scene *scene);
void demo_svg_end(demo_svg *svg, lm_buffer *output);

#endif
