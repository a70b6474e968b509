/* The completion of loopmsg's command line in a shell: a script, appended to a buffer, made from the tables of all commands. */
#ifndef APPS_COMMAND_LINE_SHELL_COMPLETION_H
#define APPS_COMMAND_LINE_SHELL_COMPLETION_H

#include "loopmsg/buffer.h"

typedef struct completion_shell {
    const char *name;
    const char *file_name; /* as the shell looks for it, or as it is usual */
    void (*append)(lm_buffer *script);
} completion_shell;

/* NAME is NULL past the last. */
extern const completion_shell completion_shells[];

void completion_bash_append(lm_buffer *script);
void completion_zsh_append(lm_buffer *script);
void completion_fish_append(lm_buffer *script);
void completion_powershell_append(lm_buffer *script);

#endif
