/* loopmsg completion: the scripts with which shells complete loopmsg's command line, made from the tables of all commands. */
#ifndef APPS_COMMAND_LINE_SHELL_COMPLETION_H
#define APPS_COMMAND_LINE_SHELL_COMPLETION_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

typedef struct completion_shell {
    const char *name;
    const char *file_name; /* the one that the shell looks for, or the usual one */
    void (*append)(lm_buffer *script, const command_table *table);
} completion_shell;

/* NAME is NULL past the last. */
extern const completion_shell completion_shells[];

extern const command_row completion_command;

#endif
