/* The text of --help, made from the tables. */
#ifndef APPS_COMMAND_LINE_HELP_H
#define APPS_COMMAND_LINE_HELP_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

/* Writes the help of COMMAND, a row of TABLE, to standard output, 80 columns wide. Returns the exit code. */
int help_print(const command_table *table, const command_row *command);

/* Appends what ROW does, the words that it accepts and its default. */
void option_meaning_append(lm_buffer *text, const option *row);

#endif
