/* What completions offer, from the tables of options. Any thread. */
#ifndef APPS_COMMAND_LINE_SHELL_OPTION_WORDS_H
#define APPS_COMMAND_LINE_SHELL_OPTION_WORDS_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

#include <stddef.h>

/* What a shell can offer at a place in the command line. */
typedef enum words_kind {
    WORDS_UNKNOWN, /* nothing: only the user knows */
    WORDS_FILES,
    WORDS_GIVEN /* words separated by blanks */
} words_kind;

/* For the value of an option: a choice has words, and a value named FILE is a file. */
words_kind option_words_kind(const option *row);

/* For the arguments of a command, by their names: FILE, COMMAND, or words separated by '|'. */
words_kind argument_words_kind(const command_row *command);

/* Append the words of WORDS_GIVEN; for COMMAND, the names of the commands of TABLE. */
void option_words_append(lm_buffer *words, const option *row);
void argument_words_append(lm_buffer *words, const command_table *table, const command_row *command);

/* The size in bytes of the first clause of an option's help, which fits into a menu. */
size_t help_brief_size(const char *help);

#endif
