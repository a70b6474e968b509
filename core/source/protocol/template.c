#include "loopmsg/template.h"

#include "protocol/template.h"

#include <assert.h>
#include <string.h>

#define PLACE "{message}"

/* Returns the size of the doubled brace or the place at a brace, 0 for neither. */
static size_t brace_size(const char *at) {
    assert(*at == '{' || *at == '}');
    if (at[1] == at[0])
        return 2;
    return strncmp(at, PLACE, sizeof PLACE - 1) == 0 ? sizeof PLACE - 1 : 0;
}

bool lm_template_parse(lm_template *template_, const char *text, size_t *wrong) {
    assert(text != NULL);
    const char *at = text + strcspn(text, "{}");
    while (*at != '\0') {
        size_t size = brace_size(at);
        if (size == 0) {
            *wrong = (size_t)(at - text);
            return false;
        }
        at += size;
        at += strcspn(at, "{}");
    }
    template_->text = text;
    return true;
}

bool lm_template_part_next(const char **at, lm_template_part *part) {
    size_t run = strcspn(*at, "{}");
    *part = (lm_template_part){.text = *at, .size = run};
    if (run > 0) {
        *at += run;
        return true;
    }
    if (**at == '\0')
        return false;
    size_t brace = brace_size(*at);
    assert(brace != 0); /* lm_template_parse has checked this */
    part->is_place = brace != 2;
    part->size = part->is_place ? 0 : 1; /* only the first of a doubled brace */
    *at += brace;
    return true;
}

void lm_template_append(const lm_template *template_, lm_buffer *output, const void *message, size_t size) {
    const char *at = template_->text;
    lm_template_part part;
    while (lm_template_part_next(&at, &part)) {
        if (part.is_place)
            lm_buffer_append(output, message, size);
        else
            lm_buffer_append(output, part.text, part.size);
    }
}
