/* The real command, in a process of its own: what it draws is read back, column by column. */
#include "apps/program.h"
#include "pal/file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The drawing in 80 columns. */
#define SIDE_COLUMNS 34u
#define GAP_COLUMNS 12u
#define ROWS_MAX 120
#define ACTS_MAX 4

#define HEAD_LEFT "\xe2\x97\x84"
#define HEAD_RIGHT "\xe2\x96\xba"

enum { LEFT, RIGHT, SIDES };

/* One line of a drawing: the two cells without blanks around them, and whether an arrow touches them. */
typedef struct row {
    char cells[SIDES][160];
    char touches[SIDES][4]; /* the gap's character beside the cell */
    bool begins[SIDES];     /* a call, not more of one */
} row;

typedef struct act {
    row rows[ROWS_MAX];
    size_t count;
} act;

static act acts[ACTS_MAX];
static size_t act_count;

/* --- reading a drawing -------------------------------------------------------------------------------------------------------- */

/* Behind COLUMNS characters, or the end of the line. */
static const char *columns_skip(const char *line, size_t columns) {
    for (; columns > 0 && *line != '\n' && *line != '\0'; columns--) {
        do
            line++;
        while (((unsigned char)*line & 0xc0) == 0x80);
    }
    return line;
}

static void trimmed_copy(char *cell, size_t size, const char *begin, const char *end) {
    while (begin < end && *begin == ' ')
        begin++;
    while (end > begin && end[-1] == ' ')
        end--;
    assert_true((size_t)(end - begin) < size);
    memcpy(cell, begin, (size_t)(end - begin));
    cell[end - begin] = '\0';
}

static void character_copy(char *character, const char *begin) {
    const char *end = columns_skip(begin, 1);
    assert_true(end - begin < 4);
    memcpy(character, begin, (size_t)(end - begin));
    character[end - begin] = '\0';
}

static void row_read(row *self, const char *line) {
    const char *gap = columns_skip(line, SIDE_COLUMNS);
    const char *right = columns_skip(gap, GAP_COLUMNS);
    trimmed_copy(self->cells[LEFT], sizeof self->cells[LEFT], line, gap);
    trimmed_copy(self->cells[RIGHT], sizeof self->cells[RIGHT], right, strchr(right, '\n'));
    character_copy(self->touches[LEFT], columns_skip(gap, 1));
    character_copy(self->touches[RIGHT], columns_skip(gap, GAP_COLUMNS - 2));
    self->begins[LEFT] = *line >= '1' && *line <= '5';
    self->begins[RIGHT] = *right >= '1' && *right <= '5';
}

/* Each drawing begins behind a line of strokes and ends with an empty one. */
static void drawings_read(const char *text) {
    act_count = 0;
    for (const char *at = text; (at = strstr(at, "\n\xe2\x94\x80")) != NULL;) {
        assert_true(act_count < ACTS_MAX);
        act *self = &acts[act_count++];
        memset(self, 0, sizeof *self);
        for (at = strchr(at + 1, '\n') + 1; *at != '\n'; at = strchr(at, '\n') + 1) {
            assert_true(self->count < ROWS_MAX);
            row_read(&self->rows[self->count++], at);
        }
    }
}

/* Runs `loopmsg demo SCENARIO` and reads what it draws; COUNT acts are expected. */
static pal_process *demo_run(const char *scenario, size_t count) {
    pal_process *demo = scenario[0] == '\0' ? program_run(0, NULL, 0, "demo") : program_run(0, NULL, 0, "demo", scenario);
    program_expect(demo, PAL_PROCESS_ERROR, "");
    char *text = pal_process_text(demo, PAL_PROCESS_OUTPUT, NULL);
    assert_non_null(text);
    drawings_read(text);
    if (act_count != count)
        fail_msg("%zu drawings, not %zu:\n%s", act_count, count, text);
    free(text);
    return demo;
}

