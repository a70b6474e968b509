#include "command_line/manual.h"

#include "command_line/exit_codes.h"
#include "command_line/help.h"
#include "loopmsg/version.h"
#include "output/append.h"
#include "output/units.h"
#include "output/wrap.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE_MAX 80 /* of a page's source, where words allow it, as mandoc's lint asks */

/* Characters that are special to roff, or that it prints as characters that a user cannot type: groff_char(7). */
static const text_escape escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
                                      {'^', "\\(ha"}, {'~', "\\(ti"}, {'\0', NULL}};

const char *manual_name(const command_row *command, char *buffer) {
    (void)snprintf(buffer, MANUAL_NAME_SIZE, "loopmsg%s%s", command->name[0] != '\0' ? "-" : "", command->name);
    return buffer;
}

static void roff_append(lm_buffer *page, const char *text) {
    escaped_append(page, text, strlen(text), escapes);
}

/* Appends TEXT in a font, B or I, then returns to the roman one. */
static void font_append(lm_buffer *page, const char *font, const char *text) {
    text_append(page, "\\f", font);
    roff_append(page, text);
    lm_buffer_append_text(page, "\\fR");
}

/* Appends SIZE bytes of TEXT, broken between words, with a line ending after the last. A blank line would be vertical space. */
static void lines_append(lm_buffer *page, const char *text, size_t size) {
    lm_buffer escaped = {0};
    escaped_append(&escaped, text, size, escapes);
    wrap rest = {.bytes = escaped.bytes, .size = escaped.size};
    wrap_line line;
    while (wrap_next(&rest, LINE_SIZE_MAX, &line)) {
        lm_buffer_append_text(page, line.size > 0 && line.bytes[0] == '.' ? "\\&" : ""); /* it would be a request */
        lm_buffer_append(page, line.bytes, line.size);
        lm_buffer_append_text(page, "\n");
    }
    page->failed = page->failed || escaped.failed;
    lm_buffer_free(&escaped);
}

/* TEXT is paragraphs separated by line endings. */
static void paragraphs_append(lm_buffer *page, const char *text) {
    for (bool is_first = true; *text != '\0'; is_first = false) {
        size_t size = strcspn(text, "\n");
        if (!is_first)
            lm_buffer_append_text(page, ".PP\n");
        lines_append(page, text, size);
        text += size;
        text += strspn(text, "\n");
    }
}

static void synopsis_append(lm_buffer *page, const command_row *command) {
    lm_buffer_append_text(page, ".SH SYNOPSIS\n\\fBloopmsg");
    text_append(page, command->name[0] != '\0' ? " " : "", command->name, "\\fR [\\fIOPTION\\fR...]");
    /* Names are in capitals, words to type are not. */
    for (const char *at = command->arguments; *at != '\0';) {
        size_t size = strcspn(at, "[]|. ");
        bool is_name = size > 0 && isupper((unsigned char)at[0]) != 0;
        lm_buffer_append_text(page, at == command->arguments ? " " : "");
        if (size == 0) {
            lm_buffer_append(page, at++, 1);
            continue;
        }
        lm_buffer_append_text(page, is_name ? "\\fI" : "\\fB");
        escaped_append(page, at, size, escapes);
        lm_buffer_append_text(page, "\\fR");
        at += size;
    }
    lm_buffer_append_text(page, "\n");
}

static void commands_append(lm_buffer *page, const command_table *table) {
    lm_buffer_append_text(page, ".SH COMMANDS\n");
    for (const command_row *const *row = table->commands; *row != NULL; row++) {
        char name[MANUAL_NAME_SIZE];
        lm_buffer_append_text(page, ".TP\n");
        font_append(page, "B", manual_name(*row, name));
        lm_buffer_append_text(page, "(1)\n");
        lines_append(page, (*row)->summary, strlen((*row)->summary));
    }
}

