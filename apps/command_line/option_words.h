/* What manual pages and completions read from the tables of options. Any thread. */
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

/* How another language writes a character; FROM is 0 past the last. */
typedef struct text_escape {
    char from;
    const char *to;
} text_escape;

/* Appends SIZE bytes of TEXT with the characters of ESCAPES replaced. */
void escaped_append(lm_buffer *output, const char *text, size_t size, const text_escape *escapes);

#endif
