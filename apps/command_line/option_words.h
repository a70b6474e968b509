/* What can be read from the tables of options for those who write about them: manual pages and the completions of shells. Any thread. */
#ifndef APPS_COMMAND_LINE_OPTION_WORDS_H
#define APPS_COMMAND_LINE_OPTION_WORDS_H

#include "command_line/options.h"
#include "loopmsg/buffer.h"

#include <stddef.h>

typedef enum value_form {
    VALUE_NONE,
    VALUE_NEEDED,  /* --name VALUE, --name=VALUE */
    VALUE_OPTIONAL /* --name, --name=VALUE */
} value_form;

value_form option_value_form(const option *row);

/* What a shell can offer in a place of the command line. */
typedef enum words_kind {
    WORDS_UNKNOWN, /* nothing: only the user knows */
    WORDS_FILES,
    WORDS_GIVEN /* words parted by blanks */
} words_kind;

/* The value of an option: a choice has its words, and FILE is the name of a value that is one. */
words_kind option_words_kind(const option *row);

/* The arguments of a command, read from their names: FILE, COMMAND, or words parted by '|'. */
words_kind argument_words_kind(const command_row *command);

/* Append the words of WORDS_GIVEN; those of COMMAND are the names of the commands of TABLE. */
void option_words_append(lm_buffer *words, const option *row);
void argument_words_append(lm_buffer *words, const command_table *table, const command_row *command);

/* The first clause of an option's help: what a menu has room for. Its size in bytes. */
size_t help_brief_size(const char *help);

/* What stands for a character in another language; FROM is 0 past the last. */
typedef struct text_escape {
    char from;
    const char *to;
} text_escape;

/* Appends SIZE bytes of TEXT with the characters of ESCAPES replaced. */
void escaped_append(lm_buffer *output, const char *text, size_t size, const text_escape *escapes);

#endif
