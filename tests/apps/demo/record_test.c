#include "demo/record.h"
#include "pal/clock.h"
#include "pal/thread.h"
#include "support/check.h"

#include <stdbool.h>
#include <string.h>

#define ROUNDS 50

static demo_recorder recorder;

static const demo_hold no_holds[DEMO_HOLDS];

static void record(pal_trace_operation operation, pal_trace_role role, uintptr_t socket) {
    demo_recorder_operation(&recorder,
                            &(pal_trace_event){.operation = operation, .role = role, .socket = socket, .error = pal_ok()});
}

static void record_accepted(uintptr_t accepted) {
    demo_recorder_operation(
        &recorder,
        &(pal_trace_event){
            .operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .socket = 1, .accepted = accepted, .error = pal_ok()});
}

static void an_event_is_kept_as_it_was_recorded(void **state) {
    (void)state;
    demo_recorder_open(&recorder, no_holds);
    pal_address address = {.family = PAL_IPV4, .port = 7, .bytes = {127, 0, 0, 1}};
    uint8_t bytes[100];
    memset(bytes, 'x', sizeof bytes);
    demo_recorder_operation(&recorder, &(pal_trace_event){.time_ns = 12,
                                                          .operation = PAL_TRACE_SEND,
                                                          .role = PAL_TRACE_CONNECTING,
                                                          .socket = 5,
                                                          .address = &address,
                                                          .size = 300,
                                                          .bytes = bytes,
                                                          .done = sizeof bytes,
                                                          .error = pal_error_of(PAL_RESET)});
    memset(bytes, 'y', sizeof bytes);
    address.port = 8;
    demo_recorder_message(&recorder, "hello", 5);
    const demo_event *event = &recorder.record.events[0];
    assert_int_equal(recorder.record.count, 2);
    assert_true(event->time_ns == 12 && event->operation == PAL_TRACE_SEND && event->side == DEMO_CLIENT && event->socket == 5);
    assert_true(event->has_address && event->address.port == 7 && event->size == 300 && event->done == sizeof bytes);
    assert_true(event->kept == DEMO_BYTES_SIZE && event->bytes[0] == 'x' && event->bytes[DEMO_BYTES_SIZE - 1] == 'x');
    assert_int_equal(event->error.status, PAL_RESET);
    event++;
    assert_true(event->is_message && event->side == DEMO_SERVER && event->size == 5 && event->kept == 5);
    assert_memory_equal(event->bytes, "hello", 5);
    demo_recorder_close(&recorder);
}

static void a_pending_connect_is_kept_apart_from_its_completion(void **state) {
    (void)state;
    demo_recorder_open(&recorder, no_holds);
    demo_recorder_operation(
        &recorder,
        &(pal_trace_event){
            .operation = PAL_TRACE_CONNECT, .role = PAL_TRACE_CONNECTING, .socket = 5, .is_pending = true, .error = pal_ok()});
    record(PAL_TRACE_CONNECT, PAL_TRACE_CONNECTING, 5);
    record(PAL_TRACE_CONNECT, PAL_TRACE_CONNECTING, 6);
    assert_false(recorder.record.events[0].is_completion);
    assert_true(recorder.record.events[1].is_completion);
    assert_false(recorder.record.events[2].is_completion);
    demo_recorder_close(&recorder);
}

static void what_there_is_no_room_for_is_counted(void **state) {
    (void)state;
    demo_recorder_open(&recorder, no_holds);
    for (size_t i = 0; i < DEMO_EVENTS_MAX + 3; i++)
        record(PAL_TRACE_SEND, PAL_TRACE_CONNECTING, 5);
    demo_recorder_message(&recorder, "x", 1);
    assert_int_equal(recorder.record.count, DEMO_EVENTS_MAX);
    assert_int_equal(recorder.record.dropped, 4);
    demo_recorder_close(&recorder);
}

