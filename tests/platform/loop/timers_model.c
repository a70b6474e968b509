/* Random starts and stops, between passes and inside callbacks, against the simplest correct model: a search through all timers for
 * the one that must be next. */
#include "platform/loop/timers_model.h"
#include "support/loop.h"
#include "support/random.h"

#include <string.h>

#define TIMERS 100
#define ROUNDS 200
#define CHANGES_BETWEEN_PASSES 50 /* 10,000 in all */
#define DEADLINES 40              /* fewer than timers: many are equal */

typedef struct expected {
    bool runs;
    uint64_t deadline_ns;
    uint64_t order;  /* of its start */
    uint64_t due_in; /* the first pass in which it may expire */
} expected;

typedef struct model {
    test_loop loop;
    pal_timer timers[TIMERS];
    expected expected[TIMERS];
    uint64_t random, order, pass;
    uint64_t expired_count;
} model;

static model all;

/* Deadlines lie in the past, so that no clock decides what is due; a few in the far future are never due. */
static uint64_t random_deadline_ns(void) {
    uint64_t number = test_random_below(&all.random, DEADLINES + 4);
    return number < DEADLINES ? number : UINT64_MAX - number;
}

static void change_one(uint64_t first_pass) {
    size_t index = (size_t)test_random_below(&all.random, TIMERS);
    expected *expect = &all.expected[index];
    if (test_random_below(&all.random, 3) == 0) {
        pal_timer_stop(&all.loop.loop, &all.timers[index]);
        expect->runs = false;
        return;
    }
    uint64_t deadline_ns = random_deadline_ns();
    pal_timer_start(&all.loop.loop, &all.timers[index], deadline_ns);
    *expect = (expected){.runs = true, .deadline_ns = deadline_ns, .order = all.order++, .due_in = first_pass};
}

/* The timer that must expire next in this pass; TIMERS when there is none. */
static size_t next_due(void) {
    size_t best = TIMERS;
    for (size_t i = 0; i < TIMERS; i++) {
        const expected *this = &all.expected[i];
        if (!this->runs || this->deadline_ns >= DEADLINES || this->due_in > all.pass)
            continue;
        const expected *other = best < TIMERS ? &all.expected[best] : NULL;
        if (other == NULL || this->deadline_ns < other->deadline_ns ||
            (this->deadline_ns == other->deadline_ns && this->order < other->order))
            best = i;
    }
    return best;
}

static void expired(pal_timer *timer) {
    test_callback_begin(&all.loop);
    size_t index = (size_t)(timer - all.timers);
    if (index != next_due())
        test_loop_fail(&all.loop, "another timer expired than the model says");
    all.expected[index].runs = false;
    all.expired_count++;
    if (test_random_below(&all.random, 2) == 0)
        change_one(all.pass + 1);
    test_callback_end(&all.loop);
}

void timers_agree_with_a_sorted_list(void **state) {
    (void)state;
    memset(&all, 0, sizeof all);
    all.random = 42;
    test_loop_open(&all.loop);
    for (size_t i = 0; i < TIMERS; i++)
        all.timers[i].expired = expired;
    for (all.pass = 1; all.pass <= ROUNDS; all.pass++) {
        for (int i = 0; i < CHANGES_BETWEEN_PASSES; i++)
            change_one(all.pass);
        test_loop_passes(&all.loop, 1);
        assert_int_equal(next_due(), TIMERS);
    }
    assert_true(all.expired_count > ROUNDS); /* it was no empty exercise */
    for (size_t i = 0; i < TIMERS; i++)
        pal_timer_stop(&all.loop.loop, &all.timers[i]);
    test_loop_close(&all.loop);
}
