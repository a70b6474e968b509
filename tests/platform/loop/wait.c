/* How a loop waits: it rests while nothing can go on, and its wait ends in time for its timers, whatever was started, moved or
 * stopped meanwhile. The order of timers is tested in timers.c. */
#include "pal/container.h"
#include "pal/system.h"
#include "pal/thread.h"
#include "support/pair.h"
#include "support/stream.h"

#include <string.h>

/* A loop with two timers; a test says what follows when they expire. */
typedef struct waiter waiter;
struct waiter {
    test_loop loop;
    pal_timer first, second;
    void (*then)(waiter *self); /* after the first has expired; may be NULL */
    uint64_t first_count, second_count;
    uint64_t late_ns; /* of the last one that expired */
};

static void note_expired(waiter *self, const pal_timer *timer, uint64_t *count) {
    uint64_t now_ns = pal_clock_now_ns();
    test_callback_begin(&self->loop);
    if (now_ns < timer->deadline_ns)
        test_loop_fail(&self->loop, "a timer expired early");
    self->late_ns = now_ns - timer->deadline_ns;
    ++*count;
    test_callback_end(&self->loop);
}

static void first_expired(pal_timer *timer) {
    waiter *self = PAL_CONTAINER_OF(timer, waiter, first);
    note_expired(self, timer, &self->first_count);
    if (self->then != NULL)
        self->then(self);
}

static void second_expired(pal_timer *timer) {
    waiter *self = PAL_CONTAINER_OF(timer, waiter, second);
    note_expired(self, timer, &self->second_count);
}

static void waiter_open(waiter *self) {
    *self = (waiter){.first = {.expired = first_expired}, .second = {.expired = second_expired}};
    test_loop_open(&self->loop);
}

static void start_second_with_the_same_deadline(waiter *self) {
    pal_timer_start(&self->loop.loop, &self->second, self->first.deadline_ns);
}

/* What ended the wait for the first timer is used up: the second timer must end its own wait. */
static void a_timer_of_the_deadline_that_has_just_expired_does_not_wait(void **state) {
    (void)state;
    static waiter self;
    waiter_open(&self);
    self.then = start_second_with_the_same_deadline;
    for (uint64_t round = 1; round <= 20; round++) {
        pal_timer_start(&self.loop.loop, &self.first, pal_clock_now_ns() + PAL_MILLISECOND_NS);
        test_loop_until(&self.loop, self.second_count, round);
        assert_int_equal(self.first_count, round);
    }
    test_loop_close(&self.loop);
}

/* 0 and values near it are not special deadlines. */
static void a_deadline_in_the_past_does_not_wait(void **state) {
    (void)state;
    static waiter self;
    waiter_open(&self);
    const uint64_t now_ns = pal_clock_now_ns();
    const uint64_t deadlines_ns[] = {0, 1, now_ns / 2, now_ns - 1, now_ns};
    for (size_t i = 0; i < TEST_COUNT(deadlines_ns); i++) {
        pal_timer_start(&self.loop.loop, &self.first, deadlines_ns[i]);
        test_loop_until(&self.loop, self.first_count, i + 1);
    }
    test_loop_close(&self.loop);
}

static void start_second_and_linger(waiter *self) {
    uint64_t deadline_ns = pal_clock_now_ns() + 200 * PAL_MICROSECOND_NS;
    pal_timer_start(&self->loop.loop, &self->second, deadline_ns);
    while (pal_clock_now_ns() <= deadline_ns) /* the pass is that slow */
        continue;
}

/* The deadline was in the future when the timer was started, and has passed when the loop starts to wait for it. */
static void a_deadline_that_passes_before_the_wait_does_not_wait(void **state) {
    (void)state;
    static waiter self;
    waiter_open(&self);
    self.then = start_second_and_linger;
    for (uint64_t round = 1; round <= 20; round++) {
        pal_timer_start(&self.loop.loop, &self.first, pal_clock_now_ns() + PAL_MILLISECOND_NS);
        test_loop_until(&self.loop, self.second_count, round);
    }
    test_loop_close(&self.loop);
}

