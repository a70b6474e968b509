/* Command lines: accepted values are within their limits, and the line written from them means the same when read as by a shell. */
#include "fuzz/fuzz.h"

#include "command_line/command_text.h"
#include "command_line/options.h"
#include "network/targets.h"
#include "pal/clock.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 32
#define POSITIONALS_MAX 3

typedef struct settings {
    bool quiet, is_verbose;
    const char *text;
    option_texts checks;
    uint64_t time_ns, size_bytes, count;
    int framing, form;
} settings;

/* One of each kind, with and without a letter, a default and a least value. */
static const option rows[] = {
    {.name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .offset = offsetof(settings, quiet)},
    {.name = "verbose", .kind = OPTION_FLAG, .offset = offsetof(settings, is_verbose)},
    {.name = "text", .letter = 't', .kind = OPTION_TEXT, .offset = offsetof(settings, text), .default_value = "-"},
    {.name = "check", .letter = 'c', .kind = OPTION_TEXTS, .offset = offsetof(settings, checks)},
    {.name = "time",
     .kind = OPTION_TIME,
     .offset = offsetof(settings, time_ns),
     .default_value = "1s",
     .minimum = PAL_MILLISECOND_NS,
     .maximum = OPTION_TIME_MAX_NS},
    {.name = "size", .letter = 's', .kind = OPTION_SIZE, .offset = offsetof(settings, size_bytes), .maximum = 64 << 20},
    {.name = "count", .letter = 'n', .kind = OPTION_COUNT, .offset = offsetof(settings, count), .maximum = UINT64_MAX},
    {.name = "framing",
     .kind = OPTION_CHOICE,
     .offset = offsetof(settings, framing),
     .default_value = "auto",
     .choice = framing_choice},
    {.name = "form",
     .letter = 'f',
     .kind = OPTION_CHOICE,
     .offset = offsetof(settings, form),
     .bare_value = "line",
     .choice = framing_choice},
    OPTION_HELP_ROW,
};

static const command_row command = {.name = "fuzz",
                                    .arguments = "[TEXT...]",
                                    .options = rows,
                                    .option_count = sizeof rows / sizeof rows[0],
                                    .positional_max = POSITIONALS_MAX,
                                    .settings_size = sizeof(settings)};

/* A command line as a program is given it. */
typedef struct arguments {
    char *texts[ARGUMENTS_MAX];
    char *read[ARGUMENTS_MAX]; /* the same; parsing reorders them */
    int count;
} arguments;

static void arguments_add(arguments *self, char *text) {
    fuzz_require(self->count < ARGUMENTS_MAX);
    self->texts[self->count] = self->read[self->count] = text;
    self->count++;
}

static void arguments_free(arguments *self) {
    for (int i = 0; i < self->count; i++)
        free(self->texts[i]);
}

static bool is_same_text(const char *first, const char *second) {
    return strcmp(first, second) == 0;
}

static void settings_check(const settings *self) {
    fuzz_require(self->time_ns >= PAL_MILLISECOND_NS && self->time_ns <= OPTION_TIME_MAX_NS);
    fuzz_require(self->size_bytes <= 64 << 20);
    fuzz_require(framing_choice(self->framing) != NULL && framing_choice(self->form) != NULL);
    fuzz_require(self->text != NULL && self->checks.count <= OPTION_TEXTS_MAX);
}

static void same_check(const command_line *first, const command_line *second) {
    const settings *one = first->settings, *other = second->settings;
    fuzz_require(first->given == second->given);
    fuzz_require(one->quiet == other->quiet && one->is_verbose == other->is_verbose && one->framing == other->framing);
    fuzz_require(one->form == other->form);
    fuzz_require(one->time_ns == other->time_ns && one->size_bytes == other->size_bytes && one->count == other->count);
    fuzz_require(is_same_text(one->text, other->text) && one->checks.count == other->checks.count);
    for (size_t i = 0; i < one->checks.count; i++)
        fuzz_require(is_same_text(one->checks.values[i], other->checks.values[i]));
    fuzz_require(first->positional_count == second->positional_count && first->positional_count <= POSITIONALS_MAX);
    for (size_t i = 0; i < first->positional_count; i++)
        fuzz_require(is_same_text(first->positionals[i], second->positionals[i]));
}

/* Reads one word as a shell does: blanks part words, single quotes keep all, a backslash keeps one character. NULL at the end. */
static char *word_read(const char **text) {
    const char *at = *text + strspn(*text, " ");
    if (*at == '\0')
        return NULL;
    char *word = malloc(strlen(at) + 1);
    fuzz_require(word != NULL);
    size_t size = 0;
    bool is_quoted = false;
    for (; *at != '\0' && (is_quoted || *at != ' '); at++) {
        if (*at == '\'') {
            is_quoted = !is_quoted;
            continue;
        }
        if (!is_quoted) {
            fuzz_require(strchr("\t\n\"$`&|;<>()*?[#~!{}", *at) == NULL); /* a shell would read more into it */
            at += *at == '\\' ? 1 : 0;
        }
        word[size++] = *at;
    }
    fuzz_require(!is_quoted);
    word[size] = '\0';
    *text = at;
    return word;
}

static void words_read(arguments *self, const char *text) {
    for (char *word; (word = word_read(&text)) != NULL;)
        arguments_add(self, word);
    fuzz_require(self->count >= 2 && is_same_text(self->texts[0], "loopmsg") && is_same_text(self->texts[1], "fuzz"));
}

static void anew_check(const command_line *line) {
    static const char *const always[] = {NULL};
    arguments again = {.count = 0};
    settings fields = {.quiet = false};
    command_line anew;
    lm_buffer text = {0}, repeated = {0};
    command_line_append(&text, line, always);
    words_read(&again, lm_buffer_text(&text));
    fuzz_require(!text.failed);
    fuzz_require(command_line_parse(&anew, &command, &fields, again.count - 2, again.read + 2) == PARSE_RUN);
    same_check(line, &anew);
    command_line_append(&repeated, &anew, always);
    fuzz_require(fuzz_is_equal(&text, &repeated));
    lm_buffer_free(&text);
    lm_buffer_free(&repeated);
    arguments_free(&again);
}

/* Each argument ends with a line ending, so that people can read a corpus. At most 8, so that the written line has room, too. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    char *text = fuzz_take_text(&input);
    arguments given = {.count = 0};
    for (const char *at = text; *at != '\0' && given.count < 8;) {
        size_t length = strcspn(at, "\n");
        char *word = fuzz_copy(at, length + 1);
        word[length] = '\0';
        arguments_add(&given, word);
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    settings fields = {.quiet = false};
    command_line line;
    if (command_line_parse(&line, &command, &fields, given.count, given.read) == PARSE_RUN) {
        settings_check(&fields);
        anew_check(&line);
    }
    arguments_free(&given);
    free(text);
    return 0;
}
