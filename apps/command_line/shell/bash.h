/* The completion in bash. */
#ifndef APPS_COMMAND_LINE_SHELL_BASH_H
#define APPS_COMMAND_LINE_SHELL_BASH_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

/* Appends the script that completes the commands of TABLE. Any thread. */
void completion_bash_append(lm_buffer *script, const command_table *table);

#endif
