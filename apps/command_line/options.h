/* Commands and their options as tables, and the parser that reads a command line by them. An option's row is the only place that
 * describes it: parsing, error messages, --help, manual pages and completions read it. */
#ifndef APPS_COMMAND_LINE_OPTIONS_H
#define APPS_COMMAND_LINE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum option_kind {
    OPTION_FLAG,   /* bool, true when given; takes no value */
    OPTION_TEXT,   /* const char *, into the command line */
    OPTION_TEXTS,  /* option_texts: each time it is given adds one; has no default */
    OPTION_TIME,   /* uint64_t, nanoseconds */
    OPTION_SIZE,   /* uint64_t, bytes */
    OPTION_COUNT,  /* uint64_t */
    OPTION_CHOICE, /* int, the number of the word in `choice` */
    OPTION_HELP    /* ends parsing, stores nothing */
} option_kind;

#define OPTION_TEXTS_MAX 16

/* The values of an OPTION_TEXTS, in the order given. They point into the command line. */
typedef struct option_texts {
    const char *values[OPTION_TEXTS_MAX];
    size_t count;
} option_texts;

typedef struct option {
    const char *name;                  /* without its dashes */
    char letter;                       /* 0 for none */
    option_kind kind;                  /* also the C type of its field */
    size_t offset;                     /* of its field in the command's settings */
    const char *value_name;            /* in --help; NULL if it takes no value */
    const char *bare_value;            /* its value if none is given; then only '=' gives another. NULL: it needs one */
    const char *help;                  /* what it does, without a full stop */
    const char *default_value;         /* parsed like a given value, before the command line; NULL leaves zero */
    const char *default_words;         /* --help prints this instead of the default value; NULL for the value itself */
    uint64_t minimum, maximum;         /* TIME, SIZE, COUNT: what is accepted, in the stored unit */
    const char *(*choice)(int number); /* CHOICE: the words by number from 0; NULL past the last */
} option;

#define OPTION_HELP_ROW                                                                                                            \
    { .name = "help", .letter = 'h', .kind = OPTION_HELP, .help = "print this help" }
#define OPTION_TIME_MAX_NS UINT64_C(86400000000000) /* a day: enough for every wait, and no sum of times overflows */

/* For descriptions: how values are written, and what holds for every option except an OPTION_TEXTS. */
#define OPTION_TIME_WORDS "Times are 500ms, 2s or 1m"
#define OPTION_SIZE_WORDS "sizes are 1000, 64k or 1M"
#define OPTION_COUNT_WORDS "counts are 100 or 10k"
#define OPTION_LAST_WORDS "If an option is given twice, the last one counts."

typedef struct command_line command_line;

typedef struct command_row {
    const char *name;
    const char *summary;         /* one line, without a full stop */
    const char *arguments;       /* after the options in --help, such as "[ADDRESS]"; "" for none */
    const char *description;     /* paragraphs for --help, separated by line endings */
    const char *const *examples; /* command lines, each followed by what it does; ends with NULL */
    const option *options;
    size_t option_count;                  /* at most 64 */
    size_t positional_max;                /* arguments that are not options */
    size_t settings_size;                 /* of the struct that the options' offsets point into */
    int (*run)(const command_line *line); /* returns the exit code */
} command_row;

/* All commands of a program, for help, manual pages and completions. */
typedef struct command_table {
    const command_row *program;         /* the command line without a command; its name is "" */
    const command_row *const *commands; /* in the order of --help; ends with NULL */
} command_table;

struct command_line {
    const command_row *command;
    const command_table *table; /* the program's; set by the caller of `run` */
    void *settings;             /* settings_size bytes */
    char *const *positionals;   /* in the order given */
    size_t positional_count;
    uint64_t given; /* bit N: option row N is on the command line */
};

typedef enum parse_result { PARSE_RUN, PARSE_HELP, PARSE_USAGE } parse_result;

/* Reads the COUNT arguments after the command's name into *LINE. SETTINGS, all zero before, gets the defaults, then the values
 * given. If an option is given twice, the last one counts, except for OPTION_TEXTS. Options may stand before, between and after the
 * other arguments; "--" ends them. Reorders ARGUMENTS, which must live as long as LINE. Before it returns PARSE_USAGE, it reports
 * on standard error what is wrong. */
parse_result command_line_parse(command_line *line, const command_row *command, void *settings, int count, char **arguments);

typedef enum value_form {
    VALUE_NONE,
    VALUE_NEEDED,  /* --name VALUE, --name=VALUE */
    VALUE_OPTIONAL /* --name, --name=VALUE */
} value_form;

value_form option_value_form(const option *row);

/* True if option NAME, which must be in the table, was given. */
bool option_is_given(const command_line *line, const char *name);

/* The first of NAMES that was given, or NULL. NAMES ends with NULL. */
const char *option_first_given(const command_line *line, const char *const *names);

/* Appends to TEXT, cut to SIZE bytes, what the option accepts: "a time such as 500ms, 2s, 1m or 0, at most 1440m", "a time such as
 * 500ms, 2s or 1m, from 10ms to 1m", or "one of auto, chunk". */
void option_expectation(const option *row, char *text, size_t size);

#endif
