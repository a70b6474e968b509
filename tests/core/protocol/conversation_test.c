/* Whole conversations: what a server receives, and what it sends. */
#include "core/protocol/bytes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/template.h"
#include "support/check.h"

#include <string.h>

#define RECEIVES_MAX 6

typedef struct conversation_case {
    lm_framing_kind framing;
    test_bytes receives[RECEIVES_MAX]; /* then the stream ends */
    test_bytes sent;                   /* greeting and answers */
    lm_conversation_result end;        /* MORE for a clean end */
} conversation_case;

/* Answers every message in BYTES or, after the last receive, the last message of the stream. */
static lm_conversation_result answer(lm_conversation *conversation, const test_bytes *receive, lm_buffer *output) {
    lm_template reply;
    size_t wrong;
    assert_true(lm_template_parse(&reply, LM_REPLY, &wrong));
    const uint8_t *rest = receive != NULL ? receive->bytes : NULL;
    size_t size = receive != NULL ? receive->size : 0;
    for (;;) {
        lm_message message;
        lm_conversation_result result = receive != NULL ? lm_conversation_next(conversation, &rest, &size, &message)
                                                        : lm_conversation_end(conversation, &message);
        if (result != LM_CONVERSATION_MESSAGE)
            return result;
        size_t begin = lm_conversation_answer_begin(conversation, output);
        lm_template_append(&reply, output, message.bytes, message.size);
        lm_conversation_answer_end(conversation, output, begin, &message);
    }
}

static void assert_conversation(const lm_conversation_settings *settings, const test_bytes *receives, const test_bytes *sent,
                                lm_conversation_result end) {
    lm_conversation conversation;
    lm_buffer output = {0};
    lm_conversation_result result = LM_CONVERSATION_MORE;
    lm_conversation_open(&conversation, settings);
    lm_conversation_greet(&conversation, &output);
    for (size_t i = 0; result == LM_CONVERSATION_MORE && i < RECEIVES_MAX && receives[i].bytes != NULL; i++)
        result = answer(&conversation, &receives[i], &output);
    if (result == LM_CONVERSATION_MORE)
        result = answer(&conversation, NULL, &output);
    assert_int_equal(result, end);
    assert_false(output.failed);
    if (output.size != sent->size || (output.size > 0 && memcmp(output.bytes, sent->bytes, output.size) != 0))
        fail_msg("%s sent \"%.*s\", not \"%.*s\"", lm_framing_name(settings->framing), (int)output.size, (const char *)output.bytes,
                 (int)sent->size, (const char *)sent->bytes);
    lm_conversation_close(&conversation);
    lm_buffer_free(&output);
}

static void assert_cases(const conversation_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        lm_conversation_settings settings = {
            .framing = cases[i].framing, .max_message = 8, .greeting = LM_GREETING, .farewell = LM_FAREWELL};
        assert_conversation(&settings, cases[i].receives, &cases[i].sent, cases[i].end);
    }
}

static void the_original_client_hears_what_it_always_heard(void **state) {
    (void)state;
    static const lm_framing_kind kinds[] = {LM_FRAMING_AUTO, LM_FRAMING_CHUNK};
    static const test_bytes receives[RECEIVES_MAX] = {B("hello,im client"), B("exit")};
    static const test_bytes sent = B("hello,im serverloop_msg:hello,im client!");
    for (size_t i = 0; i < TEST_COUNT(kinds); i++) {
        lm_conversation_settings settings = {.framing = kinds[i], .greeting = LM_GREETING, .farewell = LM_FAREWELL};
        assert_conversation(&settings, receives, &sent, LM_CONVERSATION_FAREWELL);
    }
}

static void an_answer_ends_as_its_message_did(void **state) {
    (void)state;
    static const conversation_case cases[] = {
        {LM_FRAMING_LINE,
         {B("a\nb\r\n\nc")},
         B("hello,im server\nloop_msg:a!\nloop_msg:b!\r\nloop_msg:!\nloop_msg:c!"),
         LM_CONVERSATION_MORE},
        {LM_FRAMING_AUTO,
         {B("a"), B("b\n"), B("c\r\nd")},
         B("hello,im serverloop_msg:a!loop_msg:b!\nloop_msg:c!\r\nloop_msg:d!"),
         LM_CONVERSATION_MORE},
        {LM_FRAMING_CHUNK, {B("a\n"), B("b")}, B("hello,im serverloop_msg:a\n!loop_msg:b!"), LM_CONVERSATION_MORE},
        {LM_FRAMING_LENGTH,
         {B("\0\0\0\1a\0\0"), B("\0\0")},
         B("\0\0\0\017hello,im server\0\0\0\013loop_msg:a!\0\0\0\012loop_msg:!"),
         LM_CONVERSATION_MORE},
        {LM_FRAMING_RAW, {B("a"), B("b\n")}, B("loop_msg:a!loop_msg:b\n!"), LM_CONVERSATION_MORE},
    };
    assert_cases(cases, TEST_COUNT(cases));
}

