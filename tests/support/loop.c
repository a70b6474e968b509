#include "support/loop.h"

#include "pal/container.h"

#include <stdio.h>
#include <string.h>

static test_loop *loop_of_deadline(pal_timer *timer) {
    return PAL_CONTAINER_OF(timer, test_loop, deadline);
}

static void deadline_expired(pal_timer *timer) {
    test_loop_fail(loop_of_deadline(timer), "");
}

void test_loop_open(test_loop *loop) {
    *loop = (test_loop){0};
    loop->deadline.expired = deadline_expired;
    assert_ok(pal_loop_open(&loop->loop));
}

void test_loop_close(test_loop *loop) {
    assert_loop(loop);
    pal_loop_close(&loop->loop);
}

void test_loop_check(const test_loop *loop, const char *file, int line) {
    if (loop->failure[0] == '\0')
        return;
    print_error("%s\n", loop->failure);
    _fail(file, line);
}

void test_loop_fail(test_loop *loop, const char *text) {
    if (loop->failure[0] == '\0')
        snprintf(loop->failure, sizeof loop->failure, "%s", text[0] != '\0' ? text : "the deadline passed");
    pal_loop_stop(&loop->loop);
}

void test_callback_begin(test_loop *loop) {
    if (loop->is_in_callback)
        test_loop_fail(loop, "a callback was called from inside another");
    loop->is_in_callback = true;
}

void test_callback_end(test_loop *loop) {
    loop->is_in_callback = false;
    if (loop->counter != NULL && *loop->counter >= loop->target)
        pal_loop_stop(&loop->loop);
}

bool test_loop_run_until(test_loop *loop, const uint64_t *counter, uint64_t target, const char *what) {
    if (*counter < target && loop->failure[0] == '\0') {
        loop->counter = counter;
        loop->target = target;
        pal_timer_start(&loop->loop, &loop->deadline, pal_clock_now_ns() + TEST_DEADLINE_NS);
        pal_loop_run(&loop->loop);
        pal_timer_stop(&loop->loop, &loop->deadline);
        loop->counter = NULL;
    }
    if (*counter < target && loop->failure[0] != '\0') {
        char failure[sizeof loop->failure];
        memcpy(failure, loop->failure, sizeof failure);
        snprintf(loop->failure, sizeof loop->failure, "%.100s, waiting for %.80s", failure, what);
    }
    return loop->failure[0] == '\0';
}

void test_loop_until_at(test_loop *loop, const uint64_t *counter, uint64_t target, const char *what, const char *file, int line) {
    test_loop_run_until(loop, counter, target, what);
    test_loop_check(loop, file, line);
}

typedef struct pass_counter {
    pal_post post;
    test_loop *loop;
    uint64_t passes;
} pass_counter;

static void pass_ended(pal_post *post) {
    pass_counter *counter = PAL_CONTAINER_OF(post, pass_counter, post);
    test_callback_begin(counter->loop);
    counter->passes++;
    if (counter->passes < counter->loop->target)
        pal_loop_post(&counter->loop->loop, post);
    test_callback_end(counter->loop);
}

void test_loop_passes_at(test_loop *loop, uint64_t count, const char *file, int line) {
    pass_counter counter = {.post = {.run = pass_ended}, .loop = loop};
    pal_loop_post(&loop->loop, &counter.post);
    test_loop_until_at(loop, &counter.passes, count, "passes", file, line);
}