/* The wait may have been prepared for a deadline that no timer has any longer. */
static void a_later_timer_outlives_an_earlier_one_that_was_stopped_or_moved(void **state) {
    (void)state;
    static waiter self;
    waiter_open(&self);
    for (uint64_t round = 1; round <= 20; round++) {
        uint64_t now_ns = pal_clock_now_ns();
        pal_timer_start(&self.loop.loop, &self.first, now_ns + PAL_MILLISECOND_NS);
        pal_timer_start(&self.loop.loop, &self.second, now_ns + 2 * PAL_MILLISECOND_NS);
        test_loop_passes(&self.loop, 2);
        if (round % 2 == 0)
            pal_timer_stop(&self.loop.loop, &self.first);
        else
            pal_timer_start(&self.loop.loop, &self.first, now_ns + 3600 * PAL_SECOND_NS);
        test_loop_until(&self.loop, self.second_count, round);
    }
    test_loop_close(&self.loop);
}

typedef struct mover {
    waiter waiter;
    pal_post post;
    pal_thread thread;
    uint64_t moved_count;
} mover;

static void move_first_earlier(pal_post *post) {
    mover *self = PAL_CONTAINER_OF(post, mover, post);
    test_callback_begin(&self->waiter.loop);
    pal_timer_start(&self->waiter.loop.loop, &self->waiter.first, pal_clock_now_ns() + PAL_MILLISECOND_NS);
    self->moved_count++;
    test_callback_end(&self->waiter.loop);
}

static void post_move(void *context) {
    mover *self = context;
    pal_loop_post(&self->waiter.loop.loop, &self->post);
}

static void a_timer_moved_earlier_during_a_wait_ends_it_earlier(void **state) {
    (void)state;
    static mover self;
    waiter_open(&self.waiter);
    self.post.run = move_first_earlier;
    for (uint64_t round = 1; round <= 20; round++) {
        pal_timer_start(&self.waiter.loop.loop, &self.waiter.first, pal_clock_now_ns() + 3600 * PAL_SECOND_NS);
        assert_ok(pal_thread_start(&self.thread, post_move, &self));
        test_loop_until(&self.waiter.loop, self.waiter.first_count, round);
        pal_thread_join(&self.thread);
        assert_int_equal(self.moved_count, round);
    }
    test_loop_close(&self.waiter.loop);
}

typedef struct lone_loop {
    pal_loop loop;
    pal_timer timer;
    pal_post post;
    pal_thread thread;
    uint64_t expired_count;
} lone_loop;

static void lone_expired(pal_timer *timer) {
    lone_loop *self = PAL_CONTAINER_OF(timer, lone_loop, timer);
    self->expired_count++;
}

static void lone_stop(pal_post *post) {
    pal_loop_stop(&(PAL_CONTAINER_OF(post, lone_loop, post))->loop);
}

static void lone_post(void *context) {
    lone_loop *self = context;
    pal_loop_post(&self->loop, &self->post);
}

/* Seconds that 31 and 32 bits do not hold, and nearly the longest wait that can be asked for. A loop with nothing else in it: even
 * a test_loop has a deadline of its own. Rounds, because the other thread may once be quicker than the wait. */
static void a_deadline_centuries_away_is_waited_for(void **state) {
    (void)state;
    static const uint64_t deadlines_ns[] = {(UINT64_C(1) << 31) * PAL_SECOND_NS, ((UINT64_C(1) << 32) + 1) * PAL_SECOND_NS,
                                            UINT64_MAX - 1};
    static lone_loop self = {.timer.expired = lone_expired, .post.run = lone_stop};
    assert_ok(pal_loop_open(&self.loop));
    for (size_t round = 0; round < 30; round++) {
        pal_timer_start(&self.loop, &self.timer, deadlines_ns[round % TEST_COUNT(deadlines_ns)]);
        assert_ok(pal_thread_start(&self.thread, lone_post, &self));
        pal_loop_run(&self.loop);
        pal_thread_join(&self.thread);
        assert_int_equal(self.expired_count, 0);
    }
    pal_timer_stop(&self.loop, &self.timer);
    pal_loop_close(&self.loop);
}

static void run_until_second(void *context) {
    waiter *self = context;
    test_loop_run_until(&self->loop, &self->second_count, 1, "the second timer");
}

