/* Rounds of probes, and what is printed after each. */
#include "probe/rounds.h"

#include "command_line/exit_codes.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/container.h"
#include "probe/output.h"

#include <stdlib.h>

#define INTERVAL_NS PAL_SECOND_NS
#define WAIT_INTERVAL_NS (200 * PAL_MILLISECOND_NS)

typedef struct probe_target {
    probe probe;
    probe_result reported; /* with --wait, the result last printed */
    bool is_done;          /* with --wait, it is up */
    int exit_code;         /* of its first failed probe; with --wait, of the last probe */
    uint64_t up_count;
} probe_target;

typedef struct probe_rounds {
    const probe_schedule *schedule;
    probe_target *targets;
    size_t target_count;
    size_t under_way;
    pal_loop loop;
    pal_timer pause;
    uint64_t interval_ns;
    uint64_t begin_ns, deadline_ns; /* UINT64_MAX without --wait */
    lm_buffer output;
    bool has_failed; /* to write */
} probe_rounds;

/* -- printing -- */

static void rounds_write(probe_rounds *rounds) {
    if (!rounds->has_failed && !output_write(&rounds->output))
        rounds->has_failed = true;
    lm_buffer_clear(&rounds->output);
}

/* Prints the verdict: up on standard output, anything else as an error. */
static void verdict_report(probe_rounds *rounds, const probe *self) {
    if (self->result == PROBE_UP) {
        if (rounds->schedule->has_json)
            return;
        probe_verdict_append(&rounds->output, self);
        lm_buffer_append_text(&rounds->output, "\n");
        rounds_write(rounds);
        return;
    }
    lm_buffer verdict = {0};
    probe_verdict_append(&verdict, self);
    error_sentence(&verdict);
    lm_buffer_free(&verdict);
}

/* Prints that a target is down and will be probed again, once for each result. */
static void wait_report(probe_target *target) {
    if (target->reported == target->probe.result)
        return;
    target->reported = target->probe.result;
    notice_line(target->probe.target, ": ", probe_result_name(target->reported), "; waiting for it");
}

static bool rounds_go_on(const probe_rounds *rounds, uint64_t number) {
    if (rounds->schedule->wait_ns > 0)
        return pal_clock_now_ns() + rounds->interval_ns < rounds->deadline_ns;
    return number < rounds->schedule->count;
}

static void target_report(probe_rounds *rounds, const probe_target *target) {
    if (rounds->schedule->count == 1 && !rounds->schedule->has_json) {
        probe_phases_append(&rounds->output, &target->probe);
        rounds_write(rounds);
    }
    verdict_report(rounds, &target->probe);
}

/* Takes note of a probe that is over. */
static void target_end(probe_rounds *rounds, probe_target *target) {
    bool is_waiting = rounds->schedule->wait_ns > 0;
    int code = target->probe.exit_code;
    if (target->exit_code == EXIT_DONE || is_waiting)
        target->exit_code = code;
    target->up_count += code == EXIT_DONE;
    target->is_done = is_waiting && code == EXIT_DONE;
    if (rounds->schedule->has_json) {
        probe_json_append(&rounds->output, &target->probe);
        rounds_write(rounds);
    }
    if (!is_waiting || target->is_done)
        target_report(rounds, target);
}

static void probe_ended(probe *self) {
    probe_rounds *rounds = self->owner;
    target_end(rounds, PAL_CONTAINER_OF(self, probe_target, probe));
    if (--rounds->under_way == 0)
        pal_loop_stop(&rounds->loop);
}

/* -- rounds -- */

/* Looks up every target that is not done. If one is not an address, reports it and returns false. */
static bool round_resolve(probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe *self = &rounds->targets[i].probe;
        if (rounds->targets[i].is_done || probe_resolve(self) || self->exit_code != EXIT_USAGE)
            continue;
        error_sentence(&self->sentence);
        return false;
    }
    return true;
}

static void round_run(probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe_target *target = &rounds->targets[i];
        if (target->is_done)
            continue;
        if (target->probe.exit_code != EXIT_DONE) {
            target_end(rounds, target);
            continue;
        }
        rounds->under_way++;
        probe_start(&target->probe);
    }
    if (rounds->under_way > 0)
        pal_loop_run(&rounds->loop);
}

