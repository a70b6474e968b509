#include "command_line/options.h"

#include "command_line/words.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"

#include <assert.h>
#include <string.h>

#define OPTIONS_MAX 64 /* the bits of command_line.given */

static const option *option_find_letter(const command_row *command, char letter) {
    for (size_t i = 0; i < command->option_count; i++) {
        if (command->options[i].letter == letter)
            return &command->options[i];
    }
    return NULL;
}

static const option *option_find_name(const command_row *command, const char *name, size_t size) {
    for (size_t i = 0; i < command->option_count; i++) {
        const char *candidate = command->options[i].name;
        if (strlen(candidate) == size && memcmp(candidate, name, size) == 0)
            return &command->options[i];
    }
    return NULL;
}

value_form option_value_form(const option *row) {
    if (row->kind == OPTION_FLAG || row->kind == OPTION_HELP)
        return VALUE_NONE;
    return row->bare_value != NULL ? VALUE_OPTIONAL : VALUE_NEEDED;
}

static bool option_takes_value(const option *row) {
    return option_value_form(row) != VALUE_NONE;
}

/* How TIME, SIZE and COUNT differ. */
typedef struct number_kind {
    bool (*parse)(const char *text, uint64_t *value);
    const char *(*format)(uint64_t value, char *buffer);
    const char *expected;       /* where 0 is accepted */
    const char *expected_above; /* where it is not */
} number_kind;

static const number_kind *number_kind_of(option_kind kind) {
    static const number_kind time = {time_parse, time_format, "a time such as 500ms, 2s, 1m or 0",
                                     "a time such as 500ms, 2s or 1m"};
    static const number_kind size = {size_parse, size_format, "a size in bytes such as 1000, 64k or 1M",
                                     "a size in bytes such as 1000, 64k or 1M"};
    static const number_kind count = {count_parse, count_format, "a number such as 100 or 10k", "a number such as 100 or 10k"};
    return kind == OPTION_TIME ? &time : kind == OPTION_SIZE ? &size : &count;
}

void option_expectation(const option *row, char *text, size_t size) {
    if (row->kind == OPTION_TEXT || row->kind == OPTION_TEXTS) {
        array_append(text, size, "a text");
        return;
    }
    if (row->kind == OPTION_CHOICE) {
        array_append(text, size, "one of ");
        for (int number = 0; row->choice(number) != NULL; number++)
            array_append(text, size, number == 0 ? "" : ", ", row->choice(number));
        return;
    }
    const number_kind *kind = number_kind_of(row->kind);
    char least[UNIT_TEXT_SIZE], most[UNIT_TEXT_SIZE];
    kind->format(row->maximum, most);
    if (row->minimum > 0)
        array_append(text, size, kind->expected_above, ", from ", kind->format(row->minimum, least), " to ", most);
    else
        array_append(text, size, kind->expected, ", at most ", most);
}

static bool choice_store(const option *row, int *field, const char *value) {
    for (int number = 0; row->choice(number) != NULL; number++) {
        if (strcmp(row->choice(number), value) == 0) {
            *field = number;
            return true;
        }
    }
    return false;
}

static void texts_add(option_texts *texts, const char *value) {
    assert(texts->count < OPTION_TEXTS_MAX);
    texts->values[texts->count++] = value;
}

/* True if ROW takes several values and has room for no more. */
static bool option_is_full(const option *row, const void *settings) {
    if (row->kind != OPTION_TEXTS)
        return false;
    const option_texts *texts = (const void *)((const unsigned char *)settings + row->offset);
    return texts->count == OPTION_TEXTS_MAX;
}

/* Stores VALUE where the row says. False if the row does not accept it. */
static bool option_store(const option *row, void *settings, const char *value) {
    void *field = (unsigned char *)settings + row->offset;
    uint64_t number;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_TEXT:
        *(const char **)field = value;
        return true;
    case OPTION_TEXTS:
        texts_add(field, value);
        return true;
    case OPTION_CHOICE:
        return choice_store(row, field, value);
    case OPTION_TIME:
    case OPTION_SIZE:
    case OPTION_COUNT:
        if (!number_kind_of(row->kind)->parse(value, &number) || number < row->minimum || number > row->maximum)
            return false;
        *(uint64_t *)field = number;
        return true;
    case OPTION_HELP:
        break;
    }
    return true;
}

static parse_result usage_unknown(const command_row *command, const char *argument) {
    const char *names[OPTIONS_MAX];
    for (size_t i = 0; i < command->option_count; i++)
        names[i] = command->options[i].name;
    char advice[160] = "";
    array_append(advice, sizeof advice, "'loopmsg help", command->name[0] != '\0' ? " " : "", command->name, "' lists the options",
                 command->positional_max > 1 ? "; after '--' an argument is never an option" : "");
    word_unknown_report("option", argument, names, command->option_count, advice);
    return PARSE_USAGE;
}

