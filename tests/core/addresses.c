#include "core/addresses.h"

pal_address address_refusing(void) {
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &address));
    return address;
}

bool silent_open(silent_address *silent, size_t count, test_loop *loop, pal_address *addresses) {
    bool are_silent = true;
    for (size_t i = 0; i < count; i++) {
        silent_address *one = &silent[i];
        assert_ok(test_listener_open(&one->listener, loop, "127.0.0.1", 0, 1));
        test_listener_pause(&one->listener);
        addresses[i] = pal_listener_address(&one->listener.listener);
        are_silent = test_listener_fill(&one->listener, one->clients, TEST_COUNT(one->clients), &one->count) && are_silent;
    }
    return are_silent;
}

void silent_close(silent_address *silent, size_t count) {
    for (size_t i = 0; i < count; i++) {
        test_streams_close_wait(silent[i].clients, silent[i].count);
        test_listener_close_wait(&silent[i].listener);
    }
}
