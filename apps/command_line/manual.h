/* Manual pages, made from the tables of options, in man(7), which every roff reads. Any thread. */
#ifndef APPS_COMMAND_LINE_MANUAL_H
#define APPS_COMMAND_LINE_MANUAL_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

#define MANUAL_NAME_SIZE 64

/* Appends the page of COMMAND, a row of TABLE. DATE, such as 2026-11-22, is when it was made. */
void manual_append(lm_buffer *page, const command_table *table, const command_row *command, const char *date);

/* Writes "loopmsg-serve", or "loopmsg" for the program's own row, to BUFFER of MANUAL_NAME_SIZE. Returns BUFFER. */
const char *manual_name(const command_row *command, char *buffer);

#endif
