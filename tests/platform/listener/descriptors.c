/* Out of descriptors. ctest runs this program under a limit of 64. */
#include "support/listener.h"
#include "support/stream.h"

#define CLIENTS 100 /* more than the limit allows */

/* Clients use up all descriptors while the listener is paused, so the first accept finds none. */
static size_t connect_until_none_is_left(test_stream *clients, test_listener *listener) {
    pal_address address = pal_listener_address(&listener->listener);
    for (size_t i = 0; i < CLIENTS; i++) {
        test_stream_init(&clients[i], listener->loop);
        pal_error error = test_stream_connect(&clients[i], &address);
        if (error.status != PAL_OK) {
            assert_status(error, PAL_NO_DESCRIPTORS);
            return i;
        }
        test_loop_until(listener->loop, clients[i].connected_count, 1);
        assert_ok(clients[i].connected_error);
    }
    fail_msg("%d streams were opened: is there no limit?", CLIENTS);
    return CLIENTS;
}

static void a_listener_without_descriptors_pauses_itself_and_continues_when_resumed(void **state) {
    (void)state;
    test_loop loop;
    test_listener listener;
    test_listener_begin(&listener, &loop);
    test_listener_pause(&listener);
    static test_stream clients[CLIENTS];
    size_t count = connect_until_none_is_left(clients, &listener);
    assert_true(count > 10);

    test_listener_resume(&listener);
    test_loop_until(&loop, listener.failed_count, 1);
    assert_status(listener.error, PAL_NO_DESCRIPTORS);
    test_loop_passes(&loop, 50);
    assert_int_equal(listener.failed_count, 1); /* reported once, not again and again */
    assert_int_equal(listener.accepted_count, 0);

    pal_loop other;
    assert_status(pal_loop_open(&other), PAL_NO_DESCRIPTORS);

    test_stream_close_wait(&clients[count - 1]); /* one descriptor is free */
    test_listener_resume(&listener);
    test_loop_until(&loop, listener.accepted_count, 1);
    test_loop_until(&loop, listener.failed_count, 2); /* the next one finds none again */
    for (size_t i = 0; i < count - 1; i++)
        test_stream_close_wait(&clients[i]);
    test_listener_end(&listener);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_without_descriptors_pauses_itself_and_continues_when_resumed),
    };
    return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
