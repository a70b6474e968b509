/* The contract of pal/thread.h and pal/clock.h. */
#include "pal/clock.h"
#include "pal/thread.h"
#include "support/loop.h"

#include <stdbool.h>

#define THREADS 8
#define ADDITIONS 20000

typedef struct shared_count {
    pal_mutex mutex;
    uint64_t count; /* guarded */
} shared_count;

static void add(void *context) {
    shared_count *shared = context;
    for (int i = 0; i < ADDITIONS; i++) {
        pal_mutex_lock(&shared->mutex);
        shared->count++;
        pal_mutex_unlock(&shared->mutex);
    }
}

static void a_mutex_lets_one_thread_in_at_a_time(void **state) {
    (void)state;
    shared_count shared = {.count = 0};
    pal_mutex_open(&shared.mutex);
    pal_thread threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_ok(pal_thread_start(&threads[i], add, &shared));
    for (size_t i = 0; i < THREADS; i++)
        pal_thread_join(&threads[i]);
    assert_int_equal(shared.count, THREADS * ADDITIONS);
    pal_mutex_close(&shared.mutex);
}

/* Two threads hand a number to and fro. */
typedef struct table {
    pal_mutex mutex;
    pal_condition changed;
    uint64_t number; /* even: the test's turn; odd: the thread's */
    bool is_late;
} table;

#define TURNS 2000

/* Waits for its turn and ends it. */
static void take_turns(table *shared, uint64_t first) {
    uint64_t deadline_ns = pal_clock_now_ns() + TEST_DEADLINE_NS;
    pal_mutex_lock(&shared->mutex);
    for (uint64_t turn = first; turn < TURNS && !shared->is_late; turn += 2) {
        while (shared->number != turn && !shared->is_late) {
            if (!pal_condition_wait(&shared->changed, &shared->mutex, deadline_ns))
                shared->is_late = true;
        }
        shared->number++;
        pal_condition_wake_all(&shared->changed);
    }
    pal_mutex_unlock(&shared->mutex);
}

static void take_odd_turns(void *context) {
    take_turns(context, 1);
}

static void a_condition_hands_over_between_threads(void **state) {
    (void)state;
    table shared = {.number = 0};
    pal_mutex_open(&shared.mutex);
    pal_condition_open(&shared.changed);
    pal_thread thread;
    assert_ok(pal_thread_start(&thread, take_odd_turns, &shared));
    take_turns(&shared, 0);
    pal_thread_join(&thread);
    assert_false(shared.is_late);
    assert_int_equal(shared.number, TURNS);
    pal_condition_close(&shared.changed);
    pal_mutex_close(&shared.mutex);
}

typedef struct gate {
    pal_mutex mutex;
    pal_condition changed;
    uint64_t waiting, passed;
    bool is_open;
} gate;

static void pass_gate(void *context) {
    gate *shared = context;
    pal_mutex_lock(&shared->mutex);
    shared->waiting++;
    pal_condition_wake_all(&shared->changed);
    while (!shared->is_open)
        pal_condition_wait(&shared->changed, &shared->mutex, UINT64_MAX);
    shared->passed++;
    pal_mutex_unlock(&shared->mutex);
}

static void wake_all_wakes_every_thread_that_waits(void **state) {
    (void)state;
    gate shared = {.waiting = 0};
    pal_mutex_open(&shared.mutex);
    pal_condition_open(&shared.changed);
    pal_thread threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_ok(pal_thread_start(&threads[i], pass_gate, &shared));
    uint64_t deadline_ns = pal_clock_now_ns() + TEST_DEADLINE_NS;
    bool in_time = true;
    pal_mutex_lock(&shared.mutex);
    while (shared.waiting < THREADS && in_time)
        in_time = pal_condition_wait(&shared.changed, &shared.mutex, deadline_ns);
    shared.is_open = true;
    pal_condition_wake_all(&shared.changed); /* once for all */
    pal_mutex_unlock(&shared.mutex);
    for (size_t i = 0; i < THREADS; i++)
        pal_thread_join(&threads[i]);
    assert_true(in_time);
    assert_int_equal(shared.passed, THREADS);
    pal_condition_close(&shared.changed);
    pal_mutex_close(&shared.mutex);
}

