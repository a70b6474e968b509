/* The text of --help, made from the tables. */
#ifndef APPS_COMMAND_LINE_HELP_H
#define APPS_COMMAND_LINE_HELP_H

#include "command_line/options.h"

/* Writes the help of COMMAND to standard output, 80 columns wide. COMMANDS are listed in it when it is the program's own; otherwise
 * NULL. Returns the exit code. */
int help_print(const command_row *command, const command_row *const *commands, size_t command_count);

/* What ROW does, the words that it takes and its default. */
void option_meaning_append(lm_buffer *text, const option *row);

#endif
