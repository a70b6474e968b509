/* Templates: the text is what a simple second reader gives, a wrong brace is reported with its place, and any text with doubled
 * braces gives itself. */
#include "fuzz/fuzz.h"

#include "loopmsg/template.h"

#include <stdlib.h>
#include <string.h>

/* Reads a template one character after the other. SIZE_MAX, or where the first wrong brace is. */
static size_t template_read(const char *text, const char *message, lm_buffer *output) {
    static const char place[] = "{message}";
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] != '{' && text[i] != '}') {
            lm_buffer_append(output, text + i, 1);
        } else if (text[i + 1] == text[i]) {
            lm_buffer_append(output, text + i++, 1);
        } else if (strstr(text + i, place) == text + i) {
            lm_buffer_append_text(output, message);
            i += sizeof place - 2;
        } else {
            return i;
        }
    }
    return SIZE_MAX;
}

static void template_check(const char *text, const char *message) {
    lm_template template_;
    lm_buffer expected = {0}, output = {0};
    size_t wrong = SIZE_MAX;
    size_t expected_wrong = template_read(text, message, &expected);
    bool is_parsed = lm_template_parse(&template_, text, &wrong);
    fuzz_require(is_parsed == (expected_wrong == SIZE_MAX) && wrong == expected_wrong);
    if (is_parsed) {
        lm_template_append(&template_, &output, message, strlen(message));
        fuzz_require(fuzz_is_equal(&output, &expected));
    }
    lm_buffer_free(&expected);
    lm_buffer_free(&output);
}

static void doubled_check(const char *text, const char *message) {
    lm_template template_;
    lm_buffer doubled = {0}, output = {0};
    size_t wrong;
    for (const char *at = text; *at != '\0'; at++) {
        lm_buffer_append(&doubled, at, 1);
        if (*at == '{' || *at == '}')
            lm_buffer_append(&doubled, at, 1);
    }
    const char *doubled_text = lm_buffer_text(&doubled);
    fuzz_require(!doubled.failed && lm_template_parse(&template_, doubled_text, &wrong));
    lm_template_append(&template_, &output, message, strlen(message));
    fuzz_require(output.size == strlen(text) && (output.size == 0 || memcmp(output.bytes, text, output.size) == 0));
    lm_buffer_free(&doubled);
    lm_buffer_free(&output);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    char *text = fuzz_take_text(&input);
    char *message = fuzz_take_text(&input);
    template_check(text, message);
    doubled_check(text, message);
    free(text);
    free(message);
    return 0;
}
