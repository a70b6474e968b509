#include "command_line/shell/fish.h"

#include "command_line/shell/option_words.h"
#include "output/append.h"

static const char begin[] = "# Completion of loopmsg for fish, made from the program's tables by 'loopmsg completion fish'.\n"
                            "\n"
                            "# True if that command is before the cursor; for an empty one, if there is none.\n"
                            "function __loopmsg_command_is\n"
                            "    set -l words (commandline -opc) ''\n"
                            "    test \"$words[2]\" = \"$argv[1]\"\n"
                            "end\n"
                            "\n"
                            "complete -c loopmsg -e\n"
                            "complete -c loopmsg -f\n";

static const text_escape escapes[] = {{'\'', "\\'"}, {'\\', "\\\\"}, {'\0', NULL}};

static void line_begin(lm_buffer *script, const command_row *command) {
    text_append(script, "complete -c loopmsg -n '__loopmsg_command_is \"", command->name, "\"'");
}

static void line_end(lm_buffer *script, const char *explanation) {
    lm_buffer_append_text(script, " -d '");
    escaped_append(script, explanation, help_brief_size(explanation), escapes);
    lm_buffer_append_text(script, "'\n");
}

static void option_append(lm_buffer *script, const command_row *command, const option *row) {
    line_begin(script, command);
    if (row->letter != '\0')
        text_append(script, " -s ", (char[]){row->letter, '\0'});
    text_append(script, " -l ", row->name);
    words_kind kind = option_words_kind(row);
    if (option_value_form(row) == VALUE_NEEDED)
        lm_buffer_append_text(script, kind == WORDS_FILES ? " -r -F" : " -x");
    if (kind == WORDS_GIVEN) {
        lm_buffer_append_text(script, " -a '");
        option_words_append(script, row);
        lm_buffer_append_text(script, "'");
    }
    line_end(script, row->help);
}

static void command_append(lm_buffer *script, const command_table *table, const command_row *command) {
    lm_buffer_append_text(script, "\n");
    for (size_t i = 0; i < command->option_count; i++)
        option_append(script, command, &command->options[i]);
    words_kind kind = argument_words_kind(command);
    if (command->positional_max == 0 || kind == WORDS_UNKNOWN)
        return;
    line_begin(script, command);
    lm_buffer_append_text(script, kind == WORDS_FILES ? " -F" : " -a '");
    if (kind == WORDS_GIVEN) {
        argument_words_append(script, table, command);
        lm_buffer_append_text(script, "'");
    }
    lm_buffer_append_text(script, "\n");
}

void completion_fish_append(lm_buffer *script, const command_table *table) {
    lm_buffer_append_text(script, begin);
    command_append(script, table, table->program);
    for (const command_row *const *row = table->commands; *row != NULL; row++) {
        line_begin(script, table->program);
        text_append(script, " -a ", (*row)->name);
        line_end(script, (*row)->summary);
    }
    for (const command_row *const *row = table->commands; *row != NULL; row++)
        command_append(script, table, *row);
}
