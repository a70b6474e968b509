/* What the simulation adds to the contract of pal/: the same run for the same seed, time that costs nothing, and faults, under
 * which the contract still holds. */
#include "pal/clock.h"
#include "pal/container.h"
#include "pal/sim.h"
#include "pal/thread.h"
#include "support/pair.h"
#include "support/random.h"
#include "support/stream.h"

#include <string.h>

#define VISITORS 12
#define TALK_SIZE 3000u
#define SEEDS_MAX 64 /* in which each fault must strike once */

/* Visitors that send something to an echo, receive it back, and may fail at any point: whatever happens, each of them ends. */
typedef struct meeting {
    test_loop loop; /* the visitors' */
    test_loop server_loop;
    pal_thread thread;
    test_listener listener;
    pal_timer resume;
    test_stream visitors[VISITORS], servers[VISITORS];
    uint64_t accepted_count, served_count, gone_count, right_count;
    pal_post end_post;
    uint64_t end_count;
    uint8_t talk[TALK_SIZE];
} meeting;

static void server_closed(test_stream *stream) {
    ((meeting *)stream->context)->served_count++;
}

static void server_accepted(test_listener *listener, pal_socket socket, const pal_address *peer) {
    (void)peer;
    meeting *all = listener->context;
    test_stream *server = &all->servers[all->accepted_count++];
    test_stream_init(server, listener->loop);
    server->context = all;
    server->on_closed = server_closed;
    if (test_stream_open(server, socket).status == PAL_OK)
        test_stream_serve(server);
    else
        all->served_count++;
}

static void resume_expired(pal_timer *timer) {
    meeting *all = PAL_CONTAINER_OF(timer, meeting, resume);
    test_listener_resume(&all->listener);
    pal_timer_start(&all->server_loop.loop, timer, pal_loop_now_ns(&all->server_loop.loop) + 100 * PAL_MILLISECOND_NS);
}

static void visitor_says(test_stream *stream) {
    meeting *all = stream->context;
    test_stream_send(stream, all->talk, TALK_SIZE);
}

static void visitor_connected(test_stream *stream) {
    if (stream->is_closing)
        return;
    if (stream->connected_error.status != PAL_OK) {
        test_stream_close(stream);
        return;
    }
    test_stream_receive(stream);
    visitor_says(stream);
}

static void visitor_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    meeting *all = stream->context;
    if (stream->is_closing)
        return;
    all->right_count += stream->received_bytes == TALK_SIZE;
    if (size == 0 || stream->received_bytes >= TALK_SIZE)
        test_stream_close(stream);
    else
        test_stream_receive(stream);
}

static void visitor_sent(test_stream *stream) {
    if (stream->sent_error.status != PAL_OK && !stream->is_closing)
        test_stream_close(stream);
}

static void visitor_closed(test_stream *stream) {
    ((meeting *)stream->context)->gone_count++;
}

static void end_run(pal_post *post) {
    meeting *all = PAL_CONTAINER_OF(post, meeting, end_post);
    test_callback_begin(&all->server_loop);
    all->end_count++;
    test_callback_end(&all->server_loop);
}

/* Without a deadline: faults may take hours, and the simulation itself reports when nothing more will happen. */
static void run_until(test_loop *loop, const uint64_t *counter, uint64_t target) {
    loop->counter = counter;
    loop->target = target;
    if (*counter < target && loop->failure[0] == '\0')
        pal_loop_run(&loop->loop);
    loop->counter = NULL;
}

static void serve(void *context) {
    meeting *all = context;
    run_until(&all->server_loop, &all->end_count, 1);
    run_until(&all->server_loop, &all->served_count, all->accepted_count);
}

static void meeting_visit(meeting *all) {
    pal_address address = pal_listener_address(&all->listener.listener);
    for (size_t i = 0; i < VISITORS; i++) {
        test_stream *visitor = &all->visitors[i];
        test_stream_init(visitor, &all->loop);
        visitor->context = all;
        test_stream_expect_pattern(visitor, 7);
        visitor->on_connected = visitor_connected;
        visitor->on_received = visitor_received;
        visitor->on_sent = visitor_sent;
        visitor->on_closed = visitor_closed;
        if (test_stream_connect(visitor, &address).status != PAL_OK)
            all->gone_count++;
    }
    run_until(&all->loop, &all->gone_count, VISITORS);
}

/* A meeting under a seed, with faults from the moment when everything is ready. */
static pal_sim_report meet(uint64_t seed, uint32_t faults, meeting *all) {
    pal_sim_open(seed, PAL_SIM_NO_FAULTS, false);
    memset(all, 0, sizeof *all);
    all->resume.expired = resume_expired;
    all->end_post.run = end_run;
    test_pattern_fill(7, 0, all->talk, TALK_SIZE);
    test_loop_open(&all->loop);
    test_loop_open(&all->server_loop);
    assert_ok(test_listener_open(&all->listener, &all->server_loop, "127.0.0.1", 0, 4));
    all->listener.on_accepted = server_accepted;
    all->listener.context = all;
    pal_timer_start(&all->server_loop.loop, &all->resume, 0);
    assert_ok(pal_thread_start(&all->thread, serve, all));

    pal_sim_set_faults(faults);
    meeting_visit(all);
    pal_sim_set_faults(PAL_SIM_NO_FAULTS);

    pal_loop_post(&all->server_loop.loop, &all->end_post);
    pal_thread_join(&all->thread);
    pal_timer_stop(&all->server_loop.loop, &all->resume);
    test_listener_close_wait(&all->listener);
    test_loop_close(&all->loop);
    test_loop_close(&all->server_loop);
    pal_sim_report report = pal_sim_close();
    assert_int_equal(all->gone_count, VISITORS);
    assert_int_equal(all->served_count, all->accepted_count);
    assert_true(pal_sim_is_balanced(&report));
    return report;
}

