/* A command line put into words again, so that what was run can be run again. */
#ifndef APPS_COMMAND_LINE_COMMAND_TEXT_H
#define APPS_COMMAND_LINE_COMMAND_TEXT_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

/* Appends the command line anew, as a shell of Unix takes it: what was given, and the options of ALWAYS (ends with NULL), which take numbers,
 * also where their default stands. Not for a line that is wrong. */
void command_line_append(lm_buffer *text, const command_line *line, const char *const *always);

#endif
