#include "demo/picture.h"
#include "demo/svg.h"
#include "demo/text.h"
#include "demo/words.h"
#include "support/check.h"
#include "support/random.h"

#include <stdbool.h>
#include <string.h>

#define LISTENER 3
#define SERVER 7
#define CLIENT 5
#define SPARE 8
#define WIDTH 60u

static demo_record record;
static demo_picture picture;

/* --- a record by hand --------------------------------------------------------------------------------------------------------- */

static demo_event *event_append(pal_trace_operation operation, pal_trace_role role, uintptr_t socket) {
    assert_true(record.count < DEMO_EVENTS_MAX);
    demo_event *event = &record.events[record.count++];
    *event = (demo_event){.side = role == PAL_TRACE_CONNECTING ? DEMO_CLIENT : DEMO_SERVER,
                          .operation = operation,
                          .role = role,
                          .socket = socket,
                          .error = pal_ok()};
    return event;
}

static demo_event *of_server(pal_trace_operation operation) {
    return event_append(operation, PAL_TRACE_ACCEPTED, SERVER);
}

static demo_event *of_client(pal_trace_operation operation) {
    return event_append(operation, PAL_TRACE_CONNECTING, CLIENT);
}

static void with_bytes(demo_event *event, size_t size, const char *text) {
    event->size = event->done = size;
    event->kept = strlen(text) < size ? strlen(text) : size;
    memcpy(event->bytes, text, event->kept);
}

static void with_address(demo_event *event, uint16_t port) {
    event->has_address = pal_address_parse("127.0.0.1", port, &event->address);
    assert_true(event->has_address);
}

static void with_status(demo_event *event, pal_status status) {
    event->error = pal_error_of(status);
}

static void server_send(const char *text) {
    with_bytes(of_server(PAL_TRACE_SEND), strlen(text), text);
}

static void server_receive(const char *text) {
    with_bytes(of_server(PAL_TRACE_RECEIVE), strlen(text), text);
}

static void client_send(const char *text) {
    with_bytes(of_client(PAL_TRACE_SEND), strlen(text), text);
}

static void client_receive(const char *text) {
    with_bytes(of_client(PAL_TRACE_RECEIVE), strlen(text), text);
}

static void message_found(const char *text) {
    demo_event *event = of_server(PAL_TRACE_CREATE);
    event->is_message = true;
    with_bytes(event, strlen(text), text);
}

/* Begins a record with a connection that is made. */
static void connection_begin(void) {
    memset(&record, 0, sizeof record);
    event_append(PAL_TRACE_CREATE, PAL_TRACE_LISTENING, LISTENER);
    with_address(event_append(PAL_TRACE_BIND, PAL_TRACE_LISTENING, LISTENER), 0);
    event_append(PAL_TRACE_LISTEN, PAL_TRACE_LISTENING, LISTENER);
    of_client(PAL_TRACE_CREATE);
    demo_event *connect = of_client(PAL_TRACE_CONNECT);
    connect->is_pending = true;
    with_address(connect, 4000);
    demo_event *accept = event_append(PAL_TRACE_ACCEPT, PAL_TRACE_LISTENING, LISTENER);
    accept->accepted = SERVER;
    with_address(accept, 5000);
}

static void client_connected(void) {
    of_client(PAL_TRACE_CONNECT)->is_completion = true;
}

/* Both sides end, the client first. */
static void connection_end(void) {
    of_client(PAL_TRACE_CLOSE);
    with_status(of_server(PAL_TRACE_RECEIVE), PAL_END);
    of_server(PAL_TRACE_CLOSE);
    event_append(PAL_TRACE_CLOSE, PAL_TRACE_LISTENING, LISTENER);
}

/* --- what is drawn ------------------------------------------------------------------------------------------------------------ */