/* --- what must hold of every drawing ------------------------------------------------------------------------------------------ */

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end) {
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/* The number in "4 send 70,000 bytes"; 0 where there is none. */
static size_t bytes_of(const char *call, const char *name) {
    if (!starts_with(call + 2, name) || !(ends_with(call, " bytes") || ends_with(call, " byte")))
        return 0;
    size_t bytes = 0;
    for (const char *at = call + 2 + strlen(name); *at != 'b'; at++)
        bytes = *at >= '0' && *at <= '9' ? 10 * bytes + (size_t)(*at - '0') : bytes;
    return bytes;
}

static bool is_woken(const char *call) {
    return bytes_of(call, "recv ") > 0 || strcmp(call + 2, "recv: the end") == 0 || starts_with(call, "3 accept from ") ||
           ends_with(call, " fails: reset");
}

static bool is_waking(const char *call) {
    return bytes_of(call, "send ") > 0 || starts_with(call, "1 connect 1");
}

/* What arrives has the head of an arrow, and what goes out its other end. */
static void assert_arrows_touch(const row *self) {
    static const char *const heads[SIDES] = {HEAD_LEFT, HEAD_RIGHT};
    for (int side = LEFT; side < SIDES; side++) {
        if (!self->begins[side])
            continue;
        bool has_head = strcmp(self->touches[side], heads[side]) == 0;
        bool has_end = !has_head && self->touches[side][0] != ' ' && self->touches[side][0] != '\0';
        if (has_head != is_woken(self->cells[side]) || (is_waking(self->cells[side]) && !has_end))
            fail_msg("'%s' | '%s' | '%s' | '%s'", self->cells[LEFT], self->touches[LEFT], self->touches[RIGHT], self->cells[RIGHT]);
    }
}

/* Two calls in one row are two ends of one arrow. */
static void assert_ends_match(const row *self) {
    if (!self->begins[LEFT] || !self->begins[RIGHT])
        return;
    bool is_to_the_right = strcmp(self->touches[RIGHT], HEAD_RIGHT) == 0;
    const char *from = self->cells[is_to_the_right ? LEFT : RIGHT];
    const char *to = self->cells[is_to_the_right ? RIGHT : LEFT];
    bool is_end = ends_with(from, "shutdown (sending)") || ends_with(from, "close");
    bool is_match = (bytes_of(from, "send ") > 0 && bytes_of(from, "send ") == bytes_of(to, "recv ")) ||
                    (is_end && ends_with(to, "recv: the end")) ||
                    ((ends_with(from, "close") || ends_with(from, "close with a reset")) && ends_with(to, " fails: reset")) ||
                    (starts_with(from, "1 connect ") && starts_with(to, "3 accept from "));
    if (!is_match)
        fail_msg("'%s' leads to '%s'", from, to);
}

static size_t bytes_sum(const act *self, int side, const char *name) {
    size_t sum = 0;
    for (size_t i = 0; i < self->count; i++)
        sum += self->rows[i].begins[side] ? bytes_of(self->rows[i].cells[side], name) : 0;
    return sum;
}

/* LOST bytes of the server's arrived nowhere, and every other byte did. */
static void assert_drawing(const act *self, size_t lost) {
    for (size_t i = 0; i < self->count; i++) {
        assert_arrows_touch(&self->rows[i]);
        assert_ends_match(&self->rows[i]);
    }
    assert_int_equal(bytes_sum(self, LEFT, "send "), bytes_sum(self, RIGHT, "recv ") + lost);
    assert_int_equal(bytes_sum(self, RIGHT, "send "), bytes_sum(self, LEFT, "recv "));
}

/* Calls that only some systems make: Windows keeps accepts and receives waiting, binds before it connects, and shuts down before it
 * closes. */
static bool is_of_one_system(const char *call) {
    static const char *const ends[] = {" waits", " times)", " socket", " bind 0.0.0.0:0", " shutdown (sending)", " a reset"};
    for (size_t i = 0; i < TEST_COUNT(ends); i++) {
        if (ends_with(call, ends[i]))
            return true;
    }
    return false;
}

/* The calls of SIDE begin with those of EXPECTED, each once and in that order, apart from calls that only some systems make. */
static void assert_calls(const act *self, int side, const char *const *expected) {
    for (size_t i = 0; i < self->count; i++) {
        const char *call = self->rows[i].cells[side];
        if (!self->rows[i].begins[side])
            continue;
        if (*expected != NULL && starts_with(call, *expected))
            expected++;
        else if (!is_of_one_system(call))
            fail_msg("'%s' stands where '%s' should", call, *expected != NULL ? *expected : "nothing");
    }
    if (*expected != NULL)
        fail_msg("'%s' is missing", *expected);
}

#define assert_left(number, ...) assert_calls(&acts[number], LEFT, (const char *const[]){__VA_ARGS__, NULL})
#define assert_right(number, ...) assert_calls(&acts[number], RIGHT, (const char *const[]){__VA_ARGS__, NULL})
#define SERVER_BEGINS "1 socket", "1 bind 127.0.0.1:0", "2 listen", "3 accept from 127.0.0.1:"
#define CLIENT_BEGINS "1 socket", "1 connect 127.0.0.1:", "1 connect: connected"

/* --- the scenarios ------------------------------------------------------------------------------------------------------------ */

static void a_conversation_shows_the_calls_of_both_sides(void **state) {
    (void)state;
    pal_process *demo = demo_run("", 1);
    assert_drawing(&acts[0], 0);
    assert_left(0, SERVER_BEGINS, "4 send 15 bytes", "4 recv 15 bytes", "4 send 25 bytes", "4 recv 4 bytes", "5 shutdown (sending)",
                "4 recv: the end", "5 close", "5 close (listening)");
    assert_right(0, CLIENT_BEGINS, "2 recv 15 bytes", "2 send 15 bytes", "2 recv 25 bytes", "2 send 4 bytes", "2 recv: the end",
                 "3 close");
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "\"loop_msg:hello,im client!\"");
}

