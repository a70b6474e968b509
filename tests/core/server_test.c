/* The library's server and client against each other, in one process: what a caller's own program sees. What the program `loopmsg` makes of
 * them is tested in tests/apps. */
#include "loopmsg/client.h"
#include "loopmsg/server.h"
#include "pal/thread.h"
#include "support/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- a server on a thread of its own, which writes its events into one text -- */

typedef struct test_fixture {
    lm_server *server;
    lm_server_settings settings;
    pal_address addresses[2];
    pal_address bound[2];
    pal_thread thread;
    pal_mutex mutex; /* guards events */
    pal_condition told;
    char events[4096];
    test_loop loop; /* the clients' */
} test_fixture;

static void record_event(void *context, const lm_event *event) {
    static const char *const causes[] = {"farewell", "end", "broken", "too long", "truncated", "idle", "stopped", "no memory"};
    test_fixture *fixture = context;
    char line[128] = "";
    switch (event->kind) {
    case LM_EVENT_ACCEPTED:
        snprintf(line, sizeof line, "accepted;");
        break;
    case LM_EVENT_MESSAGE:
        snprintf(line, sizeof line, "message %.*s;", (int)event->message->size, (const char *)event->message->bytes);
        break;
    case LM_EVENT_CLOSED:
        snprintf(line, sizeof line, "closed %s %u/%u;", causes[event->cause], (unsigned)event->received_bytes,
                 (unsigned)event->sent_bytes);
        break;
    case LM_EVENT_TURNED_AWAY:
        snprintf(line, sizeof line, "turned away;");
        break;
    case LM_EVENT_ACCEPT_FAILED:
        snprintf(line, sizeof line, "accept failed;");
        break;
    }
    pal_mutex_lock(&fixture->mutex);
    strncat(fixture->events, line, sizeof fixture->events - strlen(fixture->events) - 1);
    pal_condition_wake_all(&fixture->told);
    pal_mutex_unlock(&fixture->mutex);
}

/* Waits until the server has told TEXT. */
static void fixture_wait_event(test_fixture *fixture, const char *text) {
    uint64_t deadline_ns = pal_clock_now_ns() + TEST_DEADLINE_NS;
    bool has_time = true;
    pal_mutex_lock(&fixture->mutex);
    while (strstr(fixture->events, text) == NULL && has_time)
        has_time = pal_condition_wait(&fixture->told, &fixture->mutex, deadline_ns);
    pal_mutex_unlock(&fixture->mutex);
    assert_true(has_time);
}

static void answer_with_size(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    (void)context;
    char text[64];
    assert_int_equal(peer->family, PAL_IPV4);
    snprintf(text, sizeof text, "%u bytes", (unsigned)message->size);
    lm_buffer_append_text(answer, text);
}

static void run_server(void *context) {
    lm_server_run(((test_fixture *)context)->server);
}

static void fixture_open(test_fixture *fixture) {
    memset(fixture, 0, sizeof *fixture);
    pal_mutex_open(&fixture->mutex);
    pal_condition_open(&fixture->told);
    test_loop_open(&fixture->loop);
    assert_true(pal_address_parse("127.0.0.1", 0, &fixture->addresses[0]));
    fixture->settings = lm_server_defaults();
    fixture->settings.addresses = fixture->addresses;
    fixture->settings.address_count = 1;
    fixture->settings.event = record_event;
    fixture->settings.context = fixture;
    fixture->settings.threads = 2;
}

static void fixture_start(test_fixture *fixture) {
    assert_ok(lm_server_open(&fixture->server, &fixture->settings, NULL));
    assert_int_equal(lm_server_addresses(fixture->server, fixture->bound, 2), fixture->settings.address_count);
    assert_ok(pal_thread_start(&fixture->thread, run_server, fixture));
}

static void fixture_stop(test_fixture *fixture) {
    lm_server_stop(fixture->server);
    lm_server_stop(fixture->server); /* as good as once */
    pal_thread_join(&fixture->thread);
    lm_server_close(fixture->server);
}

static void fixture_close(test_fixture *fixture) {
    test_loop_close(&fixture->loop);
    pal_condition_close(&fixture->told);
    pal_mutex_close(&fixture->mutex);
}

/* -- a client that records what it is told -- */

