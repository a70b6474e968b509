/* A command line as text, so that it can be run again. */
#ifndef APPS_COMMAND_LINE_COMMAND_TEXT_H
#define APPS_COMMAND_LINE_COMMAND_TEXT_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

/* Appends the command line as a Unix shell reads it: the options given, and those of ALWAYS (ends with NULL), which take numbers,
 * also with their default. LINE must have been parsed without an error. */
void command_line_append(lm_buffer *text, const command_line *line, const char *const *always);

#endif
