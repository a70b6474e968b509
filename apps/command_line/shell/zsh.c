#include "command_line/shell/zsh.h"

#include "command_line/shell/option_words.h"
#include "output/append.h"

#include <string.h>

static const char begin[] = "#compdef loopmsg\n"
                            "# Completion of loopmsg for zsh, made from the program's tables by 'loopmsg completion zsh'.\n"
                            "\n"
                            "_loopmsg() {\n"
                            "    local curcontext=$curcontext context state state_descr line\n"
                            "    typeset -A opt_args\n"
                            "    local -a commands\n"
                            "    commands=(\n";

static const char middle[] = "    )\n"
                             "    _arguments -C -S";

static const char end[] = "    esac\n"
                          "}\n"
                          "\n"
                          "# zsh runs this file as the function _loopmsg if it found the file, and as a script if it was sourced.\n"
                          "if [[ $funcstack[1] == _loopmsg ]]; then\n"
                          "    _loopmsg \"$@\"\n"
                          "else\n"
                          "    compdef _loopmsg loopmsg\n"
                          "fi\n";

/* For single quotes, inside the brackets of an _arguments specification or before the colon of a _describe entry. */
static const text_escape escapes[] = {{'\'', "'\\''"}, {'\\', "\\\\"}, {'[', "\\["}, {']', "\\]"}, {':', "\\:"}, {'\0', NULL}};

static void action_append(lm_buffer *script, words_kind kind) {
    lm_buffer_append_text(script, kind == WORDS_FILES ? ":_files" : kind == WORDS_UNKNOWN ? ": " : "");
}

/* One specification of _arguments: '(-f --framing)'{-f+,--framing=}'[what it does]:NAME:(its words)'. */
static void option_append(lm_buffer *script, const option *row) {
    value_form form = option_value_form(row);
    const char *name_end = form == VALUE_NEEDED ? "=" : form == VALUE_OPTIONAL ? "=-" : "";
    char letter[] = {row->letter, '\0'};
    lm_buffer_append_text(script, " \\\n            ");
    if (row->kind == OPTION_TEXTS)
        text_append(script, "'*'");
    else if (row->kind == OPTION_HELP)
        text_append(script, "'(- *)'");
    else if (row->letter != '\0')
        text_append(script, "'(-", letter, " --", row->name, ")'");
    if (row->letter != '\0')
        text_append(script, "{-", letter,
                    form == VALUE_NEEDED     ? "+"
                    : form == VALUE_OPTIONAL ? "-"
                                             : "",
                    ",--", row->name, name_end, "}'[");
    else
        text_append(script, "'--", row->name, name_end, "[");
    escaped_append(script, row->help, help_brief_size(row->help), escapes);
    lm_buffer_append_text(script, "]");
    if (form != VALUE_NONE) {
        text_append(script, form == VALUE_OPTIONAL ? "::" : ":", row->value_name);
        words_kind kind = option_words_kind(row);
        action_append(script, kind);
        if (kind == WORDS_GIVEN) {
            lm_buffer_append_text(script, ":(");
            option_words_append(script, row);
            lm_buffer_append_text(script, ")");
        }
    }
    lm_buffer_append_text(script, "'");
}

static void arguments_append(lm_buffer *script, const command_table *table, const command_row *command) {
    words_kind kind = argument_words_kind(command);
    if (command->positional_max == 0)
        return;
    text_append(script, " \\\n            ", command->positional_max == 1 ? "'1:" : "'*:");
    escaped_append(script, command->arguments, strlen(command->arguments), escapes);
    action_append(script, kind);
    if (kind == WORDS_GIVEN) {
        lm_buffer_append_text(script, ":(");
        argument_words_append(script, table, command);
        lm_buffer_append_text(script, ")");
    }
    lm_buffer_append_text(script, "'");
}

void completion_zsh_append(lm_buffer *script, const command_table *table) {
    lm_buffer_append_text(script, begin);
    for (const command_row *const *row = table->commands; *row != NULL; row++) {
        text_append(script, "        '", (*row)->name, ":");
        escaped_append(script, (*row)->summary, strlen((*row)->summary), escapes);
        lm_buffer_append_text(script, "'\n");
    }
    lm_buffer_append_text(script, middle);
    for (size_t i = 0; i < table->program->option_count; i++)
        option_append(script, &table->program->options[i]);
    lm_buffer_append_text(script, " \\\n            '1:command:->command' '*::argument:->argument' && return\n"
                                  "    case $state:$words[1] in\n"
                                  "    command:*) _describe -t commands command commands ;;\n");
    for (const command_row *const *row = table->commands; *row != NULL; row++) {
        text_append(script, "    argument:", (*row)->name, ")\n        _arguments -s -S");
        for (size_t i = 0; i < (*row)->option_count; i++)
            option_append(script, &(*row)->options[i]);
        arguments_append(script, table, *row);
        lm_buffer_append_text(script, "\n        ;;\n");
    }
    lm_buffer_append_text(script, end);
}