/* What the first thread left to the system must reach only the second. */
static void a_loop_that_another_thread_runs_later_keeps_its_timers(void **state) {
    (void)state;
    static waiter self;
    for (int round = 0; round < 10; round++) {
        waiter_open(&self);
        uint64_t now_ns = pal_clock_now_ns();
        pal_timer_start(&self.loop.loop, &self.first, now_ns + PAL_MILLISECOND_NS);
        pal_timer_start(&self.loop.loop, &self.second, now_ns + 3 * PAL_MILLISECOND_NS);
        test_loop_until(&self.loop, self.first_count, 1);
        test_loop_passes(&self.loop, 2); /* has begun to wait for the second */
        pal_thread thread;
        assert_ok(pal_thread_start(&thread, run_until_second, &self));
        pal_thread_join(&thread);
        assert_int_equal(self.second_count, 1);
        test_loop_close(&self.loop);
    }
}

/* Two streams that keep the loop busy, and a timer that is started again and again. */
typedef struct busy {
    waiter waiter;
    test_pair pair;
    uint64_t exchange_count;
} busy;

static void next_exchange(test_stream *stream, const uint8_t *bytes, size_t size) {
    busy *self = stream->context;
    (void)bytes;
    (void)size;
    self->exchange_count++;
    if (self->waiter.first.running && pal_loop_now_ns(&self->waiter.loop.loop) >= self->waiter.first.deadline_ns)
        test_loop_fail(&self->waiter.loop, "a pass that began after the deadline went without the timer");
    test_stream_receive(stream);
    test_stream_send(stream, "x", 1);
}

static void a_timer_expires_in_time_while_streams_are_busy(void **state) {
    (void)state;
    static busy self;
    waiter_open(&self.waiter);
    test_loop *loop = &self.waiter.loop;
    test_pair_open(&self.pair, loop);
    self.pair.client.context = &self;
    self.pair.client.on_received = next_exchange;
    test_stream_echo(&self.pair.server);
    test_stream_receive(&self.pair.client);
    test_stream_send(&self.pair.client, "x", 1);
    for (uint64_t round = 1; round <= 50; round++) {
        uint64_t exchanges_before = self.exchange_count;
        pal_timer_start(&loop->loop, &self.waiter.first, pal_clock_now_ns() + PAL_MILLISECOND_NS);
        test_loop_until(loop, self.waiter.first_count, round);
        test_loop_until(loop, self.exchange_count, exchanges_before + 2); /* neither stops the other */
    }
    self.pair.client.on_received = NULL;
    test_pair_close(&self.pair);
    test_loop_close(loop);
}

#define REST_NS (300 * PAL_MILLISECOND_NS)

/* Events that nobody asked for, of every kind that a poller repeats: bytes unread, the peer's end, its reset, a connection
 * for a listener that is paused, a send that waits. The loop must rest until the timer, as the processor time shows. */
static void a_loop_rests_while_nothing_can_go_on(void **state) {
    (void)state;
    static waiter self;
    waiter_open(&self);
    test_loop *loop = &self.loop;
    test_pair pairs[4];
    for (size_t i = 0; i < TEST_COUNT(pairs); i++)
        test_pair_open(&pairs[i], loop);
    test_stream_send(&pairs[0].client, "unread", 6);
    test_loop_until(loop, pairs[0].client.sent_count, 1);
    test_stream_close_wait(&pairs[1].client);
    test_stream_reset(&pairs[2].client);
    test_loop_until(loop, pairs[2].client.closed_count, 1);
    test_stream_fill(&pairs[3].client);
    test_listener listener;
    pal_address address = test_listener_start(&listener, loop);
    test_listener_pause(&listener);
    test_stream visitor;
    test_stream_connect_wait(&visitor, loop, &address);
    test_loop_passes(loop, 20);

    uint64_t begin_ns = pal_system_processor_time_ns();
    pal_timer_start(&loop->loop, &self.first, pal_clock_now_ns() + REST_NS);
    test_loop_until(loop, self.first_count, 1);
    uint64_t used_ns = pal_system_processor_time_ns() - begin_ns;
    assert_true(used_ns < REST_NS / 2);

    test_stream_close_wait(&visitor);
    test_listener_close_wait(&listener);
    for (size_t i = 0; i < TEST_COUNT(pairs); i++)
        test_pair_close(&pairs[i]);
    test_loop_close(loop);
}