/* Reads the arguments, and moves those that are not options to the front. */
typedef struct line_parser {
    command_line *line;
    char **arguments;
    int count, at;
} line_parser;

/* Stores an option. VALUE is the one in the same argument, or NULL; an option that takes a value then gets its bare value or the
 * next argument. */
static parse_result option_take(line_parser *parser, const option *row, const char *value) {
    char expected[256] = "";
    if (row->kind == OPTION_HELP)
        return PARSE_HELP;
    if (option_takes_value(row)) {
        option_expectation(row, expected, sizeof expected);
        if (value == NULL && row->bare_value != NULL)
            value = row->bare_value;
        else if (value == NULL && parser->at < parser->count)
            value = parser->arguments[parser->at++];
        if (value == NULL) {
            error_line("--", row->name, " needs a value: ", expected);
            return PARSE_USAGE;
        }
    }
    if (option_is_full(row, parser->line->settings)) {
        char limit[UNIT_TEXT_SIZE];
        error_line("--", row->name, ": '", value, "' is one too many; it can be given at most ",
                   number_format(OPTION_TEXTS_MAX, limit), " times");
        return PARSE_USAGE;
    }
    if (!option_store(row, parser->line->settings, value)) {
        error_line("--", row->name, ": '", value, "' is not valid; expected ", expected);
        return PARSE_USAGE;
    }
    parser->line->given |= UINT64_C(1) << (row - parser->line->command->options);
    return PARSE_RUN;
}

static parse_result name_parse(line_parser *parser, const char *argument) {
    const command_row *command = parser->line->command;
    const char *name = argument + 2;
    size_t size = strcspn(name, "=");
    const option *row = option_find_name(command, name, size);
    if (row == NULL)
        return usage_unknown(command, argument);
    const char *value = name[size] == '=' ? name + size + 1 : NULL;
    if (value != NULL && !option_takes_value(row)) {
        error_line("--", row->name, " takes no value, but '", argument, "' gives it one");
        return PARSE_USAGE;
    }
    return option_take(parser, row, value);
}

/* One or more letters behind one dash; a letter that takes a value takes the rest of the argument. */
static parse_result letters_parse(line_parser *parser, const char *argument) {
    const command_row *command = parser->line->command;
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        const option *row = option_find_letter(command, *letter);
        if (row == NULL)
            return usage_unknown(command, argument);
        bool has_value = option_takes_value(row) && letter[1] != '\0';
        parse_result result = option_take(parser, row, has_value ? letter + 1 : NULL);
        if (result != PARSE_RUN || option_takes_value(row))
            return result;
    }
    return PARSE_RUN;
}

static parse_result positional_take(line_parser *parser, char *argument) {
    command_line *line = parser->line;
    const command_row *command = line->command;
    if (line->positional_count == command->positional_max && command->positional_max > 1) {
        error_line("'", argument, "' is one argument too many: loopmsg ", command->name, " takes at most ",
                   number_text(command->positional_max));
        return PARSE_USAGE;
    }
    if (line->positional_count == command->positional_max) {
        error_line("unexpected argument '", argument, "'; expected: loopmsg ", command->name, command->name[0] != '\0' ? " " : "",
                   "[OPTION...]", command->arguments[0] != '\0' ? " " : "", command->arguments);
        return PARSE_USAGE;
    }
    parser->arguments[line->positional_count++] = argument; /* never beyond `at`: already read */
    return PARSE_RUN;
}

parse_result command_line_parse(command_line *line, const command_row *command, void *settings, int count, char **arguments) {
    assert(command->option_count <= OPTIONS_MAX);
    assert(count >= 0);
    *line = (command_line){.command = command, .settings = settings, .positionals = arguments};
    for (size_t i = 0; i < command->option_count; i++) {
        const option *row = &command->options[i];
        if (row->default_value == NULL)
            continue;
        assert(row->kind != OPTION_TEXTS); /* a given value would be added to it */
        bool stored = option_store(row, settings, row->default_value);
        assert(stored);
        (void)stored;
    }
    line_parser parser = {.line = line, .arguments = arguments, .count = count};
    bool has_options = true;
    while (parser.at < parser.count) {
        char *argument = arguments[parser.at++];
        parse_result result = PARSE_RUN;
        if (!has_options || argument[0] != '-' || argument[1] == '\0')
            result = positional_take(&parser, argument);
        else if (strcmp(argument, "--") == 0)
            has_options = false;
        else if (argument[1] == '-')
            result = name_parse(&parser, argument);
        else
            result = letters_parse(&parser, argument);
        if (result != PARSE_RUN)
            return result;
    }
    return PARSE_RUN;
}

bool option_is_given(const command_line *line, const char *name) {
    const option *row = option_find_name(line->command, name, strlen(name));
    assert(row != NULL);
    return (line->given >> (row - line->command->options) & 1) != 0;
}

const char *option_first_given(const command_line *line, const char *const *names) {
    for (; *names != NULL; names++) {
        if (option_is_given(line, *names))
            return *names;
    }
    return NULL;
}