typedef struct test_recorder {
    lm_client client; /* first */
    test_loop *loop;
    uint64_t connected_count, failed_count, message_count, sent_count, ended_count, closed_count;
    pal_error connected_error, failed_error;
    pal_address connected_address;
    lm_cause cause;
    char messages[1024]; /* each with a '|' behind it */
} test_recorder;

static test_recorder *recorder_of(lm_client *client) {
    return (test_recorder *)(void *)client;
}

static void on_attempt_failed(lm_client *client, const pal_address *address, pal_error error) {
    test_callback_begin(recorder_of(client)->loop);
    (void)address;
    recorder_of(client)->failed_count++;
    recorder_of(client)->failed_error = error;
    test_callback_end(recorder_of(client)->loop);
}

static void on_connected(lm_client *client, pal_error error, const pal_address *address) {
    test_callback_begin(recorder_of(client)->loop);
    recorder_of(client)->connected_count++;
    recorder_of(client)->connected_error = error;
    if (address != NULL)
        recorder_of(client)->connected_address = *address;
    test_callback_end(recorder_of(client)->loop);
}

static void on_message(lm_client *client, const lm_message *message) {
    test_recorder *recorder = recorder_of(client);
    test_callback_begin(recorder->loop);
    recorder->message_count++;
    size_t used = strlen(recorder->messages);
    snprintf(recorder->messages + used, sizeof recorder->messages - used, "%.*s|", (int)message->size,
             (const char *)message->bytes);
    test_callback_end(recorder->loop);
}

static void on_sent(lm_client *client, pal_error error) {
    test_callback_begin(recorder_of(client)->loop);
    (void)error;
    recorder_of(client)->sent_count++;
    test_callback_end(recorder_of(client)->loop);
}

static void on_ended(lm_client *client, lm_cause cause, pal_error error) {
    test_callback_begin(recorder_of(client)->loop);
    (void)error;
    recorder_of(client)->ended_count++;
    recorder_of(client)->cause = cause;
    test_callback_end(recorder_of(client)->loop);
}

static void on_closed(lm_client *client) {
    test_callback_begin(recorder_of(client)->loop);
    recorder_of(client)->closed_count++;
    test_callback_end(recorder_of(client)->loop);
}

static const lm_client_handler recorder_handler = {
    .attempt_failed = on_attempt_failed,
    .connected = on_connected,
    .message = on_message,
    .sent = on_sent,
    .ended = on_ended,
    .closed = on_closed,
};

static void recorder_open(test_recorder *recorder, test_fixture *fixture, lm_framing_kind framing, const pal_address *addresses,
                          size_t count) {
    memset(recorder, 0, sizeof *recorder);
    recorder->loop = &fixture->loop;
    lm_client_settings settings = {
        .addresses = addresses, .address_count = count, .framing = framing, .connect_timeout_ns = TEST_DEADLINE_NS};
    lm_client_open(&recorder->client, &fixture->loop.loop, &recorder_handler, &settings);
}

static void recorder_connect(test_recorder *recorder, test_fixture *fixture, lm_framing_kind framing) {
    recorder_open(recorder, fixture, framing, fixture->bound, 1);
    test_loop_until(&fixture->loop, recorder->connected_count, 1);
    assert_ok(recorder->connected_error);
}

static void recorder_close(test_recorder *recorder) {
    lm_client_close(&recorder->client);
    test_loop_until(recorder->loop, recorder->closed_count, 1);
}

static void recorder_send(test_recorder *recorder, const char *text, lm_ending ending) {
    uint64_t sent_count = recorder->sent_count;
    assert_true(lm_client_send(&recorder->client, text, strlen(text), ending));
    test_loop_until(recorder->loop, recorder->sent_count, sent_count + 1);
}

/* -- the server -- */

static void events_tell_a_conversation_from_its_accept_to_its_cause(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.answer = answer_with_size;
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    recorder_send(&recorder, "one", LM_ENDING_LF);
    recorder_send(&recorder, "three", LM_ENDING_CRLF);
    test_loop_until(&fixture.loop, recorder.message_count, 3);
    recorder_send(&recorder, LM_FAREWELL, LM_ENDING_LF);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_END);
    assert_string_equal(recorder.messages, LM_GREETING "|3 bytes|5 bytes|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    /* 4 + 7 + 5 bytes came; a greeting of 16 and answers of 8 and 9 bytes went */
    assert_string_equal(fixture.events, "accepted;message one;message three;closed farewell 16/33;");
    fixture_close(&fixture);
}

