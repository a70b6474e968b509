#include "command_line/help.h"

#include "command_line/exit_codes.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"
#include "output/wrap.h"

#include <string.h>

#define HELP_WIDTH 80
#define HELP_COLUMN 26 /* where explanations start */

typedef struct help_page {
    lm_buffer text;
    size_t column; /* of the next character, from 0 */
    bool has_colour;
} help_page;

static void line_end(help_page *page) {
    lm_buffer_append_text(&page->text, "\n");
    page->column = 0;
}

static void word_append(help_page *page, const char *word, size_t size) {
    lm_buffer_append(&page->text, word, size);
    page->column += size;
}

static void column_reach(help_page *page, size_t column) {
    while (page->column < column)
        word_append(page, " ", 1);
}

/* Appends TEXT in lines that start at column INDENT, broken between words and at its line endings. */
static void wrapped_append(help_page *page, const char *text, size_t indent) {
    wrap rest = {.bytes = (const uint8_t *)text, .size = strlen(text)};
    wrap_line line;
    while (wrap_next(&rest, HELP_WIDTH - indent, &line)) {
        if (line.size > 0)
            column_reach(page, indent);
        lm_buffer_append(&page->text, line.bytes, line.size);
        page->column += line.columns;
        if (rest.size > 0)
            line_end(page);
    }
}

/* Appends TITLE at column 2 and MEANING at HELP_COLUMN. */
static void entry_append(help_page *page, const char *title, const char *meaning) {
    column_reach(page, 2);
    word_append(page, title, strlen(title));
    if (page->column + 2 > HELP_COLUMN)
        line_end(page);
    column_reach(page, HELP_COLUMN);
    wrapped_append(page, meaning, HELP_COLUMN);
    line_end(page);
}

static void heading_append(help_page *page, const char *heading) {
    line_end(page);
    lm_buffer_append_text(&page->text, page->has_colour ? "\x1b[1m" : "");
    lm_buffer_append_text(&page->text, heading);
    lm_buffer_append_text(&page->text, page->has_colour ? ":\x1b[0m\n" : ":\n");
}

void option_meaning_append(lm_buffer *text, const option *row) {
    char expected[256] = "";
    if (row->kind == OPTION_CHOICE)
        option_expectation(row, expected, sizeof expected);
    const char *value = expected[0] != '\0' ? row->value_name : "";
    const char *usual = row->default_words != NULL ? row->default_words : row->default_value;
    const char *quote = row->kind == OPTION_TEXT && row->default_words == NULL ? "'" : "";
    text_append(text, row->help, expected[0] != '\0' ? "; " : "", value, expected[0] != '\0' ? " is " : "", expected);
    if (row->bare_value != NULL)
        text_append(text, " (", row->bare_value, " when none is given)");
    if (usual != NULL)
        text_append(text, " (default: ", quote, usual, quote, ")");
}

static void option_append(help_page *page, const option *row) {
    static const char *const begin[] = {[VALUE_NONE] = "", [VALUE_NEEDED] = " ", [VALUE_OPTIONAL] = "[="};
    static const char *const end[] = {[VALUE_NONE] = "", [VALUE_NEEDED] = "", [VALUE_OPTIONAL] = "]"};
    value_form form = option_value_form(row);
    char letter[] = {'-', row->letter, ',', ' ', '\0'};
    char title[80] = "";
    array_append(title, sizeof title, row->letter != '\0' ? letter : "    ", "--", row->name, begin[form],
                 form != VALUE_NONE ? row->value_name : "", end[form]);
    lm_buffer meaning = {0};
    option_meaning_append(&meaning, row);
    entry_append(page, title, lm_buffer_text(&meaning));
    page->text.failed = page->text.failed || meaning.failed; /* help that is cut short must not be printed as whole */
    lm_buffer_free(&meaning);
}

static void usage_append(help_page *page, const command_row *command) {
    lm_buffer usage = {0};
    text_append(&usage, "Usage: loopmsg", command->name[0] != '\0' ? " " : "", command->name, " [OPTION...]",
                command->arguments[0] != '\0' ? " " : "", command->arguments);
    wrapped_append(page, lm_buffer_text(&usage), 0);
    page->text.failed = page->text.failed || usage.failed;
    lm_buffer_free(&usage);
}

int help_print(const command_table *table, const command_row *command) {
    help_page page = {.has_colour = output_has_colour(PAL_STANDARD_OUTPUT)};
    usage_append(&page, command);
    lm_buffer_append_text(&page.text, "\n\n");
    page.column = 0;
    wrapped_append(&page, command->description, 0);
    line_end(&page);
    if (command == table->program) {
        heading_append(&page, "Commands");
        for (const command_row *const *row = table->commands; *row != NULL; row++)
            entry_append(&page, (*row)->name, (*row)->summary);
    }
    heading_append(&page, "Options");
    for (size_t i = 0; i < command->option_count; i++)
        option_append(&page, &command->options[i]);
    heading_append(&page, "Examples");
    for (const char *const *example = command->examples; example[0] != NULL; example += 2) {
        column_reach(&page, 2);
        word_append(&page, example[0], strlen(example[0]));
        line_end(&page);
        wrapped_append(&page, example[1], 6);
        line_end(&page);
    }
    heading_append(&page, "Exit codes");
    for (const exit_code *row = exit_codes; row->meaning != NULL; row++) {
        const char *number = number_text((uint64_t)row->code);
        column_reach(&page, 2);
        word_append(&page, number, strlen(number));
        column_reach(&page, 6);
        wrapped_append(&page, row->meaning, 6);
        line_end(&page);
    }
    bool written = output_write(&page.text);
    lm_buffer_free(&page.text);
    return written ? EXIT_DONE : EXIT_FAILED;
}
