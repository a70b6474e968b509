/* Checks the texts of a conversation that options give, before anything is sent. */
#ifndef APPS_NETWORK_SPOKEN_H
#define APPS_NETWORK_SPOKEN_H

#include "command_line/options.h"
#include "loopmsg/framing.h"
#include "loopmsg/template.h"

#include <stdbool.h>

/* Reads TEXT, the value of --reply, into *REPLY, which then points into it. If it is wrong, reports why and returns false. */
bool spoken_reply_read(const char *text, lm_template *reply);

/* Adjusts the values of --framing, --greeting and --reply: with --echo, or a framing without messages, the server sends every byte
 * back, and no greeting unless one is given. If options contradict each other, reports which and returns false. */
bool spoken_echo_read(const command_line *line, bool is_echo, lm_framing_kind *framing, const char **greeting, const char **reply);

/* If TEXT contains a line ending and FRAMING ends a message there, reports it and returns false. WHAT names the text:
 * "message" or "--farewell". */
bool spoken_line_check(const lm_framing_traits *framing, const char *what, const char *text);

#endif
