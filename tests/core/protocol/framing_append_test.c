/* Messages as they go over the wire. */
#include "core/protocol/bytes.h"
#include "loopmsg/framing.h"
#include "support/check.h"

static void a_message_goes_out_as_its_framing_wants(void **state) {
    (void)state;
    static const struct {
        lm_framing_kind kind;
        lm_ending ending;
        test_bytes wire;
    } cases[] = {
        {LM_FRAMING_AUTO, LM_ENDING_NONE, B("abc")},
        {LM_FRAMING_AUTO, LM_ENDING_LF, B("abc\n")},
        {LM_FRAMING_AUTO, LM_ENDING_CRLF, B("abc\r\n")},
        {LM_FRAMING_CHUNK, LM_ENDING_NONE, B("abc")},
        {LM_FRAMING_CHUNK, LM_ENDING_LF, B("abc\n")},
        {LM_FRAMING_LINE, LM_ENDING_NONE, B("abc")},
        {LM_FRAMING_LINE, LM_ENDING_LF, B("abc\n")},
        {LM_FRAMING_LINE, LM_ENDING_CRLF, B("abc\r\n")},
        {LM_FRAMING_LENGTH, LM_ENDING_NONE, B("\0\0\0\3abc")},
        {LM_FRAMING_LENGTH, LM_ENDING_CRLF, B("\0\0\0\3abc")},
        {LM_FRAMING_RAW, LM_ENDING_NONE, B("abc")},
        {LM_FRAMING_RAW, LM_ENDING_LF, B("abc")},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        lm_buffer whole = {0};
        lm_buffer parts = {0};
        lm_buffer_append_text(&parts, "before");
        lm_framing_append(cases[i].kind, &whole, "abc", 3, cases[i].ending);
        size_t begin = lm_framing_append_begin(cases[i].kind, &parts);
        lm_buffer_append_text(&parts, "ab");
        lm_buffer_append_text(&parts, "c");
        lm_framing_append_end(cases[i].kind, &parts, begin, cases[i].ending);
        assert_int_equal(whole.size, cases[i].wire.size);
        assert_memory_equal(whole.bytes, cases[i].wire.bytes, whole.size);
        assert_int_equal(parts.size, whole.size + 6);
        assert_memory_equal(parts.bytes, "before", 6);
        assert_memory_equal(parts.bytes + 6, whole.bytes, whole.size);
        lm_buffer_free(&whole);
        lm_buffer_free(&parts);
    }
}

static void a_count_is_four_bytes_with_the_highest_first(void **state) {
    (void)state;
    static uint8_t bytes[0x010203];
    lm_buffer output = {0};
    lm_framing_append(LM_FRAMING_LENGTH, &output, bytes, sizeof bytes, LM_ENDING_NONE);
    lm_framing_append(LM_FRAMING_LENGTH, &output, NULL, 0, LM_ENDING_NONE);
    assert_int_equal(output.size, 4 + sizeof bytes + 4);
    assert_memory_equal(output.bytes, "\0\1\2\3", 4);
    assert_memory_equal(output.bytes + 4 + sizeof bytes, "\0\0\0\0", 4);
    lm_buffer_free(&output);
}

static void framing_into_a_buffer_without_memory_changes_nothing(void **state) {
    (void)state;
    lm_buffer output = {0};
    assert_null(lm_buffer_reserve(&output, SIZE_MAX));
    for (int kind = 0; lm_framing_name((lm_framing_kind)kind) != NULL; kind++)
        lm_framing_append((lm_framing_kind)kind, &output, "abc", 3, LM_ENDING_LF);
    assert_true(output.failed);
    assert_int_equal(output.size, 0);
    lm_buffer_free(&output);
}

static void names_are_found_both_ways(void **state) {
    (void)state;
    static const char *const names[] = {"auto", "chunk", "line", "length", "raw"};
    assert_int_equal(LM_FRAMING_COUNT, TEST_COUNT(names));
    for (int kind = 0; kind < LM_FRAMING_COUNT; kind++) {
        lm_framing_kind found = LM_FRAMING_COUNT;
        assert_string_equal(lm_framing_name((lm_framing_kind)kind), names[kind]);
        assert_true(lm_framing_find(names[kind], &found));
        assert_int_equal(found, kind);
    }
    assert_null(lm_framing_name(LM_FRAMING_COUNT));
    assert_null(lm_framing_traits_of(LM_FRAMING_COUNT));
    lm_framing_kind kind = LM_FRAMING_LENGTH;
    assert_false(lm_framing_find("lin", &kind) || lm_framing_find("lines", &kind) || lm_framing_find("", &kind));
    assert_int_equal(kind, LM_FRAMING_LENGTH);
}

/* The traits of a framing say what a message looks like on the wire, and whether it keeps its bounds. */
static void the_traits_are_those_of_the_bytes(void **state) {
    (void)state;
    for (int number = 0; number < LM_FRAMING_COUNT; number++) {
        lm_framing_kind kind = (lm_framing_kind)number;
        const lm_framing_traits *traits = lm_framing_traits_of(kind);
        assert_int_equal(traits->kind, kind);
        lm_buffer output = {0};
        lm_framing_append(kind, &output, "", 0, traits->ends_at_lines ? LM_ENDING_LF : traits->ending);
        assert_int_equal(output.size, traits->has_count ? LM_COUNT_SIZE : traits->ends_at_lines ? 1 : 0);
        lm_framing_append(kind, &output, "b", 1, traits->ends_at_lines ? LM_ENDING_LF : traits->ending);

        lm_framing framing;
        lm_framing_open(&framing, kind, 0);
        size_t count = 0, sizes[2] = {0};
        lm_message message;
        for (size_t at = 0; at < output.size; at++) { /* a byte at a time */
            const uint8_t *bytes = output.bytes + at;
            size_t size = 1;
            while (lm_framing_next(&framing, &bytes, &size, &message) == LM_FRAMING_MESSAGE) {
                assert_true(count < 2);
                sizes[count++] = message.size;
            }
        }
        bool is_kept = count == 2 && sizes[0] == 0 && sizes[1] == 1;
        assert_int_equal(is_kept, traits->keeps_bounds || traits->ends_at_lines);
        lm_framing_close(&framing);
        lm_buffer_free(&output);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_goes_out_as_its_framing_wants),
        cmocka_unit_test(a_count_is_four_bytes_with_the_highest_first),
        cmocka_unit_test(framing_into_a_buffer_without_memory_changes_nothing),
        cmocka_unit_test(names_are_found_both_ways),
        cmocka_unit_test(the_traits_are_those_of_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