/* Draws the record into OUTPUT, to which the text belongs. */
static const char *text_make(lm_buffer *output, unsigned width) {
    demo_picture_make(&picture, &record);
    demo_scene scene = {.title = "Title", .introduction = "What it is.", .picture = &picture};
    lm_buffer_append_text(&scene.summary, "What was seen.");
    demo_text_append(output, &scene, width);
    const char *text = lm_buffer_text(output);
    assert_false(output->failed);
    lm_buffer_free(&scene.summary);
    return text;
}

/* The rows of the picture, from the line under its head to its end, are EXPECTED. */
static void assert_rows(unsigned width, const char *expected) {
    lm_buffer output = {0};
    const char *rows = strstr(text_make(&output, width), "\xe2\x94\x80\n");
    assert_non_null(rows);
    rows = strchr(rows, '\n') + 1;
    const char *end = strstr(rows, "\nWhat was seen.\n");
    assert_non_null(end);
    size_t size = strlen(expected);
    if ((size_t)(end - rows) != size || memcmp(rows, expected, size) != 0)
        fail_msg("this was drawn:\n%.*s", (int)(end - rows), rows);
    lm_buffer_free(&output);
}

/* The first rows of each picture below. */
#define BEGIN                                                                                                                      \
    "1 socket\n"                                                                                                                   \
    "1 bind 127.0.0.1:0\n"                                                                                                         \
    "2 listen\n"                                                                                                                   \
    "                                   1 socket\n"                                                                                \
    "3 accept from             ◄─────── 1 connect 127.0.0.1:4000\n"                                                \
    "  127.0.0.1:5000\n"
#define CONNECTED "                                   1 connect: connected\n"

static void a_conversation_stands_in_two_columns_with_arrows(void **state) {
    (void)state;
    connection_begin();
    client_connected();
    server_send("hello");
    client_receive("hello");
    client_send("loop_msg:hello,im client!");
    server_receive("loop_msg:hello,im client!");
    connection_end();
    assert_rows(WIDTH, BEGIN CONNECTED "4 send 5 bytes            ───────► 2 recv 5 bytes\n"
                                       "  \"hello\"                            \"hello\"\n"
                                       "4 recv 25 bytes           ◄─────── 2 send 25 bytes\n"
                                       "  \"loop_msg:hello,im                 \"loop_msg:hello,im\n"
                                       "  client!\"                           client!\"\n"
                                       "4 recv: the end           ◄─────── 3 close\n"
                                       "5 close\n"
                                       "5 close (listening)\n");
}

static void the_head_names_the_sides_and_their_steps(void **state) {
    (void)state;
    connection_begin();
    lm_buffer output = {0};
    text_make(&output, WIDTH);
    static const char head[] = "Title\n"
                               "\n"
                               "What it is.\n"
                               "\n"
                               "server                             client\n"
                               "  1 create and bind                  1 create and connect\n"
                               "  2 listen                           2 send and receive\n"
                               "  3 accept                           3 close\n"
                               "  4 receive and send\n"
                               "  5 close\n"
                               "─────────────────────────          ─────────────────────────\n";
    assert_memory_equal(output.bytes, head, sizeof head - 1);
    lm_buffer_free(&output);
}

static void two_sends_that_arrive_as_one_receive_share_a_lane(void **state) {
    (void)state;
    connection_begin();
    client_send("hello");
    client_send("world");
    server_receive("helloworld");
    message_found("helloworld");
    assert_rows(WIDTH, BEGIN "                            ┌───── 2 send 5 bytes\n"
                             "                            │        \"hello\"\n"
                             "                            ├───── 2 send 5 bytes\n"
                             "                            │        \"world\"\n"
                             "4 recv 10 bytes           ◄─┘\n"
                             "  \"helloworld\"\n"
                             "  message of 10 bytes\n"
                             "  \"helloworld\"\n");
}

static void one_send_that_arrives_as_two_receives_leaves_its_lane_twice(void **state) {
    (void)state;
    connection_begin();
    server_send("helloworld");
    client_receive("hello");
    client_receive("world");
    assert_rows(WIDTH, BEGIN "4 send 10 bytes           ─────┐\n"
                             "  \"helloworld\"                 │\n"
                             "                               ├─► 2 recv 5 bytes\n"
                             "                               │     \"hello\"\n"
                             "                               └─► 2 recv 5 bytes\n"
                             "                                     \"world\"\n");
}