static void each_framing_carries_messages_both_ways(void **state) {
    (void)state;
    static const lm_framing_kind kinds[] = {LM_FRAMING_AUTO, LM_FRAMING_CHUNK, LM_FRAMING_LINE, LM_FRAMING_LENGTH, LM_FRAMING_RAW};
    for (size_t i = 0; i < TEST_COUNT(kinds); i++) {
        test_fixture fixture;
        test_recorder recorder;
        bool is_raw = kinds[i] == LM_FRAMING_RAW;
        fixture_open(&fixture);
        fixture.settings.conversation.framing = kinds[i];
        fixture_start(&fixture);
        recorder_connect(&recorder, &fixture, kinds[i]);
        if (!is_raw)
            test_loop_until(&fixture.loop, recorder.message_count, 1);
        recorder_send(&recorder, "ping", kinds[i] == LM_FRAMING_LINE ? LM_ENDING_LF : LM_ENDING_NONE);
        test_loop_until(&fixture.loop, recorder.message_count, is_raw ? 1 : 2);
        assert_string_equal(recorder.messages, is_raw ? "ping|" : LM_GREETING "|loop_msg:ping!|");
        recorder_close(&recorder);
        fixture_stop(&fixture);
        fixture_close(&fixture);
    }
}

static void a_server_that_never_ran_can_be_closed(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    assert_ok(lm_server_open(&fixture.server, &fixture.settings, NULL));
    lm_server_close(fixture.server);
    fixture_close(&fixture);
}

static void a_server_stopped_before_it_runs_returns_at_once(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    assert_ok(lm_server_open(&fixture.server, &fixture.settings, NULL));
    lm_server_stop(fixture.server);
    lm_server_run(fixture.server);
    lm_server_close(fixture.server);
    fixture_close(&fixture);
}

static void several_addresses_get_the_same_free_port(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    /* Under Linux all of 127/8 is loopback; elsewhere ::1 serves. */
    assert_true(pal_address_parse("::1", 0, &fixture.addresses[1]));
    fixture.settings.address_count = 2;
    assert_ok(lm_server_open(&fixture.server, &fixture.settings, NULL));
    size_t count = lm_server_addresses(fixture.server, fixture.bound, 2);
    assert_int_not_equal(fixture.bound[0].port, 0);
    if (count == 2)
        assert_int_equal(fixture.bound[0].port, fixture.bound[1].port);
    else
        print_message("this machine has no IPv6 loopback address: one address is bound, and that is proved\n");
    lm_server_close(fixture.server);
    fixture_close(&fixture);
}

static void an_address_in_use_is_named(void **state) {
    (void)state;
    test_fixture fixture;
    fixture_open(&fixture);
    fixture_start(&fixture);
    lm_server *second = NULL;
    pal_address failed = {0};
    lm_server_settings settings = fixture.settings;
    settings.addresses = fixture.bound;
    assert_status(lm_server_open(&second, &settings, &failed), PAL_ADDRESS_IN_USE);
    assert_int_equal(failed.port, fixture.bound[0].port);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void stopping_lets_a_delayed_answer_arrive(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture.settings.delay_ns = 200 * PAL_MILLISECOND_NS;
    fixture.settings.drain_ns = TEST_DEADLINE_NS;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    test_loop_until(&fixture.loop, recorder.message_count, 1);
    recorder_send(&recorder, "late", LM_ENDING_LF);
    fixture_wait_event(&fixture, "message late;"); /* its answer is in flight */
    lm_server_stop(fixture.server);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:late!|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    assert_non_null(strstr(fixture.events, "closed stopped 5/31;"));
    fixture_close(&fixture);
}

static void stopping_resets_what_outlasts_the_drain(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture.settings.delay_ns = 10 * TEST_DEADLINE_NS;
    fixture.settings.drain_ns = 0;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LINE);
    test_loop_until(&fixture.loop, recorder.message_count, 1); /* under Wine a reset is lost that finds no receive waiting */
    recorder_send(&recorder, "never answered", LM_ENDING_LF);
    fixture_wait_event(&fixture, "message never answered;");
    fixture_stop(&fixture);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_BROKEN);
    recorder_close(&recorder);
    fixture_close(&fixture);
}

