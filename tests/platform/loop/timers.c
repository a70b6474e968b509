/* The contract of the timers of pal/loop.h, case by case. */
#include "pal/container.h"
#include "platform/loop/timers_model.h"
#include "support/loop.h"

#include <stdlib.h>

#define TIMERS 6

typedef struct letters letters; /* timers, and what has expired so far */

/* A timer that writes its letter, and then does what the test needs. */
typedef struct lettered_timer {
    pal_timer timer;
    letters *owner;
    char letter;
    void (*then)(letters *owner);
} lettered_timer;

struct letters {
    test_loop loop;
    lettered_timer timers[TIMERS]; /* 'a', 'b' ... */
    pal_post pass;
    char text[64];
    uint64_t length;
};

static void write_letter(letters *owner, char letter) {
    test_callback_begin(&owner->loop);
    if (owner->length < sizeof owner->text - 1)
        owner->text[owner->length++] = letter;
    test_callback_end(&owner->loop);
}

static void expired(pal_timer *timer) {
    lettered_timer *lettered = PAL_CONTAINER_OF(timer, lettered_timer, timer);
    letters *owner = lettered->owner;
    if (pal_clock_now_ns() < timer->deadline_ns || pal_loop_now_ns(&owner->loop.loop) < timer->deadline_ns)
        test_loop_fail(&owner->loop, "a timer expired early");
    write_letter(owner, lettered->letter);
    if (lettered->then != NULL)
        lettered->then(owner);
}

static letters *letters_open(void) {
    letters *owner = calloc(1, sizeof *owner);
    assert_non_null(owner);
    test_loop_open(&owner->loop);
    for (size_t i = 0; i < TIMERS; i++)
        owner->timers[i] = (lettered_timer){.timer = {.expired = expired}, .owner = owner, .letter = (char)('a' + i)};
    return owner;
}

static void letters_close(letters *owner) {
    for (size_t i = 0; i < TIMERS; i++)
        pal_timer_stop(&owner->loop.loop, &owner->timers[i].timer);
    test_loop_close(&owner->loop);
    free(owner);
}

static void start(letters *owner, char letter, uint64_t deadline_ns) {
    pal_timer_start(&owner->loop.loop, &owner->timers[letter - 'a'].timer, deadline_ns);
}

static void stop(letters *owner, char letter) {
    pal_timer_stop(&owner->loop.loop, &owner->timers[letter - 'a'].timer);
}

static void pass_ended(pal_post *post) {
    letters *owner = PAL_CONTAINER_OF(post, letters, pass);
    write_letter(owner, '|');
    pal_loop_post(&owner->loop.loop, post);
}

static void timers_expire_in_the_order_of_their_deadlines(void **state) {
    (void)state;
    letters *owner = letters_open();
    uint64_t now_ns = pal_clock_now_ns();
    start(owner, 'a', now_ns + 20 * PAL_MILLISECOND_NS);
    start(owner, 'b', now_ns + 5 * PAL_MILLISECOND_NS);
    start(owner, 'c', now_ns + 30 * PAL_MILLISECOND_NS);
    start(owner, 'd', now_ns);
    start(owner, 'e', now_ns + 20 * PAL_MILLISECOND_NS + 1);
    test_loop_until(&owner->loop, owner->length, 5);
    assert_string_equal(owner->text, "dbaec");
    letters_close(owner);
}

static void timers_of_one_deadline_expire_in_the_order_they_were_started(void **state) {
    (void)state;
    letters *owner = letters_open();
    uint64_t deadline_ns = pal_clock_now_ns() + PAL_MILLISECOND_NS;
    for (const char *letter = "cafebd"; *letter != '\0'; letter++)
        start(owner, *letter, deadline_ns);
    start(owner, 'a', deadline_ns); /* started again, so the last */
    test_loop_until(&owner->loop, owner->length, 6);
    assert_string_equal(owner->text, "cfebda");
    letters_close(owner);
}

static void a_timer_expires_never_early_and_once(void **state) {
    (void)state;
    letters *owner = letters_open();
    for (uint64_t round = 1; round <= 40; round++) {
        owner->length = 0;
        start(owner, 'a', pal_clock_now_ns() + round * PAL_MILLISECOND_NS / 7); /* `expired` checks the clock */
        test_loop_until(&owner->loop, owner->length, 1);
        test_loop_passes(&owner->loop, 3);
        assert_int_equal(owner->length, 1);
    }
    letters_close(owner);
}

static void a_timer_started_again_moves_both_ways(void **state) {
    (void)state;
    letters *owner = letters_open();
    uint64_t now_ns = pal_clock_now_ns();
    start(owner, 'a', now_ns + 1);
    start(owner, 'b', now_ns + 2);
    start(owner, 'c', now_ns + 3);
    start(owner, 'a', now_ns + 4); /* later */
    start(owner, 'c', now_ns);     /* earlier */
    test_loop_until(&owner->loop, owner->length, 3);
    test_loop_passes(&owner->loop, 5);
    assert_string_equal(owner->text, "cba");
    letters_close(owner);
}

static void stop_a_b_and_e(letters *owner) {
    stop(owner, 'a'); /* its own, which does nothing */
    stop(owner, 'b'); /* due in this very pass */
    stop(owner, 'e'); /* not yet due */
    stop(owner, 'e');
}