static void the_farewell_ends_the_conversation_without_an_answer(void **state) {
    (void)state;
    static const conversation_case cases[] = {
        {LM_FRAMING_LINE, {B("exit\r\nmore\n")}, B("hello,im server\n"), LM_CONVERSATION_FAREWELL},
        {LM_FRAMING_LINE, {B("ex"), B("it\n")}, B("hello,im server\n"), LM_CONVERSATION_FAREWELL},
        {LM_FRAMING_LINE, {B("exit")}, B("hello,im server\n"), LM_CONVERSATION_FAREWELL}, /* by the end of the stream */
        {LM_FRAMING_AUTO, {B("a\n"), B("exit\n")}, B("hello,im serverloop_msg:a!\n"), LM_CONVERSATION_FAREWELL},
        {LM_FRAMING_CHUNK, {B("exit")}, B("hello,im server"), LM_CONVERSATION_FAREWELL},
        {LM_FRAMING_LENGTH, {B("\0\0\0\4exit")}, B("\0\0\0\017hello,im server"), LM_CONVERSATION_FAREWELL},
    };
    assert_cases(cases, TEST_COUNT(cases));
}

static void what_is_only_like_the_farewell_is_a_message(void **state) {
    (void)state;
    static const conversation_case cases[] = {
        {LM_FRAMING_LINE,
         {B("exi\nexit!\nEXIT\n exit\n")},
         B("hello,im server\nloop_msg:exi!\nloop_msg:exit!!\nloop_msg:EXIT!\nloop_msg: exit!\n"),
         LM_CONVERSATION_MORE},
        {LM_FRAMING_LINE, {B("exit\r")}, B("hello,im server\nloop_msg:exit\r!"), LM_CONVERSATION_MORE},
        {LM_FRAMING_LINE, {B("exit\0\n")}, B("hello,im server\nloop_msg:exit\0!\n"), LM_CONVERSATION_MORE},
        {LM_FRAMING_CHUNK, {B("exit\n")}, B("hello,im serverloop_msg:exit\n!"), LM_CONVERSATION_MORE},
        {LM_FRAMING_RAW, {B("exit")}, B("loop_msg:exit!"), LM_CONVERSATION_MORE},
    };
    assert_cases(cases, TEST_COUNT(cases));
}

static void a_broken_stream_ends_the_conversation_after_the_answers_before(void **state) {
    (void)state;
    static const conversation_case cases[] = {
        {LM_FRAMING_LINE, {B("12345678\n123456789")}, B("hello,im server\nloop_msg:12345678!\n"), LM_CONVERSATION_TOO_LONG},
        {LM_FRAMING_LINE, {B("12345678\r")}, B("hello,im server\n"), LM_CONVERSATION_TOO_LONG},
        {LM_FRAMING_AUTO,
         {B("123456789"), B("123456789\n")},
         B("hello,im serverloop_msg:12345678!loop_msg:9!"),
         LM_CONVERSATION_TOO_LONG},
        {LM_FRAMING_LENGTH,
         {B("\0\0\0\1a\0\0\0\011")},
         B("\0\0\0\017hello,im server\0\0\0\013loop_msg:a!"),
         LM_CONVERSATION_TOO_LONG},
        {LM_FRAMING_LENGTH,
         {B("\0\0\0\1a\0\0\0\2b")},
         B("\0\0\0\017hello,im server\0\0\0\013loop_msg:a!"),
         LM_CONVERSATION_TRUNCATED},
    };
    assert_cases(cases, TEST_COUNT(cases));
}

static void without_greeting_and_farewell_there_are_only_answers(void **state) {
    (void)state;
    static const test_bytes receives[RECEIVES_MAX] = {B("exit\n\n")};
    static const test_bytes sent = B("loop_msg:exit!\nloop_msg:!\n");
    static const char *const nothing[] = {NULL, ""};
    for (size_t i = 0; i < TEST_COUNT(nothing); i++) {
        lm_conversation_settings settings = {.framing = LM_FRAMING_LINE, .greeting = nothing[i], .farewell = nothing[i]};
        assert_conversation(&settings, receives, &sent, LM_CONVERSATION_MORE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_original_client_hears_what_it_always_heard),
        cmocka_unit_test(an_answer_ends_as_its_message_did),
        cmocka_unit_test(the_farewell_ends_the_conversation_without_an_answer),
        cmocka_unit_test(what_is_only_like_the_farewell_is_a_message),
        cmocka_unit_test(a_broken_stream_ends_the_conversation_after_the_answers_before),
        cmocka_unit_test(without_greeting_and_farewell_there_are_only_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
