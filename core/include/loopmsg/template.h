/* The text of an answer, in which {message} stands for the message. */
#ifndef LOOPMSG_TEMPLATE_H
#define LOOPMSG_TEMPLATE_H

#include "loopmsg/buffer.h"
#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>

PAL_PUBLIC_BEGIN

/* A checked template; it points into the caller's text. `{{` and `}}` stand for single braces. */
typedef struct lm_template {
    const char *text;
} lm_template;

/* Checks TEXT (UTF-8, terminated; must outlive the template). Returns false at a brace that is neither doubled nor part of
 * {message}; then *WRONG is its offset in bytes. */
bool lm_template_parse(lm_template *template_, const char *text, size_t *wrong);

/* Appends the text with the SIZE bytes of MESSAGE in place of each {message}. Any thread. */
void lm_template_append(const lm_template *template_, lm_buffer *output, const void *message, size_t size);

PAL_PUBLIC_END

#endif
