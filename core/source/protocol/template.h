/* A template in parts, for code that builds its text. Any thread. */
#ifndef LOOPMSG_PROTOCOL_TEMPLATE_H
#define LOOPMSG_PROTOCOL_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lm_template_part {
    const char *text; /* in the template: SIZE > 0 literal bytes */
    size_t size;
    bool is_place; /* the place of the message: no text */
} lm_template_part;

/* Reads the part at *AT, in a text that lm_template_parse has accepted, and moves *AT past it. Returns false at the end. */
bool lm_template_part_next(const char **at, lm_template_part *part);

#endif
