/* The contract of pal/loop.h except the timers: posts, the order of a pass, and stop. */
#include "support/loop.h"
#include "pal/container.h"
#include "pal/thread.h"

#include <stdlib.h>
#include <string.h>

#define SENDERS 8
#define POSTS_OF_EACH 10000

static _Thread_local bool is_loop_thread;

typedef struct sender sender;

typedef struct numbered_post {
    pal_post post;
    sender *from;
    uint64_t number;
} numbered_post;

struct sender {
    test_loop *loop;
    uint64_t *run_count; /* of all senders */
    uint64_t next;       /* the number that must run next */
    pal_thread thread;
    numbered_post posts[POSTS_OF_EACH];
};

static void numbered_run(pal_post *post) {
    const numbered_post *numbered = PAL_CONTAINER_OF(post, numbered_post, post);
    sender *from = numbered->from;
    test_callback_begin(from->loop);
    if (!is_loop_thread)
        test_loop_fail(from->loop, "a post ran on another thread");
    if (numbered->number != from->next)
        test_loop_fail(from->loop, "the posts of one thread ran out of order, or not once");
    from->next = numbered->number + 1;
    ++*from->run_count;
    test_callback_end(from->loop);
}

static void send_posts(void *context) {
    sender *self = context;
    for (uint64_t i = 0; i < POSTS_OF_EACH; i++) {
        self->posts[i] = (numbered_post){.post = {.run = numbered_run}, .from = self, .number = i};
        pal_loop_post(&self->loop->loop, &self->posts[i].post);
    }
}

static void posts_of_many_threads_run_once_each_and_in_order(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    is_loop_thread = true;
    uint64_t run_count = 0;
    sender *senders = calloc(SENDERS, sizeof *senders);
    assert_non_null(senders);
    for (size_t i = 0; i < SENDERS; i++) {
        senders[i].loop = &loop;
        senders[i].run_count = &run_count;
        assert_ok(pal_thread_start(&senders[i].thread, send_posts, &senders[i]));
    }
    test_loop_until(&loop, run_count, (uint64_t)SENDERS * POSTS_OF_EACH);
    for (size_t i = 0; i < SENDERS; i++)
        pal_thread_join(&senders[i].thread);
    test_loop_passes(&loop, 3);
    assert_int_equal(run_count, SENDERS * POSTS_OF_EACH);
    free(senders);
    is_loop_thread = false;
    test_loop_close(&loop);
}

/* Two loops throw one post to and fro: each waits in the system when its turn comes, and a lost wake ends the game. */
#define THROWS 2000

typedef struct player {
    test_loop loop;
    pal_post ball; /* the one that this player throws */
    struct player *other;
    uint64_t catches;
} player;

static void caught(pal_post *post) {
    player *thrower = PAL_CONTAINER_OF(post, player, ball);
    player *catcher = thrower->other;
    test_callback_begin(&catcher->loop);
    catcher->catches++;
    pal_loop_post(&catcher->other->loop.loop, &catcher->ball);
    test_callback_end(&catcher->loop);
}

static void play(void *context) {
    player *self = context;
    test_loop_run_until(&self->loop, &self->catches, THROWS, "the ball");
}

static void a_post_wakes_a_loop_that_waits(void **state) {
    (void)state;
    static player players[2];
    for (size_t i = 0; i < 2; i++) {
        players[i] = (player){.ball = {.run = caught}, .other = &players[1 - i]};
        test_loop_open(&players[i].loop);
    }
    pal_thread thread;
    assert_ok(pal_thread_start(&thread, play, &players[1]));
    pal_loop_post(&players[1].loop.loop, &players[0].ball);
    play(&players[0]);
    pal_thread_join(&thread);
    for (size_t i = 0; i < 2; i++) {
        assert_loop(&players[i].loop);
        test_loop_close(&players[i].loop); /* drops the last ball */
    }
}

/* What happened, in order: one letter per event. */
typedef struct diary {
    test_loop loop;
    char text[16];
    uint64_t length;
    pal_timer first_timer, second_timer, third_timer;
    pal_post first_post, second_post;
    uint64_t first_now_ns, post_now_ns;
} diary;

static void diary_write(diary *book, char letter) {
    test_callback_begin(&book->loop);
    if (book->length < sizeof book->text - 1)
        book->text[book->length++] = letter;
    test_callback_end(&book->loop);
}

static void first_timer_expired(pal_timer *timer) {
    diary *book = PAL_CONTAINER_OF(timer, diary, first_timer);
    pal_loop_post(&book->loop.loop, &book->first_post);
    book->first_now_ns = pal_loop_now_ns(&book->loop.loop);
    diary_write(book, 'a');
}