static void lanes_of_both_directions_cross(void **state) {
    (void)state;
    connection_begin();
    client_send("12");
    server_send("abc");
    client_send("34");
    server_receive("1234");
    server_send("de");
    client_receive("abcd");
    client_receive("e");
    assert_rows(WIDTH, BEGIN "                            ┌───── 2 send 2 bytes\n"
                             "                            │        \"12\"\n"
                             "4 send 3 bytes            ──┼──┐\n"
                             "  \"abc\"                     │  │\n"
                             "                            ├──┼── 2 send 2 bytes\n"
                             "                            │  │     \"34\"\n"
                             "4 recv 4 bytes            ◄─┘  │\n"
                             "  \"1234\"                       │\n"
                             "4 send 2 bytes            ─────┤\n"
                             "  \"de\"                         │\n"
                             "                               ├─► 2 recv 4 bytes\n"
                             "                               │     \"abcd\"\n"
                             "                               └─► 2 recv 1 byte\n"
                             "                                     \"e\"\n");
}

static void a_straight_arrow_crosses_what_is_on_its_way_to_the_other_side(void **state) {
    (void)state;
    connection_begin();
    client_send("later");
    server_send("now");
    client_receive("now");
    server_receive("later");
    assert_rows(WIDTH, BEGIN "                            ┌───── 2 send 5 bytes\n"
                             "                            │        \"later\"\n"
                             "4 send 3 bytes            ──┼────► 2 recv 3 bytes\n"
                             "  \"now\"                     │        \"now\"\n"
                             "4 recv 5 bytes            ◄─┘\n"
                             "  \"later\"\n");
}

static void what_is_woken_never_stands_above_what_woke_it(void **state) {
    (void)state;
    connection_begin();
    client_receive("hello"); /* the woken thread recorded first */
    with_status(of_client(PAL_TRACE_RECEIVE), PAL_END);
    server_send("hello");
    of_server(PAL_TRACE_SHUTDOWN);
    assert_rows(WIDTH, BEGIN "4 send 5 bytes            ───────► 2 recv 5 bytes\n"
                             "  \"hello\"                            \"hello\"\n"
                             "5 shutdown (sending)      ───────► 2 recv: the end\n");
}

static void bytes_that_nobody_received_end_in_a_cross(void **state) {
    (void)state;
    connection_begin();
    server_send("hello");
    of_client(PAL_TRACE_CLOSE);
    with_status(of_server(PAL_TRACE_RECEIVE), PAL_RESET);
    of_server(PAL_TRACE_CLOSE);
    assert_rows(WIDTH, BEGIN "4 send 5 bytes            ──×\n"
                             "  \"hello\"\n"
                             "4 recv fails: reset       ◄─────── 3 close\n"
                             "5 close\n");
}

static void a_reset_is_found_by_the_call_that_fails(void **state) {
    (void)state;
    connection_begin();
    of_client(PAL_TRACE_RESET);
    with_status(of_server(PAL_TRACE_SEND), PAL_RESET);
    with_status(event_append(PAL_TRACE_ACCEPT, PAL_TRACE_LISTENING, LISTENER), PAL_NO_DESCRIPTORS);
    assert_rows(WIDTH, BEGIN "4 send fails: reset       ◄─────── 3 close with a reset\n"
                             "3 accept fails: no\n"
                             "  descriptors\n");
}

static void only_the_first_end_of_a_side_is_an_end_to_the_other(void **state) {
    (void)state;
    connection_begin();
    of_client(PAL_TRACE_SHUTDOWN);
    with_status(of_server(PAL_TRACE_RECEIVE), PAL_END);
    of_client(PAL_TRACE_CLOSE);
    of_server(PAL_TRACE_CLOSE);
    assert_rows(WIDTH, BEGIN "4 recv: the end           ◄─────── 3 shutdown (sending)\n"
                             "                                   3 close\n"
                             "5 close\n");
}

