/* The load generator against the library's own server, which a test lets answer wrongly, late or not at all. */
#ifndef TEST_CORE_LOAD_FIXTURE_H
#define TEST_CORE_LOAD_FIXTURE_H

#include "core/fixture.h"
#include "loopmsg/load.h"

#define LOAD_SEED 7

/* How the server spoils answers, by their number. With one connection, that is the message's number. */
typedef struct test_spoiler {
    test_fixture fixture; /* without events */
    pal_mutex mutex;      /* guards answers: workers answer at once */
    uint64_t answers;
    uint64_t victim, last_victim;
    void (*spoil)(lm_buffer *output, size_t begin);
} test_spoiler;

typedef struct test_load {
    test_spoiler spoiler;
    lm_load_settings settings;
    lm_load *load;
    lm_load_result *result;
    uint64_t slice_count, slice_answered, slice_errors;
} test_load;

/* A server that is not yet started, and settings of four connections on two workers, which the test may change. */
test_load *load_create(lm_framing_kind framing);

/* Opens it on ADDRESS, the first of settings.address_count. */
void load_open(test_load *test, const pal_address *address);

/* Starts the server and connects to it. */
void load_connect(test_load *test);

/* The same, and every connection is open. */
void load_connect_all(test_load *test);

/* Closes the load; its server was never started, or has been stopped. */
void load_free(test_load *test);

/* Closes the load before the server, so that the server need not wait for it. */
void load_end(test_load *test);

/* Every message was answered, correctly. */
void load_assert_complete(const test_load *test, uint64_t messages);

/* A spoiler: one bit of the answer's 31st byte. */
void load_spoil_flip(lm_buffer *output, size_t begin);

#endif
