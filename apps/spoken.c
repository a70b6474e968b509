#include "spoken.h"

#include "loopmsg/framing.h"
#include "output.h"
#include "targets.h"
#include "units.h"

#include <string.h>

bool spoken_reply_read(const char *text, lm_template *reply) {
    size_t wrong = 0;
    if (lm_template_parse(reply, text, &wrong))
        return true;
    char offset[UNIT_TEXT_SIZE];
    error_line("--reply: '", text, "' has a stray brace at byte ", number_format(wrong + 1, offset),
               "; expected {message} for the message, or {{ and }} for single braces");
    return false;
}

bool spoken_line_check(int framing, const char *what, const char *text) {
    bool ends_at_lines = framing == LM_FRAMING_LINE || framing == LM_FRAMING_AUTO;
    if (!ends_at_lines || strchr(text, '\n') == NULL)
        return true;
    error_line(what, " '", text, "' holds a line ending, where --framing ", framing_choice(framing),
               " ends a message; length and chunk can carry it");
    return false;
}
