/* What is said in a conversation, as options give it: checked before anything is sent. */
#ifndef APPS_NETWORK_SPOKEN_H
#define APPS_NETWORK_SPOKEN_H

#include "command_line/options.h"
#include "loopmsg/framing.h"
#include "loopmsg/template.h"

#include <stdbool.h>

/* Reads the value of --reply, to which *REPLY then points. False after telling what is wrong with it. */
bool spoken_reply_read(const char *text, lm_template *reply);

/* Of a command with --echo, --framing, --greeting and --reply, which go in as their options have them: --echo and a framing without
 * messages send every byte back, and no greeting comes unless one is given. False after reporting which of them contradict each other. */
bool spoken_echo_read(const command_line *line, bool is_echo, lm_framing_kind *framing, const char **greeting, const char **reply);

/* False after telling that TEXT, which is WHAT ("message", "--farewell"), holds a line ending, under a framing (of framing_choice) that takes
 * it for the end of a message. */
bool spoken_line_check(int framing, const char *what, const char *text);

#endif