/* The client's calls under each framing, where two small sends have arrived as one receive. HEADER: bytes that it adds to a
 * message. */
static void assert_coalesced(size_t number, size_t header) {
    char small[40], both[40], large[40];
    snprintf(small, sizeof small, "2 send %zu bytes", 5 + header);
    snprintf(both, sizeof both, "4 recv %zu bytes", 2 * (5 + header));
    snprintf(large, sizeof large, "2 send 70,00%zu bytes", header);
    const act *self = &acts[number];
    size_t sends = 0, receives = 0, first = 0;
    for (size_t i = 0; i < self->count; i++) {
        const row *at = &self->rows[i];
        if (at->begins[RIGHT] && bytes_of(at->cells[RIGHT], "send ") > 0)
            assert_string_equal(at->cells[RIGHT], sends++ < 2 ? small : large);
        if (at->begins[LEFT] && bytes_of(at->cells[LEFT], "recv ") > 0) {
            first = receives == 0 ? i : first;
            receives++;
        }
    }
    assert_int_equal(sends, 3);
    assert_true(receives >= 3); /* both small ones, and the large one in two or more */
    assert_string_equal(self->rows[first].cells[LEFT], both);
    assert_drawing(self, 0);
}

static void two_sends_arrive_as_one_receive_and_one_send_as_several(void **state) {
    (void)state;
    pal_process *demo = demo_run("coalesce", 3);
    assert_coalesced(0, 0);
    assert_coalesced(1, 1);
    assert_coalesced(2, 4);
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "Two sends arrived as one receive of 10 bytes. One send of 70,000 bytes arrived");
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "Two sends arrived as one receive of 12 bytes. One send of 70,001 bytes arrived");
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "Two sends arrived as one receive of 18 bytes. One send of 70,004 bytes arrived");
}

static size_t messages_of(const act *self) {
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++)
        count += starts_with(self->rows[i].cells[LEFT], "message of ");
    return count;
}