static void a_timer_may_be_stopped_in_its_own_and_in_anothers_callback(void **state) {
    (void)state;
    letters *owner = letters_open();
    uint64_t now_ns = pal_clock_now_ns();
    owner->timers[0].then = stop_a_b_and_e;
    start(owner, 'a', now_ns);
    start(owner, 'b', now_ns);
    start(owner, 'c', now_ns);
    start(owner, 'e', now_ns + PAL_MILLISECOND_NS);
    start(owner, 'd', now_ns + 2 * PAL_MILLISECOND_NS);
    test_loop_until(&owner->loop, owner->length, 3);
    assert_string_equal(owner->text, "acd");
    stop(owner, 'f'); /* was never started */
    start(owner, 'b', now_ns);
    test_loop_until(&owner->loop, owner->length, 4);
    assert_string_equal(owner->text, "acdb");
    letters_close(owner);
}

static void start_a_again(letters *owner) {
    start(owner, 'a', 0); /* long due */
}

/* A bar stands for the end of a pass. */
static void a_timer_restarted_in_its_callback_waits_for_the_next_pass(void **state) {
    (void)state;
    letters *owner = letters_open();
    owner->timers[0].then = start_a_again;
    owner->pass.run = pass_ended;
    start(owner, 'a', 0);
    pal_loop_post(&owner->loop.loop, &owner->pass);
    test_loop_until(&owner->loop, owner->length, 12);
    assert_memory_equal(owner->text, "a|a|a|a|a|a|", 12);
    letters_close(owner);
}

/* A timer that is always due and always the earliest must not delay the others that are due. */
static void a_timer_restarted_in_its_callback_does_not_hold_up_the_others(void **state) {
    (void)state;
    letters *owner = letters_open();
    owner->timers[0].then = start_a_again;
    owner->pass.run = pass_ended;
    start(owner, 'a', 0);
    start(owner, 'b', 1);
    start(owner, 'c', 2);
    pal_loop_post(&owner->loop.loop, &owner->pass);
    test_loop_until(&owner->loop, owner->length, 8);
    assert_memory_equal(owner->text, "abc|a|a|", 8);
    letters_close(owner);
}

static void start_b_and_stop_it(letters *owner) {
    start(owner, 'b', 0);
    stop(owner, 'b');
    start(owner, 'd', 1);
    start(owner, 'e', 0);
    start(owner, 'd', 0); /* moved, and behind e now */
}

static void timers_started_in_a_callback_may_be_moved_and_stopped_there(void **state) {
    (void)state;
    letters *owner = letters_open();
    owner->timers[0].then = start_b_and_stop_it;
    owner->pass.run = pass_ended;
    start(owner, 'a', 0);
    start(owner, 'b', 1);
    start(owner, 'c', 2);
    pal_loop_post(&owner->loop.loop, &owner->pass);
    test_loop_until(&owner->loop, owner->length, 6);
    assert_memory_equal(owner->text, "ac|ed|", 6);
    letters_close(owner);
}

/* A loop that never rests, so that passes begin just before the deadline and just after it. */
typedef struct busy_loop {
    test_loop loop;
    pal_timer timer;
    pal_post pass;
    uint64_t started_count, expired_count;
} busy_loop;

static void busy_expired(pal_timer *timer) {
    busy_loop *busy = PAL_CONTAINER_OF(timer, busy_loop, timer);
    test_callback_begin(&busy->loop);
    if (pal_loop_now_ns(&busy->loop.loop) < timer->deadline_ns)
        test_loop_fail(&busy->loop, "a timer expired early");
    busy->expired_count++;
    test_callback_end(&busy->loop);
}

static void busy_pass_ended(pal_post *post) {
    busy_loop *busy = PAL_CONTAINER_OF(post, busy_loop, pass);
    test_callback_begin(&busy->loop);
    if (busy->expired_count < busy->started_count && pal_loop_now_ns(&busy->loop.loop) >= busy->timer.deadline_ns)
        test_loop_fail(&busy->loop, "a pass that began after the deadline went without the timer");
    pal_loop_post(&busy->loop.loop, post);
    test_callback_end(&busy->loop);
}

static void a_timer_expires_in_the_first_pass_after_its_deadline_and_not_before(void **state) {
    (void)state;
    static busy_loop busy;
    busy = (busy_loop){.timer = {.expired = busy_expired}, .pass = {.run = busy_pass_ended}};
    test_loop_open(&busy.loop);
    pal_loop_post(&busy.loop.loop, &busy.pass);
    for (busy.started_count = 1; busy.started_count <= 20; busy.started_count++) {
        pal_timer_start(&busy.loop.loop, &busy.timer, pal_clock_now_ns() + 2 * PAL_MILLISECOND_NS);
        test_loop_until(&busy.loop, busy.expired_count, busy.started_count);
    }
    test_loop_close(&busy.loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_expire_in_the_order_of_their_deadlines),
        cmocka_unit_test(timers_of_one_deadline_expire_in_the_order_they_were_started),
        cmocka_unit_test(a_timer_expires_never_early_and_once),
        cmocka_unit_test(a_timer_started_again_moves_both_ways),
        cmocka_unit_test(a_timer_may_be_stopped_in_its_own_and_in_anothers_callback),
        cmocka_unit_test(a_timer_restarted_in_its_callback_waits_for_the_next_pass),
        cmocka_unit_test(a_timer_restarted_in_its_callback_does_not_hold_up_the_others),
        cmocka_unit_test(timers_started_in_a_callback_may_be_moved_and_stopped_there),
        cmocka_unit_test(a_timer_expires_in_the_first_pass_after_its_deadline_and_not_before),
        cmocka_unit_test(timers_agree_with_a_sorted_list),
    };
    return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
