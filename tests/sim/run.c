/* A run: the server on its threads, the clients on this one, and what must hold between them. */
#include "sim/run.h"

#include "pal/clock.h"
#include "pal/container.h"
#include "pal/thread.h"
#include "support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PATIENCE_NS (24 * 3600 * PAL_SECOND_NS) /* of virtual time: with every fault at once, bytes may come one by one */
#define DRAIN_NS (2 * PAL_SECOND_NS)
#define DRAIN_GRACE_NS PAL_SECOND_NS      /* for what the system still does after a close */
#define STOP_NS (30 * PAL_MILLISECOND_NS) /* in which a server may be stopped early */
#define PORTS 65536

/* Faults that end conversations early. The others only slow them down. */
#define BREAKING_FAULTS (1u << PAL_SIM_RESETS | 1u << PAL_SIM_REFUSALS | 1u << PAL_SIM_TIMEOUTS | 1u << PAL_SIM_MEMORY)

void sim_fail(sim_run *run, const char *text, uint64_t number) {
    pal_sim_note(text, number, 0);
    if (run->failure[0] == '\0')
        snprintf(run->failure, sizeof run->failure, "%s %" PRIu64, text, number);
}

/* -- what the server reports; one thread at a time runs, so nothing here needs a lock -- */

static void server_accepted(sim_run *run, uint16_t port) {
    uint64_t limit = run->server_settings.max_connections;
    if (run->is_serving[port])
        sim_fail(run, "a conversation began twice, from port", port);
    run->is_serving[port] = true;
    run->accepted_count++;
    if (++run->serving_count > limit && limit > 0)
        sim_fail(run, "more conversations at once than allowed:", run->serving_count);
}

static void server_closed(sim_run *run, uint16_t port, lm_cause cause) {
    if (!run->is_serving[port])
        sim_fail(run, "a conversation ended twice, or without a beginning, from port", port);
    run->is_serving[port] = false;
    run->serving_count--;
    run->ended_count++;
    /* A client that leaves may leave half a message, or be noticed only when the server stops. */
    if (!run->may_break && (cause == LM_CAUSE_TOO_LONG || cause == LM_CAUSE_IDLE || cause == LM_CAUSE_NO_MEMORY))
        sim_fail(run, "a conversation ended for a reason that nothing gave:", (uint64_t)cause);
}

static void on_event(void *context, const lm_event *event) {
    sim_run *run = context;
    uint16_t port = event->peer != NULL ? event->peer->port : 0;
    pal_sim_note("event", (uint64_t)event->kind, port);
    switch (event->kind) {
    case LM_EVENT_ACCEPTED:
        server_accepted(run, port);
        break;
    case LM_EVENT_MESSAGE:
        if (!run->is_serving[port])
            sim_fail(run, "a message came outside of any conversation, from port", port);
        break;
    case LM_EVENT_CLOSED:
        server_closed(run, port, event->cause);
        break;
    case LM_EVENT_TURNED_AWAY:
        if (run->server_settings.max_connections == 0)
            sim_fail(run, "somebody was turned away without a limit, at port", port);
        break;
    case LM_EVENT_ACCEPT_FAILED:
        break;
    }
}

static void serve(void *context) {
    sim_run *run = context;
    lm_server_run(run->server);
    run->stopped_ns = pal_clock_now_ns();
}

static void run_stop(sim_run *run) {
    if (run->stop_ns == 0)
        run->stop_ns = pal_clock_now_ns();
    lm_server_stop(run->server);
}

static void stop_expired(pal_timer *timer) {
    run_stop(PAL_CONTAINER_OF(timer, sim_run, stop));
}

/* -- the run -- */

static void settings_draw(sim_run *run) {
    lm_server_settings *settings = &run->server_settings;
    *settings = lm_server_defaults();
    settings->conversation.framing = (lm_framing_kind)test_random_below(&run->random, LM_FRAMING_COUNT);
    settings->addresses = run->addresses;
    settings->address_count = 1 + (size_t)test_random_below(&run->random, SIM_BOUND_MAX);
    settings->event = on_event;
    settings->context = run;
    settings->threads = 1 + (unsigned)test_random_below(&run->random, 3);
    settings->drain_ns = DRAIN_NS;
    if (test_random_below(&run->random, 6) == 0)
        settings->delay_ns = 1 + test_random_below(&run->random, 10 * PAL_MILLISECOND_NS);
    if (test_random_below(&run->random, 6) == 0)
        settings->backlog = 1 + (unsigned)test_random_below(&run->random, 8);
    if (test_random_below(&run->random, 6) == 0)
        settings->max_connections = 1 + test_random_below(&run->random, run->settings.conversations);
    if (test_random_below(&run->random, 6) == 0)
        settings->idle_timeout_ns = PAL_MILLISECOND_NS + test_random_below(&run->random, 2 * PAL_SECOND_NS);
    run->stops_early = test_random_below(&run->random, 6) == 0;
    run->may_break = run->stops_early || (run->settings.faults & BREAKING_FAULTS) != 0 || settings->max_connections > 0 ||
                     settings->idle_timeout_ns > 0 || settings->backlog > 0;
}

void sim_run_client_gone(sim_run *run) {
    if (++run->gone_count == run->guest_count)
        pal_loop_stop(&run->loop);
}

