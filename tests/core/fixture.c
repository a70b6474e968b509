#include "core/fixture.h"

#include "pal/container.h"

#include <stdio.h>
#include <string.h>

static void record_event(void *context, const lm_event *event) {
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
        snprintf(line, sizeof line, "closed %s %u/%u;", lm_cause_name(event->cause), (unsigned)event->received_bytes,
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
    if (event->kind == LM_EVENT_ACCEPTED)
        fixture->accepted_lanes |= 1u << event->lane;
    strncat(fixture->events, line, sizeof fixture->events - strlen(fixture->events) - 1);
    pal_condition_wake_all(&fixture->heard);
    pal_mutex_unlock(&fixture->mutex);
}

void fixture_wait_event(test_fixture *fixture, const char *text) {
    uint64_t deadline_ns = pal_clock_now_ns() + TEST_DEADLINE_NS;
    bool has_time = true;
    pal_mutex_lock(&fixture->mutex);
    while (strstr(fixture->events, text) == NULL && has_time)
        has_time = pal_condition_wait(&fixture->heard, &fixture->mutex, deadline_ns);
    pal_mutex_unlock(&fixture->mutex);
    assert_true(has_time);
}

static void run_server(void *context) {
    lm_server_run(((test_fixture *)context)->server);
}

void fixture_open(test_fixture *fixture) {
    memset(fixture, 0, sizeof *fixture);
    pal_mutex_open(&fixture->mutex);
    pal_condition_open(&fixture->heard);
    test_loop_open(&fixture->loop);
    assert_true(pal_address_parse("127.0.0.1", 0, &fixture->addresses[0]));
    fixture->settings = lm_server_defaults();
    fixture->settings.addresses = fixture->addresses;
    fixture->settings.address_count = 1;
    fixture->settings.event = record_event;
    fixture->settings.context = fixture;
    fixture->settings.threads = 2;
    fixture->connect_timeout_ns = TEST_DEADLINE_NS;
}

void fixture_start(test_fixture *fixture) {
    assert_ok(lm_server_open(&fixture->server, &fixture->settings, NULL));
    assert_int_equal(lm_server_addresses(fixture->server, fixture->bound, 2),
                     fixture->settings.address_count + fixture->settings.socket_count);
    assert_ok(pal_thread_start(&fixture->thread, run_server, fixture));
}

void fixture_stop(test_fixture *fixture) {
    lm_server_stop(fixture->server);
    lm_server_stop(fixture->server); /* the same as once */
    pal_thread_join(&fixture->thread);
    lm_server_close(fixture->server);
}

void fixture_close(test_fixture *fixture) {
    test_loop_close(&fixture->loop);
    pal_condition_close(&fixture->heard);
    pal_mutex_close(&fixture->mutex);
}

static test_recorder *recorder_of(lm_client *client) {
    return PAL_CONTAINER_OF(client, test_recorder, client);
}

static void on_attempt_begun(lm_client *client, const pal_address *address) {
    test_callback_begin(recorder_of(client)->loop);
    (void)address;
    recorder_of(client)->begun_count++;
    test_callback_end(recorder_of(client)->loop);
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
    if (recorder->expected != NULL) {
        size_t left = recorder->expected->size - (size_t)recorder->matched_bytes;
        if (message->size > left || memcmp(recorder->expected->bytes + recorder->matched_bytes, message->bytes, message->size) != 0)
            test_loop_fail(recorder->loop, "other bytes came than were expected");
        recorder->matched_bytes += message->size;
        test_callback_end(recorder->loop);
        return;
    }
    size_t used = strlen(recorder->messages);
    snprintf(recorder->messages + used, sizeof recorder->messages - used, "%.*s|", (int)message->size,
             (const char *)message->bytes);
    test_callback_end(recorder->loop);
}

static void on_sent(lm_client *client, pal_error error) {
    test_callback_begin(recorder_of(client)->loop);
    recorder_of(client)->sent_count++;
    recorder_of(client)->sent_error = error;
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
    .attempt_begun = on_attempt_begun,
    .attempt_failed = on_attempt_failed,
    .connected = on_connected,
    .message = on_message,
    .sent = on_sent,
    .ended = on_ended,
    .closed = on_closed,
};

void recorder_open(test_recorder *recorder, test_fixture *fixture, lm_framing_kind framing, const pal_address *addresses,
                   size_t count) {
    memset(recorder, 0, sizeof *recorder);
    recorder->loop = &fixture->loop;
    lm_client_settings settings = {
        .addresses = addresses, .address_count = count, .framing = framing, .connect_timeout_ns = fixture->connect_timeout_ns};
    lm_client_open(&recorder->client, &fixture->loop.loop, &recorder_handler, &settings);
}

void recorder_connect(test_recorder *recorder, test_fixture *fixture, lm_framing_kind framing) {
    recorder_open(recorder, fixture, framing, fixture->bound, 1);
    test_loop_until(&fixture->loop, recorder->connected_count, 1);
    assert_ok(recorder->connected_error);
}

void recorder_close(test_recorder *recorder) {
    lm_client_close(&recorder->client);
    test_loop_until(recorder->loop, recorder->closed_count, 1);
}

void recorder_send(test_recorder *recorder, const char *text, lm_ending ending) {
    uint64_t sent_count = recorder->sent_count;
    assert_true(lm_client_send(&recorder->client, text, strlen(text), ending));
    test_loop_until(recorder->loop, recorder->sent_count, sent_count + 1);
}