static void second_timer_expired(pal_timer *timer) {
    diary_write(PAL_CONTAINER_OF(timer, diary, second_timer), 'b');
}

static void third_timer_expired(pal_timer *timer) {
    diary_write(PAL_CONTAINER_OF(timer, diary, third_timer), 'd');
}

static void first_post_run(pal_post *post) {
    diary *book = PAL_CONTAINER_OF(post, diary, first_post);
    pal_loop_post(&book->loop.loop, &book->second_post);
    pal_timer_start(&book->loop.loop, &book->third_timer, 0);
    book->post_now_ns = pal_loop_now_ns(&book->loop.loop);
    diary_write(book, 'c');
}

static void second_post_run(pal_post *post) {
    diary_write(PAL_CONTAINER_OF(post, diary, second_post), 'e');
}

/* a and b: timers that are due. c: posted by a, runs after b in the same pass. d: a timer that is due at once, runs in the next
 * pass. e: posted by c, runs at the end of that pass. */
static void a_post_of_the_loops_own_runs_at_the_end_of_the_pass(void **state) {
    (void)state;
    static diary book;
    book = (diary){.first_timer = {.expired = first_timer_expired},
                   .second_timer = {.expired = second_timer_expired},
                   .third_timer = {.expired = third_timer_expired},
                   .first_post = {.run = first_post_run},
                   .second_post = {.run = second_post_run}};
    test_loop_open(&book.loop);
    pal_timer_start(&book.loop.loop, &book.first_timer, 0);
    pal_timer_start(&book.loop.loop, &book.second_timer, 0);
    test_loop_until(&book.loop, book.length, 5);
    assert_string_equal(book.text, "abcde");
    assert_int_equal(book.first_now_ns, book.post_now_ns);
    test_loop_close(&book.loop);
}

typedef struct freeing_post {
    pal_post post;
    test_loop *loop;
    uint64_t *run_count;
} freeing_post;

static void run_frees(pal_post *post) {
    freeing_post *self = PAL_CONTAINER_OF(post, freeing_post, post);
    test_loop *loop = self->loop;
    test_callback_begin(loop);
    ++*self->run_count;
    free(self);
    test_callback_end(loop);
}

static void a_post_may_be_freed_from_the_moment_it_runs(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    uint64_t run_count = 0;
    for (int i = 0; i < 10; i++) {
        freeing_post *post = malloc(sizeof *post);
        assert_non_null(post);
        *post = (freeing_post){.post = {.run = run_frees}, .loop = &loop, .run_count = &run_count};
        pal_loop_post(&loop.loop, &post->post);
    }
    test_loop_until(&loop, run_count, 10);
    test_loop_close(&loop);
}

static void stopping_timer_expired(pal_timer *timer) {
    diary *book = PAL_CONTAINER_OF(timer, diary, first_timer);
    pal_loop_stop(&book->loop.loop);
    pal_loop_post(&book->loop.loop, &book->second_post);
    diary_write(book, 'a');
}

static void stop_ends_the_run_after_the_pass_and_it_may_run_again(void **state) {
    (void)state;
    static diary book;
    book = (diary){.first_timer = {.expired = stopping_timer_expired},
                   .second_timer = {.expired = second_timer_expired},
                   .second_post = {.run = second_post_run}};
    test_loop_open(&book.loop);
    for (uint64_t round = 1; round <= 3; round++) {
        book.length = 0;
        memset(book.text, 0, sizeof book.text);
        pal_timer_start(&book.loop.loop, &book.first_timer, 0);
        pal_timer_start(&book.loop.loop, &book.second_timer, 0);
        pal_loop_run(&book.loop.loop);
        assert_string_equal(book.text, "abe");
    }
    test_loop_close(&book.loop);
}

static void stop_before_the_run_ends_it_and_only_it(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_loop_stop(&loop.loop);
    pal_loop_run(&loop.loop); /* returns: nothing else would end it */
    test_loop_passes(&loop, 3);
    test_loop_close(&loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_of_many_threads_run_once_each_and_in_order),
        cmocka_unit_test(a_post_wakes_a_loop_that_waits),
        cmocka_unit_test(a_post_of_the_loops_own_runs_at_the_end_of_the_pass),
        cmocka_unit_test(a_post_may_be_freed_from_the_moment_it_runs),
        cmocka_unit_test(stop_ends_the_run_after_the_pass_and_it_may_run_again),
        cmocka_unit_test(stop_before_the_run_ends_it_and_only_it),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