static void patience_expired(pal_timer *timer) {
    sim_run *run = PAL_CONTAINER_OF(timer, sim_run, patience);
    sim_fail(run, "conversations are stuck:", run->guest_count - run->gone_count);
    for (uint32_t i = 0; i < run->settings.conversations; i++)
        sim_client_end(&run->clients[i]);
}

static void run_converse(sim_run *run) {
    run->guest_count = run->settings.conversations + (run->stops_early ? 1 : 0);
    for (uint32_t i = 0; i < run->settings.conversations; i++)
        sim_client_begin(&run->clients[i], run, i);
    pal_timer_start(&run->loop, &run->patience, pal_clock_now_ns() + PATIENCE_NS);
    if (run->stops_early) {
        pal_timer_start(&run->loop, &run->stop, pal_clock_now_ns() + test_random_below(&run->random, STOP_NS));
        sim_mute_begin(&run->mute, run);
    }
    pal_loop_run(&run->loop);
    pal_timer_stop(&run->loop, &run->patience);
    pal_timer_stop(&run->loop, &run->stop);
}

static void run_stop_server(sim_run *run, pal_thread *thread) {
    run_stop(run);
    pal_thread_join(thread);
    uint64_t drain_ns = run->stopped_ns - run->stop_ns;
    if (drain_ns > DRAIN_NS + DRAIN_GRACE_NS)
        sim_fail(run, "the server took too long to stop, in ms:", drain_ns / PAL_MILLISECOND_NS);
    lm_server_close(run->server);
    if (run->serving_count > 0)
        sim_fail(run, "conversations never ended for the server:", run->serving_count);
}

/* If memory runs out, the server may not start. Then no client comes, and nothing of the server may be left. */
static void run_serve(sim_run *run) {
    pal_sim_set_faults(run->settings.faults);
    pal_error error = lm_server_open(&run->server, &run->server_settings, NULL);
    if (error.status != PAL_OK) {
        pal_sim_set_faults(PAL_SIM_NO_FAULTS);
        if (error.status != PAL_NO_MEMORY || (run->settings.faults & 1u << PAL_SIM_MEMORY) == 0)
            sim_fail(run, "the server could not be opened:", (uint64_t)error.status);
        return;
    }
    run->bound_count = (uint32_t)lm_server_addresses(run->server, run->bound, SIM_BOUND_MAX);
    pal_sim_set_faults(run->settings.faults & ~(1u << PAL_SIM_MEMORY));
    pal_thread thread;
    error = pal_thread_start(&thread, serve, run);
    pal_sim_set_faults(run->settings.faults);
    if (error.status == PAL_OK) {
        run_converse(run);
        if (!run->stops_early && test_random_below(&run->random, 3) == 0)
            sim_load(run);
    } else {
        sim_fail(run, "the server's thread could not be started:", (uint64_t)error.status);
    }
    run_stop_server(run, &thread);
    pal_sim_set_faults(PAL_SIM_NO_FAULTS);
}

static void totals_add(sim_totals *totals, const sim_run *run, const pal_sim_report *report) {
    totals->runs++;
    totals->failures += run->failure[0] != '\0';
    totals->conversations += run->guest_count;
    totals->events += report->events;
    totals->switches += report->switches;
    totals->digest = (totals->digest ^ report->digest) * UINT64_C(0x100000001b3);
    totals->virtual_ns += report->passed_ns;
    for (size_t i = 0; i < PAL_SIM_FAULT_COUNT; i++)
        totals->injected[i] += report->injected[i];
}

bool sim_run_once(const sim_settings *settings, sim_totals *totals) {
    sim_run *run = calloc(1, sizeof *run);
    bool *is_serving = calloc(PORTS, sizeof *is_serving);
    sim_client *clients = calloc(settings->conversations, sizeof *clients);
    bool is_sound = false;
    if (run != NULL && is_serving != NULL && clients != NULL) {
        *run = (sim_run){
            .settings = *settings, .random = settings->seed, .is_serving = is_serving, .clients = clients, .totals = totals};
        run->patience.expired = patience_expired;
        run->stop.expired = stop_expired;
        pal_sim_open(settings->seed, PAL_SIM_NO_FAULTS, settings->prints_log);
        settings_draw(run);
        if (!pal_address_parse("127.0.0.1", 0, &run->addresses[0]) || !pal_address_parse("::1", 0, &run->addresses[1]) ||
            pal_loop_open(&run->loop).status != PAL_OK) {
            sim_fail(run, "no loop for the clients", 0);
        } else {
            sim_hole_open(&run->hole, run);
            run_serve(run);
            sim_hole_close(&run->hole);
            pal_loop_close(&run->loop);
        }
        pal_sim_report report = pal_sim_report_now();
        if (!pal_sim_is_balanced(&report)) {
            sim_fail(run, "something was left open or in memory; blocks:", report.blocks);
            fprintf(stderr,
                    "left: %" PRIu64 " sockets, %" PRIu64 " listeners, %" PRIu64 " loops, %" PRIu64 " posts, %" PRIu64 " blocks\n",
                    report.sockets, report.listeners, report.loops, report.dropped_posts, report.blocks);
        }
        report = pal_sim_close();
        totals_add(totals, run, &report);
        is_sound = run->failure[0] == '\0';
        if (!is_sound)
            fprintf(stderr, "seed %" PRIu64 ", %" PRIu32 " conversations, %s: %s\n", settings->seed, settings->conversations,
                    lm_framing_name(run->server_settings.conversation.framing), run->failure);
    }
    free(run);
    free(is_serving);
    free(clients);
    return is_sound;
}