static void what_waits_is_drawn_too(void **state) {
    (void)state;
    connection_begin();
    of_server(PAL_TRACE_RECEIVE)->is_pending = true;
    client_send("x");
    server_receive("x");
    assert_rows(WIDTH, BEGIN "4 recv waits\n"
                             "4 recv 1 byte             ◄─────── 2 send 1 byte\n"
                             "  \"x\"                                \"x\"\n");
}

static void calls_in_turns_are_drawn_once_with_their_number(void **state) {
    (void)state;
    memset(&record, 0, sizeof record);
    for (uintptr_t i = 0; i < 3; i++) {
        event_append(PAL_TRACE_CREATE, PAL_TRACE_ACCEPTED, SPARE + i);
        event_append(PAL_TRACE_ACCEPT, PAL_TRACE_LISTENING, LISTENER)->is_pending = true;
    }
    of_client(PAL_TRACE_CREATE);
    for (uintptr_t i = 0; i < 3; i++)
        event_append(PAL_TRACE_RESET, PAL_TRACE_ACCEPTED, SPARE + i);
    assert_rows(WIDTH, "3 socket (3 times)\n"
                       "3 accept waits (3 times)\n"
                       "                                   1 socket\n"
                       "5 close with a reset (3\n"
                       "  times)\n");
}

static void sockets_that_no_client_came_to_send_nothing(void **state) {
    (void)state;
    connection_begin();
    event_append(PAL_TRACE_RESET, PAL_TRACE_ACCEPTED, SPARE);
    with_status(of_client(PAL_TRACE_RECEIVE), PAL_RESET);
    assert_rows(WIDTH, BEGIN "5 close with a reset\n"
                             "                                   2 recv fails: reset\n");
}

static void a_send_of_which_the_system_took_a_part_says_so(void **state) {
    (void)state;
    connection_begin();
    demo_event *send = of_server(PAL_TRACE_SEND);
    with_bytes(send, 1000, "abc");
    send->size = 1234567;
    with_bytes(of_client(PAL_TRACE_RECEIVE), 1000, "abc");
    assert_rows(72, "1 socket\n"
                    "1 bind 127.0.0.1:0\n"
                    "2 listen\n"
                    "                                          1 socket\n"
                    "3 accept from 127.0.0.1:5000   ◄───────── 1 connect 127.0.0.1:4000\n"
                    "4 send 1,000 of 1,234,567      ─────────► 2 recv 1,000 bytes\n"
                    "  bytes                                     \"abc...\"\n"
                    "  \"abc...\"\n");
}

static void bytes_of_a_peer_are_made_fit_for_a_terminal_and_cut_between_escapes(void **state) {
    (void)state;
    connection_begin();
    record.count = 0;
    client_send("\x1b[2J\xff and more than fits in here");
    lm_buffer text = {0};
    demo_bytes_append(&text, &record.events[0]);
    demo_bytes_append(&text, of_client(PAL_TRACE_CLOSE));
    static const char expected[] = "\"\\x1b[2J\xef\xbf\xbd and more than fits...\"";
    assert_int_equal(text.size, sizeof expected - 1);
    assert_memory_equal(text.bytes, expected, text.size);
    lm_buffer_clear(&text);
    client_send("\x01\x01\x01\x01\x01\x01\x01");
    demo_bytes_append(&text, &record.events[record.count - 1]);
    static const char escapes[] = "\"\\x01\\x01\\x01\\x01\\x01\\x01...\"";
    assert_int_equal(text.size, sizeof escapes - 1);
    assert_memory_equal(text.bytes, escapes, text.size);
    lm_buffer_free(&text);
}

/* --- any conversation --------------------------------------------------------------------------------------------------------- */

