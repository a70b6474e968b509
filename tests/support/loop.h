/* A loop for a test: it runs until a counter has reached its target, and fails the test if that takes too long.
 *
 * Tests count what callbacks see, and never wait for a time. Callbacks report a broken rule with test_loop_fail, which ends the
 * run. Then an assertion in the test fails. So CMocka never jumps out of a backend, and a loop may run on any thread. */
#ifndef TEST_SUPPORT_LOOP_H
#define TEST_SUPPORT_LOOP_H

#include "pal/clock.h"
#include "pal/loop.h"
#include "support/check.h"

#include <stdbool.h>
#include <stdint.h>

#define TEST_DEADLINE_NS (30 * PAL_SECOND_NS) /* far longer than any wait here, even on a slow machine under a sanitizer */

typedef struct test_loop {
    pal_loop loop;
    pal_timer deadline;
    const uint64_t *counter; /* what the run waits for, NULL while it waits for nothing */
    uint64_t target;
    bool is_in_callback;
    char failure[200]; /* "" while no rule is broken */
} test_loop;

/* Opens it, or fails the test. It must not move. */
void test_loop_open(test_loop *loop);

/* Closes it; all streams and listeners are closed. */
void test_loop_close(test_loop *loop);

/* Runs passes until COUNTER (a uint64_t, changed by callbacks) has reached TARGET. */
#define test_loop_until(loop, counter, target)                                                                                     \
    test_loop_until_at((loop), &(counter), (target), #counter " to reach " #target, __FILE__, __LINE__)
void test_loop_until_at(test_loop *loop, const uint64_t *counter, uint64_t target, const char *what, const char *file, int line);

/* The same without an assertion, for a loop on a thread of its own: false when it failed. The test then looks at `failure`. */
bool test_loop_run_until(test_loop *loop, const uint64_t *counter, uint64_t target, const char *what);

/* Runs COUNT passes that do not wait: a superfluous answer would come in them. */
#define test_loop_passes(loop, count) test_loop_passes_at((loop), (count), __FILE__, __LINE__)
void test_loop_passes_at(test_loop *loop, uint64_t count, const char *file, int line);

/* Fails the test if a callback reported a broken rule. */
#define assert_loop(loop) test_loop_check((loop), __FILE__, __LINE__)
void test_loop_check(const test_loop *loop, const char *file, int line);

/* Every callback calls these first and last: they prove that no callback runs inside another, and end the run. */
void test_callback_begin(test_loop *loop);
void test_callback_end(test_loop *loop);

/* Records the first broken rule and ends the run. */
void test_loop_fail(test_loop *loop, const char *text);

#endif
