#include "network/spoken.h"

#include "output/output.h"
#include "output/units.h"

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

bool spoken_echo_read(const command_line *line, bool is_echo, lm_framing_kind *framing, const char **greeting, const char **reply) {
    static const char *const spoken[] = {"greeting", "reply", NULL};
    const char *given = option_first_given(line, spoken);
    const lm_framing_traits *traits = lm_framing_traits_of(*framing);
    if (is_echo && option_is_given(line, "framing") && *framing != LM_FRAMING_RAW) {
        error_line("--framing ", traits->name, " cannot go with --echo, which is --framing raw");
        return false;
    }
    if (is_echo && given != NULL) {
        error_line("--", given, " cannot go with --echo: the server sends back every byte and nothing else");
        return false;
    }
    if (!traits->has_messages && option_is_given(line, "reply")) {
        error_line("--reply cannot go with --framing ", traits->name, ", where the answer is the message as it came");
        return false;
    }
    if (is_echo)
        *framing = LM_FRAMING_RAW;
    if (lm_framing_traits_of(*framing)->has_messages)
        return true;
    if (!option_is_given(line, "greeting"))
        *greeting = "";
    *reply = "{message}";
    return true;
}

bool spoken_line_check(const lm_framing_traits *framing, const char *what, const char *text) {
    if (!framing->ends_at_lines || strchr(text, '\n') == NULL)
        return true;
    error_line(what, " '", text, "' contains a line ending, where --framing ", framing->name,
               " ends a message; length and chunk can carry it");
    return false;
}