static void a_framing_finds_the_messages_that_were_sent_and_none_finds_others(void **state) {
    (void)state;
    demo_run("coalesce", 3);
    for (size_t i = 0; i < act_count; i++) {
        bool has_joined = false, has_hello = false, has_large = false;
        for (size_t j = 0; j < acts[i].count; j++) {
            const char *cell = acts[i].rows[j].cells[LEFT];
            has_joined = has_joined || strcmp(cell, "message of 10 bytes") == 0;
            has_hello = has_hello || strcmp(cell, "message of 5 bytes") == 0;
            has_large = has_large || strcmp(cell, "message of 70,000 bytes") == 0;
        }
        assert_true(has_joined == (i == 0) && has_hello == (i > 0) && has_large == (i > 0));
        if (i > 0)
            assert_int_equal(messages_of(&acts[i]), 3);
    }
}

static void after_a_half_close_the_answer_still_arrives(void **state) {
    (void)state;
    pal_process *demo = demo_run("half-close", 1);
    assert_drawing(&acts[0], 0);
    assert_left(0, SERVER_BEGINS, "4 recv 15 bytes", "4 recv: the end", "4 send 25 bytes", "5 close", "5 close (listening)");
    assert_right(0, CLIENT_BEGINS, "2 send 15 bytes", "3 shutdown (sending)", "2 recv 25 bytes", "2 recv: the end", "3 close");
    assert_int_equal(messages_of(&acts[0]), 1);
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "client still received 25 bytes");
}

static void a_reset_ends_the_other_sides_call(void **state) {
    (void)state;
    pal_process *demo = demo_run("reset", 2);
    assert_drawing(&acts[0], 0);
    assert_left(0, SERVER_BEGINS, "4 send 15 bytes", "4 recv fails: reset", "5 close", "5 close (listening)");
    assert_right(0, CLIENT_BEGINS, "2 recv 15 bytes", "3 close with a reset");
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "the connection was reset");
}

static void bytes_left_unread_are_lost(void **state) {
    (void)state;
    pal_process *demo = demo_run("reset", 2);
    assert_drawing(&acts[1], 15);
    /* Windows' close announces an end before the reset, and the server may see either first. */
    assert_left(1, SERVER_BEGINS, "4 send 15 bytes", "4 recv", "5 close", "5 close (listening)");
    assert_right(1, CLIENT_BEGINS, "3 close");
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "15 bytes that the server had sent were never received");
    program_expect_part(demo, PAL_PROCESS_OUTPUT, "\xc3\x97");
}

static void what_it_cannot_do_is_reported_before_anything_runs(void **state) {
    (void)state;
    static const struct {
        const char *arguments[5];
        int code;
        const char *part;
    } cases[] = {
        {{"demo", "coalesc"}, 2, "unknown scenario 'coalesc'; did you mean coalesce?"},
        {{"demo", "tls"}, 2, "expected coalesce, half-close or reset"},
        {{"demo", "reset", "coalesce"}, 2, "unexpected argument 'coalesce'"},
        {{"demo", "--svg", "demo_test_no_folder/x"}, 1, "cannot write 'demo_test_no_folder/x'"},
        {{"demo", "reset", "--svg", "."}, 1, "cannot write '.'"},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        const char *arguments[8] = {LOOPMSG_PROGRAM};
        memcpy(arguments + 1, cases[i].arguments, sizeof cases[i].arguments);
        pal_process *demo = program_run_with(cases[i].code, NULL, 0, arguments);
        program_expect_error_line(demo, cases[i].part);
        program_expect(demo, PAL_PROCESS_OUTPUT, "");
        programs_end(NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        program_test(a_conversation_shows_the_calls_of_both_sides),
        program_test(two_sends_arrive_as_one_receive_and_one_send_as_several),
        program_test(a_framing_finds_the_messages_that_were_sent_and_none_finds_others),
        program_test(after_a_half_close_the_answer_still_arrives),
        program_test(a_reset_ends_the_other_sides_call),
        program_test(bytes_left_unread_are_lost),
        program_test(what_it_cannot_do_is_reported_before_anything_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