/* Bytes go both ways, in any pieces; each side's events come in their order, the two sides in any order. */
static void any_conversation_record(uint64_t *seed) {
    static demo_record sides[DEMO_SIDES];
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    connection_begin();
    size_t begin = record.count;
    size_t on_the_way[DEMO_SIDES] = {0}; /* by who sent them */
    for (size_t i = 0; i < 60; i++) {
        demo_side side = (demo_side)test_random_below(seed, 2);
        size_t *incoming = &on_the_way[DEMO_CLIENT - side];
        bool is_receive = *incoming > 0 && test_random_below(seed, 2) == 0;
        size_t size = 1 + (size_t)test_random_below(seed, is_receive ? *incoming : 9);
        pal_trace_operation operation = is_receive ? PAL_TRACE_RECEIVE : PAL_TRACE_SEND;
        with_bytes(side == DEMO_SERVER ? of_server(operation) : of_client(operation), size, letters);
        if (is_receive)
            *incoming -= size;
        else
            on_the_way[side] += size;
    }
    memset(sides, 0, sizeof sides);
    for (size_t i = begin; i < record.count; i++) {
        demo_record *side = &sides[record.events[i].side];
        side->events[side->count++] = record.events[i];
    }
    size_t next[DEMO_SIDES] = {0};
    for (size_t i = begin; i < record.count; i++) {
        size_t side = (size_t)test_random_below(seed, 2);
        side = next[side] < sides[side].count ? side : 1 - side;
        record.events[i] = sides[side].events[next[side]++];
    }
}

static void assert_rows_in_order(void) {
    size_t next[DEMO_SIDES] = {0};
    for (size_t row = 0; row < picture.row_count; row++) {
        for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
            size_t event = picture.rows[row].events[side];
            if (event == DEMO_NONE)
                continue;
            assert_true(event >= next[side]);
            assert_int_equal(record.events[event].side, side);
            for (size_t skipped = next[side]; skipped < event; skipped++)
                assert_int_not_equal(record.events[skipped].side, side);
            assert_int_equal(picture.row_of[event], row);
            next[side] = event + 1;
        }
    }
}

/* The bytes of a side's sends are those that the other's receives took, and the rest is lost. */
static void assert_bytes_balance(void) {
    size_t sent[DEMO_SIDES] = {0}, received[DEMO_SIDES] = {0}, linked[DEMO_SIDES] = {0}, lost[DEMO_SIDES] = {0};
    for (size_t i = 0; i < record.count; i++) {
        demo_side side = record.events[i].side;
        sent[side] += record.events[i].operation == PAL_TRACE_SEND ? record.events[i].done : 0;
        received[side] += record.events[i].operation == PAL_TRACE_RECEIVE ? record.events[i].done : 0;
        lost[side] += picture.lost[i];
    }
    for (size_t i = 0; i < picture.link_count; i++) {
        const demo_link *link = &picture.links[i];
        assert_true(picture.row_of[link->from] <= picture.row_of[link->to]);
        linked[record.events[link->from].side] += link->bytes;
    }
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        assert_int_equal(linked[side], received[DEMO_CLIENT - side]);
        assert_int_equal(linked[side] + lost[side], sent[side]);
    }
}

static void assert_lines_fit(const char *text, size_t width) {
    size_t columns = 0;
    for (; *text != '\0'; text++) {
        columns = *text == '\n' ? 0 : columns + (((unsigned char)*text & 0xc0) != 0x80);
        assert_true(columns <= width);
    }
}

static void any_conversation_is_drawn_whole_in_order_and_within_its_width(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (size_t i = 0; i < 300; i++) {
        any_conversation_record(&seed);
        unsigned width = DEMO_WIDTH_MIN + (unsigned)test_random_below(&seed, DEMO_WIDTH_MAX - DEMO_WIDTH_MIN + 1);
        lm_buffer output = {0};
        const char *text = text_make(&output, width);
        assert_rows_in_order();
        assert_bytes_balance();
        assert_lines_fit(text, width);
        lm_buffer_free(&output);
    }
}