static meeting shared;

static void the_same_seed_gives_the_same_run(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint32_t faults = seed % 2 == 0 ? PAL_SIM_ALL_FAULTS : PAL_SIM_NO_FAULTS;
        pal_sim_report first = meet(seed, faults, &shared);
        pal_sim_report second = meet(seed, faults, &shared);
        assert_memory_equal(&first, &second, sizeof first);
        assert_true(first.events > VISITORS);
    }
}

static void another_seed_gives_another_run(void **state) {
    (void)state;
    pal_sim_report first = meet(1, PAL_SIM_NO_FAULTS, &shared);
    pal_sim_report second = meet(2, PAL_SIM_NO_FAULTS, &shared);
    assert_true(first.digest != second.digest);
}

static void without_faults_all_goes_well(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        pal_sim_report report = meet(seed, PAL_SIM_NO_FAULTS, &shared);
        assert_int_equal(shared.right_count, VISITORS);
        for (size_t i = 0; i < PAL_SIM_FAULT_COUNT; i++)
            assert_int_equal(report.injected[i], 0);
    }
}

/* The recording streams hold each run to the contract: one answer a request, the right bytes, closed once and last. */
static void each_fault_strikes_and_the_contract_holds(void **state) {
    (void)state;
    const uint32_t harmless = 1u << PAL_SIM_SLICES | 1u << PAL_SIM_PARTS | 1u << PAL_SIM_BUFFERS | 1u << PAL_SIM_DELAYS |
                              1u << PAL_SIM_ACCEPTS | 1u << PAL_SIM_CANCELS;
    for (uint32_t fault = 0; fault < PAL_SIM_FAULT_COUNT; fault++) {
        uint64_t struck = 0, wrong = 0;
        for (uint64_t seed = 1; seed <= SEEDS_MAX; seed++) {
            pal_sim_report report = meet(seed, 1u << fault, &shared);
            struck += report.injected[fault];
            wrong += VISITORS - shared.right_count;
        }
        print_message("%s: struck %u times in %u meetings of %u, %u talks ended early\n", pal_sim_fault_name((pal_sim_fault)fault),
                      (unsigned)struck, SEEDS_MAX, VISITORS, (unsigned)wrong);
        assert_true(struck > 0);
        assert_true((wrong == 0) == ((harmless & 1u << fault) != 0));
    }
}

static void all_faults_together_leave_nothing_behind(void **state) {
    (void)state;
    uint64_t right_count = 0;
    for (uint64_t seed = 1; seed <= SEEDS_MAX; seed++) {
        meet(seed, PAL_SIM_ALL_FAULTS, &shared);
        right_count += shared.right_count;
    }
    assert_between(right_count, 1, SEEDS_MAX * VISITORS - 1);
}

static void timer_stops(pal_timer *timer) {
    (void)timer;
    shared.end_count++;
    pal_loop_stop(&shared.loop.loop);
}

/* A year that only its clock notices. */
static void waiting_costs_no_time(void **state) {
    (void)state;
    const uint64_t year_ns = UINT64_C(365) * 86400 * PAL_SECOND_NS;
    pal_sim_open(1, PAL_SIM_NO_FAULTS, false);
    test_loop_open(&shared.loop);
    pal_timer timer = {.expired = timer_stops};
    uint64_t begin_ns = pal_clock_now_ns();
    pal_timer_start(&shared.loop.loop, &timer, begin_ns + year_ns);
    shared.end_count = 0;
    pal_loop_run(&shared.loop.loop);
    assert_int_equal(shared.end_count, 1);
    assert_between(pal_clock_now_ns() - begin_ns, year_ns, year_ns + PAL_SECOND_NS);
    test_loop_close(&shared.loop);
    pal_sim_close();
}

static void what_is_left_open_is_counted(void **state) {
    (void)state;
    pal_sim_open(1, PAL_SIM_NO_FAULTS, false);
    test_loop loop;
    test_loop_open(&loop);
    test_pair pair;
    test_pair_open(&pair, &loop);
    test_listener listener;
    test_listener_start(&listener, &loop);
    pal_post post = {.run = end_run};
    pal_sim_report report = pal_sim_report_now();
    assert_int_equal(report.sockets, 2);
    assert_int_equal(report.listeners, 1);
    assert_int_equal(report.loops, 1);
    assert_false(pal_sim_is_balanced(&report));
    test_pair_close(&pair);
    test_listener_close_wait(&listener);
    pal_loop_post(&loop.loop, &post); /* nobody will run it */
    test_loop_close(&loop);
    report = pal_sim_close();
    assert_int_equal(report.sockets + report.listeners + report.loops + report.threads, 0);
    assert_int_equal(report.dropped_posts, 1);
    assert_false(pal_sim_is_balanced(&report));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_run),
        cmocka_unit_test(another_seed_gives_another_run),
        cmocka_unit_test(without_faults_all_goes_well),
        cmocka_unit_test(each_fault_strikes_and_the_contract_holds),
        cmocka_unit_test(all_faults_together_leave_nothing_behind),
        cmocka_unit_test(waiting_costs_no_time),
        cmocka_unit_test(what_is_left_open_is_counted),
    };
    return cmocka_run_group_tests_name("simulation", tests, NULL, NULL);
}