static void it_is_over_when_the_accepted_connection_is_closed_and_no_other(void **state) {
    (void)state;
    demo_recorder_open(&recorder, no_holds);
    recorder.deadline_ns = pal_clock_now_ns();
    record(PAL_TRACE_CLOSE, PAL_TRACE_ACCEPTED, 7); /* of something before */
    record_accepted(7);
    record(PAL_TRACE_CLOSE, PAL_TRACE_CONNECTING, 7);
    record(PAL_TRACE_RESET, PAL_TRACE_ACCEPTED, 8);
    assert_false(demo_recorder_wait(&recorder));
    record(PAL_TRACE_CLOSE, PAL_TRACE_ACCEPTED, 7);
    assert_true(demo_recorder_wait(&recorder));
    demo_recorder_close(&recorder);
}

/* --- holds -------------------------------------------------------------------------------------------------------------------- */

static const demo_hold accept_hold[DEMO_HOLDS] = {
    {.side = DEMO_SERVER, .after = PAL_TRACE_ACCEPT, .count = 1, .until = PAL_TRACE_SEND, .until_count = 2}};

/* The server's thread: accepts, and stores how many sends there were when it could continue. */
static void server_main(void *context) {
    size_t *sends = context;
    record_accepted(7);
    pal_mutex_lock(&recorder.mutex);
    *sends = recorder.counts[DEMO_CLIENT][PAL_TRACE_SEND];
    pal_mutex_unlock(&recorder.mutex);
}

static void accept_await(void) {
    pal_mutex_lock(&recorder.mutex);
    while (!recorder.is_accepted)
        assert_true(pal_condition_wait(&recorder.changed, &recorder.mutex, recorder.deadline_ns));
    pal_mutex_unlock(&recorder.mutex);
}

static void a_side_is_held_until_the_other_has_done_what_it_waits_for(void **state) {
    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        demo_recorder_open(&recorder, accept_hold);
        size_t sends = 0;
        pal_thread thread;
        assert_ok(pal_thread_start(&thread, server_main, &sends));
        accept_await();
        record(PAL_TRACE_SEND, PAL_TRACE_CONNECTING, 5);
        record(PAL_TRACE_SEND, PAL_TRACE_CONNECTING, 5);
        pal_thread_join(&thread);
        assert_int_equal(sends, 2);
        assert_false(recorder.is_late);
        demo_recorder_close(&recorder);
    }
}

static void nobody_is_held_for_what_was_done_before_or_by_a_call_that_failed(void **state) {
    (void)state;
    demo_recorder_open(&recorder, accept_hold);
    demo_recorder_operation(
        &recorder,
        &(pal_trace_event){.operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .error = pal_error_of(PAL_NO_DESCRIPTORS)});
    record(PAL_TRACE_SEND, PAL_TRACE_CONNECTING, 5);
    record(PAL_TRACE_SEND, PAL_TRACE_CONNECTING, 5);
    record_accepted(7);
    record_accepted(8); /* the second one */
    assert_false(recorder.is_late);
    demo_recorder_close(&recorder);
}

static void a_hold_ends_when_the_time_is_over(void **state) {
    (void)state;
    demo_recorder_open(&recorder, accept_hold);
    recorder.deadline_ns = pal_clock_now_ns();
    record_accepted(7);
    assert_true(recorder.is_late);
    demo_recorder_close(&recorder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_kept_as_it_was_recorded),
        cmocka_unit_test(a_pending_connect_is_kept_apart_from_its_completion),
        cmocka_unit_test(what_there_is_no_room_for_is_counted),
        cmocka_unit_test(it_is_over_when_the_accepted_connection_is_closed_and_no_other),
        cmocka_unit_test(a_side_is_held_until_the_other_has_done_what_it_waits_for),
        cmocka_unit_test(nobody_is_held_for_what_was_done_before_or_by_a_call_that_failed),
        cmocka_unit_test(a_hold_ends_when_the_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