static void a_full_record_is_drawn(void **state) {
    (void)state;
    connection_begin();
    while (record.count < DEMO_EVENTS_MAX)
        client_send("x");
    lm_buffer output = {0};
    (void)text_make(&output, DEMO_WIDTH_MIN);
    assert_rows_in_order();
    lm_buffer_free(&output);
}

static void nothing_is_drawn_of_nothing(void **state) {
    (void)state;
    memset(&record, 0, sizeof record);
    assert_rows(WIDTH, "");
}

/* --- SVG ---------------------------------------------------------------------------------------------------------------------- */

static size_t occurrences(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

static void the_svg_has_an_arrow_for_each_link_and_a_dot_for_each_event(void **state) {
    (void)state;
    connection_begin();
    client_send("<&>");
    client_send("world");
    server_receive("<&>world");
    server_send("unheard");
    connection_end();
    demo_picture_make(&picture, &record);
    demo_scene scene = {.title = "A <title>", .introduction = "Intro", .picture = &picture};
    lm_buffer_append_text(&scene.summary, "Summary");
    demo_svg svg = {0};
    lm_buffer output = {0};
    demo_svg_append(&svg, &scene);
    demo_svg_append(&svg, &scene);
    demo_svg_end(&svg, &output);
    const char *text = lm_buffer_text(&output);
    assert_false(output.failed);
    assert_int_equal(occurrences(text, "class=\"arrow bytes\" marker-end"), 2 * 2);
    assert_int_equal(occurrences(text, "class=\"arrow connect\""), 2 * 1);
    assert_int_equal(occurrences(text, "class=\"arrow end\""), 2 * 1);
    assert_int_equal(occurrences(text, "class=\"lost\""), 2 * 1);
    assert_int_equal(occurrences(text, "class=\"dot\""), 2 * record.count);
    assert_int_equal(occurrences(text, "&lt;&amp;&gt;world"), 2);
    assert_int_equal(occurrences(text, "A &lt;title&gt;"), 2);
    assert_null(strstr(text, "http://www.w3.org/2000/svg\" xmlns"));
    assert_int_equal(occurrences(text, "http"), 1); /* the name space */
    lm_buffer_free(&output);
    lm_buffer_free(&svg.body);
    lm_buffer_free(&scene.summary);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_stands_in_two_columns_with_arrows),
        cmocka_unit_test(the_head_names_the_sides_and_their_steps),
        cmocka_unit_test(two_sends_that_arrive_as_one_receive_share_a_lane),
        cmocka_unit_test(one_send_that_arrives_as_two_receives_leaves_its_lane_twice),
        cmocka_unit_test(lanes_of_both_directions_cross),
        cmocka_unit_test(a_straight_arrow_crosses_what_is_on_its_way_to_the_other_side),
        cmocka_unit_test(what_is_woken_never_stands_above_what_woke_it),
        cmocka_unit_test(bytes_that_nobody_received_end_in_a_cross),
        cmocka_unit_test(a_reset_is_found_by_the_call_that_fails),
        cmocka_unit_test(only_the_first_end_of_a_side_is_an_end_to_the_other),
        cmocka_unit_test(what_waits_is_drawn_too),
        cmocka_unit_test(calls_in_turns_are_drawn_once_with_their_number),
        cmocka_unit_test(sockets_that_no_client_came_to_send_nothing),
        cmocka_unit_test(a_send_of_which_the_system_took_a_part_says_so),
        cmocka_unit_test(bytes_of_a_peer_are_made_fit_for_a_terminal_and_cut_between_escapes),
        cmocka_unit_test(any_conversation_is_drawn_whole_in_order_and_within_its_width),
        cmocka_unit_test(a_full_record_is_drawn),
        cmocka_unit_test(nothing_is_drawn_of_nothing),
        cmocka_unit_test(the_svg_has_an_arrow_for_each_link_and_a_dot_for_each_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
