/* A command line put into words again. */
#include "command_line/command_text.h"
#include "command_line/options.h"
#include "support/check.h"

#include <string.h>

typedef struct line_settings {
    bool is_quiet;
    const char *text;
    uint64_t time_ns, size, count, seed;
    int colour;
    option_texts texts;
} line_settings;

static const char *colour_name(int number) {
    static const char *const names[] = {"red", "green", NULL};
    return names[number];
}

static const option line_options[] = {
    {.name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .offset = offsetof(line_settings, is_quiet)},
    {.name = "text", .kind = OPTION_TEXT, .offset = offsetof(line_settings, text), .default_value = "x"},
    {.name = "time", .kind = OPTION_TIME, .offset = offsetof(line_settings, time_ns), .maximum = UINT64_MAX},
    {.name = "size", .kind = OPTION_SIZE, .offset = offsetof(line_settings, size), .maximum = UINT64_MAX},
    {.name = "count", .kind = OPTION_COUNT, .offset = offsetof(line_settings, count), .maximum = UINT64_MAX},
    {.name = "seed", .kind = OPTION_COUNT, .offset = offsetof(line_settings, seed), .default_value = "1", .maximum = UINT64_MAX},
    {.name = "colour", .kind = OPTION_CHOICE, .offset = offsetof(line_settings, colour), .choice = colour_name},
    {.name = "texts", .kind = OPTION_TEXTS, .offset = offsetof(line_settings, texts)},
    OPTION_HELP_ROW,
};

static const command_row line_command = {.name = "test",
                                         .arguments = "",
                                         .options = line_options,
                                         .option_count = TEST_COUNT(line_options),
                                         .positional_max = 2,
                                         .settings_size = sizeof(line_settings)};

#define LINE_ARGUMENTS_MAX 12

static void a_command_line_is_put_into_words_that_a_shell_reads_back(void **state) {
    (void)state;
    static const struct {
        const char *arguments[LINE_ARGUMENTS_MAX];
        const char *expected;
    } cases[] = {
        {{NULL}, "loopmsg test --seed 1"},
        {{"host:1", "-q", "--seed", "7"}, "loopmsg test --quiet --seed 7 host:1"},
        {{"--text", "it's {two} words"}, "loopmsg test --text 'it'\\''s {two} words' --seed 1"},
        {{"--text="}, "loopmsg test --text '' --seed 1"},
        {{"--time", "1.5s", "--size", "2048", "--count", "3000"}, "loopmsg test --time 1500ms --size 2k --count 3k --seed 1"},
        {{"--colour", "green", "--texts", "p99>5ms", "a b", "--texts", "errors"},
         "loopmsg test --seed 1 --colour green --texts 'p99>5ms' --texts errors 'a b'"},
        {{"--text", "one", "--text", "two"}, "loopmsg test --text two --seed 1"},
        {{"--", "--quiet"}, "loopmsg test --seed 1 -- --quiet"},
    };
    static const char *const always[] = {"seed", NULL};
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        char copies[LINE_ARGUMENTS_MAX][32] = {""};
        char *arguments[LINE_ARGUMENTS_MAX];
        int count = 0;
        for (; count < LINE_ARGUMENTS_MAX && cases[i].arguments[count] != NULL; count++) {
            assert_true(strlen(cases[i].arguments[count]) < sizeof copies[0]);
            memcpy(copies[count], cases[i].arguments[count], strlen(cases[i].arguments[count]));
            arguments[count] = copies[count];
        }
        line_settings settings = {0};
        command_line line;
        lm_buffer text = {0};
        assert_int_equal(command_line_parse(&line, &line_command, &settings, count, arguments), PARSE_RUN);
        command_line_append(&text, &line, always);
        assert_string_equal(lm_buffer_text(&text), cases[i].expected);
        lm_buffer_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_line_is_put_into_words_that_a_shell_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