/* At the end of a round, reports the targets that are not up. */
static void round_report_waiting(probe_rounds *rounds, bool is_last) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe_target *target = &rounds->targets[i];
        if (!target->is_done && is_last)
            target_report(rounds, target);
        else if (!target->is_done)
            wait_report(target);
    }
}

static void pause_expired(pal_timer *timer) {
    probe_rounds *rounds = PAL_CONTAINER_OF(timer, probe_rounds, pause);
    pal_loop_stop(&rounds->loop);
}

/* Rounds start at multiples of the interval, or immediately if one took longer. */
static void round_pause(probe_rounds *rounds, uint64_t number) {
    uint64_t next_ns = rounds->begin_ns + number * rounds->interval_ns;
    if (rounds->schedule->wait_ns > 0) /* gives a server that is down that time to start */
        next_ns = pal_clock_now_ns() + rounds->interval_ns;
    pal_timer_start(&rounds->loop, &rounds->pause, next_ns);
    pal_loop_run(&rounds->loop);
}

static bool rounds_are_done(const probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        if (!rounds->targets[i].is_done)
            return false;
    }
    return true;
}

static void summary_print(probe_rounds *rounds) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        const probe_target *target = &rounds->targets[i];
        line_append(&rounds->output, target->probe.target, ": up in ", number_text(target->up_count), " of ",
                    number_text(rounds->schedule->count), " probes");
    }
    rounds_write(rounds);
}

/* Runs every round, and returns the exit code of the first target that failed. */
static int rounds_run(probe_rounds *rounds) {
    rounds->begin_ns = pal_clock_now_ns();
    rounds->deadline_ns = rounds->schedule->wait_ns > 0 ? rounds->begin_ns + rounds->schedule->wait_ns : UINT64_MAX;
    for (size_t i = 0; i < rounds->target_count; i++)
        rounds->targets[i].probe.deadline_ns = rounds->deadline_ns;
    for (uint64_t number = 1;; number++) {
        if (!round_resolve(rounds))
            return EXIT_USAGE;
        round_run(rounds);
        bool is_last = rounds->has_failed || rounds_are_done(rounds) || !rounds_go_on(rounds, number);
        if (rounds->schedule->wait_ns > 0)
            round_report_waiting(rounds, is_last);
        if (is_last)
            break;
        round_pause(rounds, number);
    }
    if (rounds->schedule->count > 1 && !rounds->schedule->has_json)
        summary_print(rounds);
    if (rounds->has_failed)
        return EXIT_FAILED;
    for (size_t i = 0; i < rounds->target_count; i++) {
        if (rounds->targets[i].exit_code != EXIT_DONE)
            return rounds->targets[i].exit_code;
    }
    return EXIT_DONE;
}

static int targets_probe(probe_rounds *rounds, const probe_plan *plan, char *const *targets) {
    for (size_t i = 0; i < rounds->target_count; i++) {
        probe *self = &rounds->targets[i].probe;
        self->loop = &rounds->loop;
        self->plan = plan;
        self->target = targets[i];
        self->ended = probe_ended;
        self->owner = rounds;
    }
    pal_error error = pal_loop_open(&rounds->loop);
    if (error.status != PAL_OK) {
        loop_error_line(error);
        return EXIT_FAILED;
    }
    int code = rounds_run(rounds);
    pal_loop_close(&rounds->loop);
    for (size_t i = 0; i < rounds->target_count; i++)
        probe_free(&rounds->targets[i].probe);
    return code;
}

int probe_rounds_run(const probe_plan *plan, const probe_schedule *schedule, char *const *targets, size_t count) {
    probe_rounds rounds = {.schedule = schedule, .target_count = count, .pause.expired = pause_expired};
    rounds.interval_ns = schedule->wait_ns > 0 ? WAIT_INTERVAL_NS : INTERVAL_NS;
    if (schedule->interval_ns > 0)
        rounds.interval_ns = schedule->interval_ns;
    rounds.targets = calloc(count, sizeof *rounds.targets);
    if (rounds.targets == NULL) {
        error_line("out of memory");
        return EXIT_FAILED;
    }
    int code = targets_probe(&rounds, plan, targets);
    free(rounds.targets);
    lm_buffer_free(&rounds.output);
    return code;
}