static void option_append(lm_buffer *page, const option *row) {
    lm_buffer_append_text(page, ".TP\n");
    if (row->letter != '\0') {
        font_append(page, "B", (char[]){'-', row->letter, '\0'});
        lm_buffer_append_text(page, ", ");
    }
    lm_buffer_append_text(page, "\\fB\\-\\-");
    roff_append(page, row->name);
    lm_buffer_append_text(page, "\\fR");
    value_form form = option_value_form(row);
    if (form != VALUE_NONE) {
        lm_buffer_append_text(page, form == VALUE_NEEDED ? " " : "[=");
        font_append(page, "I", row->value_name);
        lm_buffer_append_text(page, form == VALUE_NEEDED ? "" : "]");
    }
    lm_buffer_append_text(page, "\n");
    lm_buffer meaning = {0};
    option_meaning_append(&meaning, row);
    lines_append(page, (const char *)meaning.bytes, meaning.size);
    page->failed = page->failed || meaning.failed;
    lm_buffer_free(&meaning);
}

static void exit_status_append(lm_buffer *page) {
    lm_buffer_append_text(page, ".SH EXIT STATUS\n");
    for (const exit_code *row = exit_codes; row->meaning != NULL; row++) {
        text_append(page, ".TP\n\\fB", number_text((uint64_t)row->code), "\\fR\n");
        lines_append(page, row->meaning, strlen(row->meaning));
    }
}

static void examples_append(lm_buffer *page, const command_row *command) {
    lm_buffer_append_text(page, ".SH EXAMPLES\n");
    for (const char *const *example = command->examples; example[0] != NULL; example += 2) {
        lm_buffer_append_text(page, ".TP\n");
        font_append(page, "B", example[0]);
        lm_buffer_append_text(page, "\n");
        lines_append(page, example[1], strlen(example[1]));
    }
}

static void reference_append(lm_buffer *page, const command_row *command, bool is_first) {
    char name[MANUAL_NAME_SIZE];
    lm_buffer_append_text(page, is_first ? ".BR " : ",\n.BR ");
    roff_append(page, manual_name(command, name));
    lm_buffer_append_text(page, " (1)");
}

/* Appends all pages except this one. */
static void see_also_append(lm_buffer *page, const command_table *table, const command_row *command) {
    bool is_first = true;
    lm_buffer_append_text(page, ".SH SEE ALSO\n");
    if (command != table->program) {
        reference_append(page, table->program, true);
        is_first = false;
    }
    for (const command_row *const *row = table->commands; *row != NULL; row++) {
        if (*row == command)
            continue;
        reference_append(page, *row, is_first);
        is_first = false;
    }
    lm_buffer_append_text(page, "\n");
}

void manual_append(lm_buffer *page, const command_table *table, const command_row *command, const char *date) {
    char name[MANUAL_NAME_SIZE];
    assert(strchr(date, '"') == NULL);
    manual_name(command, name);
    lm_buffer_append_text(page, ".\\\" Made from the program's tables of options.\n.TH ");
    for (const char *letter = name; *letter != '\0'; letter++)
        roff_append(page, (char[]){(char)toupper((unsigned char)*letter), '\0'});
    text_append(page, " 1 \"", date, "\" \"loopmsg ", lm_version(), "\" \"User Commands\"\n");
    lm_buffer_append_text(page, ".nh\n.ad l\n.SH NAME\n"); /* do not hyphenate options, do not stretch blanks in commands */
    roff_append(page, name);
    lm_buffer_append_text(page, " \\- ");
    lines_append(page, command->summary, strlen(command->summary));
    synopsis_append(page, command);
    lm_buffer_append_text(page, ".SH DESCRIPTION\n");
    paragraphs_append(page, command->description);
    if (command == table->program)
        commands_append(page, table);
    lm_buffer_append_text(page, ".SH OPTIONS\n");
    for (size_t i = 0; i < command->option_count; i++)
        option_append(page, &command->options[i]);
    exit_status_append(page);
    examples_append(page, command);
    see_also_append(page, table, command);
}
