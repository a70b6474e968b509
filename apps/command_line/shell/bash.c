#include "command_line/shell/bash.h"

#include "command_line/shell/option_words.h"
#include "output/append.h"

static const char begin[] = "# Completion of loopmsg for bash, made from the program's tables by 'loopmsg completion bash'.\n"
                            "\n"
                            "_loopmsg_words() {\n"
                            "    COMPREPLY=($(compgen -P \"$prefix\" -W \"$1\" -- \"$current\"))\n"
                            "}\n"
                            "\n"
                            "_loopmsg_files() {\n"
                            "    local name\n"
                            "    compopt -o filenames -o default 2>/dev/null # an older bash has no compopt\n"
                            "    while IFS= read -r name; do\n"
                            "        COMPREPLY+=(\"$prefix$name\")\n"
                            "    done < <(compgen -f -- \"$current\")\n"
                            "}\n"
                            "\n"
                            "_loopmsg() {\n"
                            "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                            "    local command= prefix= option options arguments= has_files= after_dashes= index\n"
                            "    COMPREPLY=()\n"
                            "    option=$before\n"
                            "    # Usually bash splits '=' off as a separate word.\n"
                            "    if [[ $current == = ]]; then\n"
                            "        option=$before= current=\n"
                            "    elif [[ $before == = ]] && ((COMP_CWORD > 1)); then\n"
                            "        option=${COMP_WORDS[COMP_CWORD - 2]}=\n"
                            "    elif [[ $current == --*=* ]]; then\n"
                            "        option=${current%%=*}= prefix=${current%%=*}= current=${current#*=}\n"
                            "    fi\n"
                            "    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}\n"
                            "    for ((index = 2; index < COMP_CWORD; index++)); do\n"
                            "        [[ ${COMP_WORDS[index]} == -- ]] && after_dashes=1 option=\n"
                            "    done\n"
                            "    case \"$command $option\" in\n";

static const char middle[] = "    esac\n"
                             "    case $command in\n";

static const char end[] = "    *) return ;;\n"
                          "    esac\n"
                          "    if [[ -z $after_dashes && ($current == -* || -z $current$arguments$has_files) ]]; then\n"
                          "        _loopmsg_words \"$options\"\n"
                          "    elif [[ -n $has_files ]]; then\n"
                          "        _loopmsg_files\n"
                          "    else\n"
                          "        _loopmsg_words \"$arguments\"\n"
                          "    fi\n"
                          "}\n"
                          "\n"
                          "complete -F _loopmsg loopmsg\n";

/* Appends a case for the words after which a value of ROW is expected. */
static void values_append(lm_buffer *script, const command_row *command, const option *row) {
    if (option_value_form(row) == VALUE_NONE)
        return;
    text_append(script, "    '", command->name, " --", row->name, "='");
    if (option_value_form(row) == VALUE_NEEDED) {
        text_append(script, " | '", command->name, " --", row->name, "'");
        if (row->letter != '\0')
            text_append(script, " | '", command->name, " -", (char[]){row->letter, '\0'}, "'");
    }
    words_kind kind = option_words_kind(row);
    text_append(script, ") ", kind == WORDS_GIVEN ? "_loopmsg_words '" : kind == WORDS_FILES ? "_loopmsg_files; " : "");
    if (kind == WORDS_GIVEN) {
        option_words_append(script, row);
        lm_buffer_append_text(script, "'; ");
    }
    lm_buffer_append_text(script, "return ;;\n");
}

static void command_append(lm_buffer *script, const command_table *table, const command_row *command) {
    text_append(script, "    ", command->name[0] != '\0' ? command->name : "''", ") options='");
    for (size_t i = 0; i < command->option_count; i++)
        text_append(script, i == 0 ? "--" : " --", command->options[i].name);
    text_append(script, "' arguments='");
    if (argument_words_kind(command) == WORDS_GIVEN)
        argument_words_append(script, table, command);
    text_append(script, argument_words_kind(command) == WORDS_FILES ? "' has_files=1 ;;\n" : "' ;;\n");
}

void completion_bash_append(lm_buffer *script, const command_table *table) {
    lm_buffer_append_text(script, begin);
    for (const command_row *const *row = table->commands; *row != NULL; row++) {
        for (size_t i = 0; i < (*row)->option_count; i++)
            values_append(script, *row, &(*row)->options[i]);
    }
    lm_buffer_append_text(script, middle);
    command_append(script, table, table->program);
    for (const command_row *const *row = table->commands; *row != NULL; row++)
        command_append(script, table, *row);
    lm_buffer_append_text(script, end);
}
