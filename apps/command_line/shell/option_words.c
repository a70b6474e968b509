#include "command_line/shell/option_words.h"

#include "output/append.h"

#include <assert.h>
#include <string.h>

words_kind option_words_kind(const option *row) {
    if (row->kind == OPTION_CHOICE)
        return WORDS_GIVEN;
    return row->value_name != NULL && strcmp(row->value_name, "FILE") == 0 ? WORDS_FILES : WORDS_UNKNOWN;
}

words_kind argument_words_kind(const command_row *command) {
    if (strstr(command->arguments, "FILE") != NULL)
        return WORDS_FILES;
    return strstr(command->arguments, "COMMAND") != NULL || strchr(command->arguments, '|') != NULL ? WORDS_GIVEN : WORDS_UNKNOWN;
}

void option_words_append(lm_buffer *words, const option *row) {
    assert(option_words_kind(row) == WORDS_GIVEN);
    for (int number = 0; row->choice(number) != NULL; number++)
        text_append(words, number == 0 ? "" : " ", row->choice(number));
}

void argument_words_append(lm_buffer *words, const command_table *table, const command_row *command) {
    assert(argument_words_kind(command) == WORDS_GIVEN);
    if (strstr(command->arguments, "COMMAND") != NULL) {
        for (const command_row *const *row = table->commands; *row != NULL; row++)
            text_append(words, row == table->commands ? "" : " ", (*row)->name);
        return;
    }
    static const char parting[] = "[]|. ";
    const char *first = command->arguments + strspn(command->arguments, parting);
    for (const char *at = first; *at != '\0'; at += strspn(at, parting)) {
        size_t size = strcspn(at, parting);
        lm_buffer_append_text(words, at == first ? "" : " ");
        lm_buffer_append(words, at, size);
        at += size;
    }
}

size_t help_brief_size(const char *help) {
    size_t size = strcspn(help, ";:");
    while (help[size] != '\0' && help[size + 1] != ' ')
        size += 1 + strcspn(help + size + 1, ";:");
    return size;
}