#define NAPS 200

/* Pollers count milliseconds: one that rounds a deadline down asks again and again until the timer is due. */
static void a_loop_rests_until_a_timer_that_is_near(void **state) {
    (void)state;
    static waiter self;
    waiter_open(&self);
    uint64_t begin_ns = pal_clock_now_ns();
    uint64_t begin_used_ns = pal_system_processor_time_ns();
    for (uint64_t nap = 1; nap <= NAPS; nap++) {
        pal_timer_start(&self.loop.loop, &self.first, pal_clock_now_ns() + 900 * PAL_MICROSECOND_NS);
        test_loop_until(&self.loop, self.first_count, nap);
    }
    uint64_t used_ns = pal_system_processor_time_ns() - begin_used_ns;
    uint64_t passed_ns = pal_clock_now_ns() - begin_ns;
    assert_true(passed_ns >= NAPS * 900 * PAL_MICROSECOND_NS);
    assert_true(used_ns < passed_ns / 10 * 6);
    test_loop_close(&self.loop);
}

static uint64_t late_limit_ns(const char *poller) {
    if (strcmp(poller, "epoll") == 0)
        return 400 * PAL_MICROSECOND_NS;
    if (strcmp(poller, "poll") == 0)
        return 1500 * PAL_MICROSECOND_NS; /* counts in milliseconds */
    return 3 * PAL_MILLISECOND_NS;        /* Wine counts the same; clock ticks of Windows would be far longer */
}

/* In whole milliseconds from now it would be 800 us late at best. */
static uint64_t deadline_no_whole_wait(void) {
    return pal_clock_now_ns() + 1200 * PAL_MICROSECOND_NS;
}

/* In whole milliseconds of the clock it would be 800 us late. */
static uint64_t deadline_no_whole_time(void) {
    return (pal_clock_now_ns() / PAL_MILLISECOND_NS + 1) * PAL_MILLISECOND_NS + 200 * PAL_MICROSECOND_NS;
}

/* The best of many: on a busy machine most may be late, but none by rounding. */
static void a_wait_is_as_exact_as_the_contract_says(void **state) {
    (void)state;
    static uint64_t (*const deadlines[])(void) = {deadline_no_whole_wait, deadline_no_whole_time};
    for (size_t i = 0; i < TEST_COUNT(deadlines); i++) {
        static waiter self;
        waiter_open(&self);
        uint64_t best_ns = UINT64_MAX;
        for (uint64_t nap = 1; nap <= NAPS; nap++) {
            pal_timer_start(&self.loop.loop, &self.first, deadlines[i]());
            test_loop_until(&self.loop, self.first_count, nap);
            best_ns = self.late_ns < best_ns ? self.late_ns : best_ns;
        }
        const char *poller = pal_loop_poller(&self.loop.loop);
        print_message("%s: late by %d us at best\n", poller, (int)(best_ns / PAL_MICROSECOND_NS));
        assert_true(best_ns < late_limit_ns(poller));
        test_loop_close(&self.loop);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_of_the_deadline_that_has_just_expired_does_not_wait),
        cmocka_unit_test(a_deadline_in_the_past_does_not_wait),
        cmocka_unit_test(a_deadline_that_passes_before_the_wait_does_not_wait),
        cmocka_unit_test(a_later_timer_outlives_an_earlier_one_that_was_stopped_or_moved),
        cmocka_unit_test(a_timer_moved_earlier_during_a_wait_ends_it_earlier),
        cmocka_unit_test(a_deadline_centuries_away_is_waited_for),
        cmocka_unit_test(a_loop_that_another_thread_runs_later_keeps_its_timers),
        cmocka_unit_test(a_timer_expires_in_time_while_streams_are_busy),
        cmocka_unit_test(a_loop_rests_while_nothing_can_go_on),
        cmocka_unit_test(a_loop_rests_until_a_timer_that_is_near),
        cmocka_unit_test(a_wait_is_as_exact_as_the_contract_says),
    };
    return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
