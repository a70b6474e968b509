#include "command_line/command_text.h"

#include "output/append.h"
#include "output/units.h"

#include <string.h>

/* Appends ARGUMENT, in single quotes if it has characters that are special to a shell (POSIX.1-2017, Shell Command Language
 * 2.2.2). */
static void argument_append(lm_buffer *text, const char *argument) {
    static const text_escape escapes[] = {{'\'', "'\\''"}, {'\0', NULL}};
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_";
    if (argument[0] != '\0' && argument[strspn(argument, plain)] == '\0') {
        lm_buffer_append_text(text, argument);
        return;
    }
    lm_buffer_append_text(text, "'");
    escaped_append(text, argument, strlen(argument), escapes);
    lm_buffer_append_text(text, "'");
}

static void value_append(lm_buffer *text, const option *row, const char *value) {
    text_append(text, " --", row->name, option_value_form(row) == VALUE_OPTIONAL ? "=" : " ");
    argument_append(text, value);
}

static void option_append(lm_buffer *text, const option *row, const void *field) {
    char number[UNIT_TEXT_SIZE];
    const option_texts *texts = field;
    switch (row->kind) {
    case OPTION_TEXTS:
        for (size_t i = 0; i < texts->count; i++)
            value_append(text, row, texts->values[i]);
        return;
    case OPTION_FLAG:
        text_append(text, " --", row->name);
        return;
    case OPTION_TEXT:
        value_append(text, row, *(const char *const *)field);
        return;
    case OPTION_TIME:
        value_append(text, row, time_format(*(const uint64_t *)field, number));
        return;
    case OPTION_SIZE:
        value_append(text, row, size_format(*(const uint64_t *)field, number));
        return;
    case OPTION_COUNT:
        value_append(text, row, count_format(*(const uint64_t *)field, number));
        return;
    case OPTION_CHOICE:
        value_append(text, row, row->choice(*(const int *)field));
        return;
    case OPTION_HELP:
        break;
    }
}

static bool is_among(const char *name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

void command_line_append(lm_buffer *text, const command_line *line, const char *const *always) {
    const command_row *command = line->command;
    text_append(text, "loopmsg ", command->name);
    bool has_dash = false;
    for (size_t i = 0; i < line->positional_count; i++)
        has_dash = has_dash || line->positionals[i][0] == '-';
    for (size_t i = 0; i < command->option_count; i++) {
        const option *row = &command->options[i];
        if (option_is_given(line, row->name) || is_among(row->name, always))
            option_append(text, row, (const unsigned char *)line->settings + row->offset);
    }
    if (has_dash)
        lm_buffer_append_text(text, " --");
    for (size_t i = 0; i < line->positional_count; i++) {
        lm_buffer_append_text(text, " ");
        argument_append(text, line->positionals[i]);
    }
}