static void a_wait_that_nobody_ends_is_false_at_its_deadline_and_not_before(void **state) {
    (void)state;
    pal_mutex mutex;
    pal_condition condition;
    pal_mutex_open(&mutex);
    pal_condition_open(&condition);
    const uint64_t waits_ns[] = {0, PAL_MILLISECOND_NS, 20 * PAL_MILLISECOND_NS};
    pal_mutex_lock(&mutex);
    for (size_t i = 0; i < TEST_COUNT(waits_ns); i++) {
        uint64_t deadline_ns = pal_clock_now_ns() + waits_ns[i];
        while (pal_condition_wait(&condition, &mutex, deadline_ns)) /* it may wake without a reason */
            assert_true(pal_clock_now_ns() < deadline_ns + TEST_DEADLINE_NS);
        assert_true(pal_clock_now_ns() >= deadline_ns);
    }
    assert_false(pal_condition_wait(&condition, &mutex, 1)); /* long past */
    pal_mutex_unlock(&mutex);
    pal_condition_close(&condition);
    pal_mutex_close(&mutex);
}

typedef struct notice {
    pal_mutex mutex;
    pal_condition condition;
    bool is_given; /* guarded by the mutex */
} notice;

static void give_notice(void *context) {
    notice *self = context;
    pal_mutex_lock(&self->mutex);
    self->is_given = true;
    pal_condition_wake_all(&self->condition);
    pal_mutex_unlock(&self->mutex);
}

static void a_wait_with_a_deadline_centuries_away_ends_when_it_is_woken(void **state) {
    (void)state;
    static const uint64_t deadlines_ns[] = {(UINT64_C(1) << 31) * PAL_SECOND_NS, ((UINT64_C(1) << 32) + 1) * PAL_SECOND_NS,
                                            UINT64_MAX - 1};
    static notice self;
    pal_mutex_open(&self.mutex);
    pal_condition_open(&self.condition);
    for (size_t i = 0; i < TEST_COUNT(deadlines_ns); i++) {
        pal_thread thread;
        self.is_given = false;
        pal_mutex_lock(&self.mutex);
        assert_ok(pal_thread_start(&thread, give_notice, &self));
        for (int wakes = 0; !self.is_given; wakes++) {
            assert_true(pal_condition_wait(&self.condition, &self.mutex, deadlines_ns[i]));
            assert_true(wakes < 1000); /* some may be without a reason, but it must not spin */
        }
        pal_mutex_unlock(&self.mutex);
        pal_thread_join(&thread);
    }
    pal_condition_close(&self.condition);
    pal_mutex_close(&self.mutex);
}

static void the_clock_never_goes_back(void **state) {
    (void)state;
    uint64_t before_ns = pal_clock_now_ns();
    for (int i = 0; i < 100000; i++) {
        uint64_t now_ns = pal_clock_now_ns();
        assert_true(now_ns >= before_ns);
        before_ns = now_ns;
    }
}

/* A tenth of a second takes about as long by both clocks: both count nanoseconds. */
static void both_clocks_count_nanoseconds(void **state) {
    (void)state;
    pal_mutex mutex;
    pal_condition condition;
    pal_mutex_open(&mutex);
    pal_condition_open(&condition);
    uint64_t begin_ns = pal_clock_now_ns();
    int64_t wall_begin_ns = pal_clock_wall_ns();
    pal_mutex_lock(&mutex);
    while (pal_condition_wait(&condition, &mutex, begin_ns + 100 * PAL_MILLISECOND_NS))
        assert_true(pal_clock_now_ns() < begin_ns + TEST_DEADLINE_NS);
    pal_mutex_unlock(&mutex);
    int64_t wall_ns = pal_clock_wall_ns() - wall_begin_ns;
    assert_true(wall_ns > 50 * (int64_t)PAL_MILLISECOND_NS);
    assert_true(wall_ns < 10 * (int64_t)PAL_SECOND_NS);
    assert_true(wall_begin_ns > INT64_C(1700000000) * (int64_t)PAL_SECOND_NS); /* 2023 */
    assert_true(wall_begin_ns < INT64_C(4102444800) * (int64_t)PAL_SECOND_NS); /* 2100 */
    pal_condition_close(&condition);
    pal_mutex_close(&mutex);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutex_lets_one_thread_in_at_a_time),
        cmocka_unit_test(a_condition_hands_over_between_threads),
        cmocka_unit_test(wake_all_wakes_every_thread_that_waits),
        cmocka_unit_test(a_wait_that_nobody_ends_is_false_at_its_deadline_and_not_before),
        cmocka_unit_test(a_wait_with_a_deadline_centuries_away_ends_when_it_is_woken),
        cmocka_unit_test(the_clock_never_goes_back),
        cmocka_unit_test(both_clocks_count_nanoseconds),
    };
    return cmocka_run_group_tests_name("threads and clocks", tests, NULL, NULL);
}
