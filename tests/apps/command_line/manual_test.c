/* A manual page of an invented command; its texts contain what has a meaning in roff. */
#include "command_line/manual.h"
#include "support/check.h"

#include <string.h>

static const option rows[] = {
    {.name = "a-b",
     .letter = 'a',
     .kind = OPTION_TEXT,
     .value_name = "NAME",
     .default_value = "\\n",
     .help = "take .x, '.y' or ~^`"},
    {.name = "form", .kind = OPTION_TEXT, .value_name = "WORD", .bare_value = "x", .help = "a value that may be left out"},
};

static const char *const examples[] = {"loopmsg x 'a\\b' --a-b", ".first of a line", NULL};

static const command_row command = {.name = "x",
                                    .summary = "do it",
                                    .arguments = "[one|two] FILE...",
                                    .description = ".so first\n\n'br second \\(co",
                                    .examples = examples,
                                    .options = rows,
                                    .option_count = 2};

static const command_row program = {.name = ""};
static const command_row *const commands[] = {&command, NULL};
static const command_table table = {&program, commands};

static void require_part(const char *page, const char *part) {
    if (strstr(page, part) == NULL)
        fail_msg("no %s in:\n%s", part, page);
}

static void nothing_in_a_text_is_taken_for_roff(void **state) {
    (void)state;
    lm_buffer page = {0};
    manual_append(&page, &table, &command, "2026-11-22");
    const char *text = lm_buffer_text(&page);
    assert_false(page.failed);
    require_part(text, ".TH LOOPMSG\\-X 1 \"2026-11-22\" \"loopmsg ");
    require_part(text, "\nloopmsg\\-x \\- do it\n");
    require_part(text, "\n\\fBloopmsg x\\fR [\\fIOPTION\\fR...] [\\fBone\\fR|\\fBtwo\\fR] \\fIFILE\\fR...\n");
    require_part(text, "\n\\&.so first\n.PP\n\\(aqbr second \\e(co\n");
    require_part(text, "\n.TP\n\\fB\\-a\\fR, \\fB\\-\\-a\\-b\\fR \\fINAME\\fR\n"
                       "take .x, \\(aq.y\\(aq or \\(ti\\(ha\\(ga (default: \\(aq\\en\\(aq)\n");
    require_part(text, "\n.TP\n\\fB\\-\\-form\\fR[=\\fIWORD\\fR]\na value that may be left out (x when none is given)\n");
    require_part(text, "\n.TP\n\\fBloopmsg x \\(aqa\\eb\\(aq \\-\\-a\\-b\\fR\n\\&.first of a line\n");
    lm_buffer_free(&page);
}

static void lines_are_broken_between_words(void **state) {
    (void)state;
    command_row long_command = command;
    char description[1000];
    for (size_t i = 0; i < sizeof description; i++)
        description[i] = i % 2 == 0 ? 'x' : ' ';
    description[sizeof description - 1] = '\0';
    long_command.description = description;
    lm_buffer page = {0};
    manual_append(&page, &table, &long_command, "2026-11-22");
    assert_false(page.failed);
    size_t begin = 0;
    for (size_t i = 0; i < page.size; i++) {
        if (page.bytes[i] != '\n')
            continue;
        assert_true(i - begin <= 80);
        begin = i + 1;
    }
    assert_int_equal(begin, page.size); /* the last one ends, too */
    lm_buffer_free(&page);
}

static void a_line_that_was_broken_before_a_point_begins_no_request(void **state) {
    (void)state;
    command_row long_command = command;
    long_command.description = "As long as a line of the source of a page is at most, or a letter or two less, .so next";
    lm_buffer page = {0};
    manual_append(&page, &table, &long_command, "2026-11-22");
    require_part(lm_buffer_text(&page), " letter or two less,\n\\&.so next\n");
    lm_buffer_free(&page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_a_text_is_taken_for_roff),
        cmocka_unit_test(lines_are_broken_between_words),
        cmocka_unit_test(a_line_that_was_broken_before_a_point_begins_no_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