/* -- the client -- */

static void under_auto_a_client_speaks_to_a_server_of_lines_in_lines(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_LINE;
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_AUTO);
    test_loop_until(&fixture.loop, recorder.message_count, 1);
    recorder_send(&recorder, "one", LM_ENDING_NONE);
    test_loop_until(&fixture.loop, recorder.message_count, 2);
    assert_string_equal(recorder.messages, LM_GREETING "|loop_msg:one!|");
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

/* An address that refuses: its port was just bound by us and is free again. */
static pal_address refusing_address(test_fixture *fixture) {
    lm_server *server;
    assert_ok(lm_server_open(&server, &fixture->settings, NULL));
    pal_address address;
    lm_server_addresses(server, &address, 1);
    lm_server_close(server);
    return address;
}

static void a_client_tries_the_next_address_when_one_refuses(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    pal_address addresses[2] = {refusing_address(&fixture)};
    fixture_start(&fixture);
    addresses[1] = fixture.bound[0];
    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, addresses, 2);
    test_loop_until(&fixture.loop, recorder.connected_count, 1);
    assert_ok(recorder.connected_error);
    assert_int_equal(recorder.failed_count, 1);
    assert_status(recorder.failed_error, PAL_REFUSED);
    assert_int_equal(recorder.connected_address.port, fixture.bound[0].port);
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_without_an_address_left_tells_the_last_reason(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    pal_address address = refusing_address(&fixture);
    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, &address, 1);
    test_loop_until(&fixture.loop, recorder.connected_count, 1);
    assert_status(recorder.connected_error, PAL_REFUSED);
    assert_int_equal(recorder.failed_count, 1);
    recorder_close(&recorder);
    fixture_close(&fixture);
}

static void a_client_can_be_closed_before_it_is_connected(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture_start(&fixture);
    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, fixture.bound, 1);
    recorder_close(&recorder); /* nothing has begun */
    assert_int_equal(recorder.connected_count, 0);

    recorder_open(&recorder, &fixture, LM_FRAMING_AUTO, fixture.bound, 1);
    test_loop_passes(&fixture.loop, 1); /* the stream connects, or has connected */
    recorder_close(&recorder);
    test_loop_passes(&fixture.loop, 3);
    assert_int_equal(recorder.closed_count, 1);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

static void a_client_hears_of_an_end_inside_a_message(void **state) {
    (void)state;
    test_fixture fixture;
    test_recorder recorder;
    fixture_open(&fixture);
    fixture.settings.conversation.framing = LM_FRAMING_CHUNK;
    fixture.settings.conversation.greeting = "abc"; /* too short for a count of four bytes */
    fixture_start(&fixture);
    recorder_connect(&recorder, &fixture, LM_FRAMING_LENGTH);
    lm_client_shutdown(&recorder.client);
    test_loop_until(&fixture.loop, recorder.ended_count, 1);
    assert_int_equal(recorder.cause, LM_CAUSE_TRUNCATED);
    recorder_close(&recorder);
    fixture_stop(&fixture);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_tell_a_conversation_from_its_accept_to_its_cause),
        cmocka_unit_test(each_framing_carries_messages_both_ways),
        cmocka_unit_test(a_server_that_never_ran_can_be_closed),
        cmocka_unit_test(a_server_stopped_before_it_runs_returns_at_once),
        cmocka_unit_test(several_addresses_get_the_same_free_port),
        cmocka_unit_test(an_address_in_use_is_named),
        cmocka_unit_test(stopping_lets_a_delayed_answer_arrive),
        cmocka_unit_test(stopping_resets_what_outlasts_the_drain),
        cmocka_unit_test(under_auto_a_client_speaks_to_a_server_of_lines_in_lines),
        cmocka_unit_test(a_client_tries_the_next_address_when_one_refuses),
        cmocka_unit_test(a_client_without_an_address_left_tells_the_last_reason),
        cmocka_unit_test(a_client_can_be_closed_before_it_is_connected),
        cmocka_unit_test(a_client_hears_of_an_end_inside_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
