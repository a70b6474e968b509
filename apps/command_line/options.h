/* Commands and their options as tables, and the parser that reads a command line by them. Everything that can be said of an option stands
 * in its row: parsing, --help and error messages come from it, and so can a manual page and completions. */
#ifndef APPS_COMMAND_LINE_OPTIONS_H
#define APPS_COMMAND_LINE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum option_kind {
    OPTION_FLAG,   /* bool, true when given; takes no value */
    OPTION_TEXT,   /* const char *, into the command line */
    OPTION_TEXTS,  /* option_texts: may be given again and again, and each time adds one; has no default */
    OPTION_TIME,   /* uint64_t, nanoseconds */
    OPTION_SIZE,   /* uint64_t, bytes */
    OPTION_COUNT,  /* uint64_t */
    OPTION_CHOICE, /* int, the number of the word among those of `choice` */
    OPTION_HELP    /* ends parsing, stores nothing */
} option_kind;

#define OPTION_TEXTS_MAX 16

/* Where the values of an OPTION_TEXTS go, in the order given. They point into the command line. */
typedef struct option_texts {
    const char *values[OPTION_TEXTS_MAX];
    size_t count;
} option_texts;

typedef struct option {
    const char *name;          /* without its dashes */
    char letter;               /* 0 for none */
    option_kind kind;          /* the C type of where it goes, too */
    size_t offset;             /* where it goes in the command's settings */
    const char *value_name;    /* in --help; NULL where it takes no value */
    const char *bare_value;    /* given without a value it means this one; then only '=' gives it another. NULL: it needs one */
    const char *help;          /* what it does, without a full stop */
    const char *default_value; /* read like a given value before the command line is; NULL leaves zero */
    const char *default_words; /* --help says this instead of the default value; NULL for the value itself */
    uint64_t minimum, maximum; /* TIME, SIZE, COUNT: what is accepted, in the stored unit */
    const char *(*choice)(int number); /* CHOICE: the words by number from 0; NULL past the last */
} option;

#define OPTION_HELP_ROW                                                                                                            \
    { .name = "help", .letter = 'h', .kind = OPTION_HELP, .help = "print this help" }
#define OPTION_TIME_MAX_NS UINT64_C(86400000000000) /* a day: enough for every wait, and no sum of times overflows */

typedef struct command_line command_line;

typedef struct command_row {
    const char *name;
    const char *summary;         /* one line, without a full stop */
    const char *arguments;       /* what stands after the options in --help, such as "[ADDRESS]"; "" for none */
    const char *description;     /* paragraphs for --help, parted by line endings */
    const char *const *examples; /* command lines, each followed by what it does; NULL at the end */
    const option *options;
    size_t option_count;                  /* at most 64 */
    size_t positional_max;                /* arguments that are no options */
    size_t settings_size;                 /* of the struct that the options' offsets point into */
    int (*run)(const command_line *line); /* gives the exit code */
} command_row;

/* All commands of a program, for whoever writes about them or completes their names. */
typedef struct command_table {
    const command_row *program;         /* what can be said without a command; its name is "" */
    const command_row *const *commands; /* in the order of --help; NULL at the end */
} command_table;

struct command_line {
    const command_row *command;
    const command_table *table; /* that of the program; set by who runs the command */
    void *settings;             /* settings_size bytes */
    char *const *positionals;   /* in the order given */
    size_t positional_count;
    uint64_t given; /* bit N: option row N stood on the command line */
};

typedef enum parse_result { PARSE_RUN, PARSE_HELP, PARSE_USAGE } parse_result;

/* Reads COUNT arguments, which come after the command's name, into *LINE: settings (all zero before) gets the defaults, then what is
 * given; of an option given twice the last counts, unless it is OPTION_TEXTS. Options may stand before, between and after the other arguments; "--" ends them.
 * Reorders ARGUMENTS, which must live as long as LINE. PARSE_USAGE has told on standard error what is wrong. */
parse_result command_line_parse(command_line *line, const command_row *command, void *settings, int count, char **arguments);

/* Whether option NAME, which is one of the table, was given. */
bool option_is_given(const command_line *line, const char *name);

/* The first of NAMES that was given, or NULL. NAMES ends with NULL. */
const char *option_first_given(const command_line *line, const char *const *names);

/* What is accepted: "a time such as 500ms, 2s, 1m or 0, at most 1440m", "a time such as 500ms, 2s or 1m, from 10ms to 1m", or "one of auto, chunk". Appends to TEXT, cut to SIZE bytes. */
void option_expectation(const option *row, char *text, size_t size);

#endif
