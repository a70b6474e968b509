#include "bench/run.h"

#include "bench/failure.h"
#include "bench/progress.h"
#include "command_line/exit_codes.h"
#include "loopmsg/endpoint.h"
#include "network/interrupt.h"
#include "output/append.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/console.h"
#include "pal/system.h"
#include "pal/thread.h"

#include <assert.h>

#define DESCRIPTORS_PER_WORKER 4 /* the loop's own */
#define DESCRIPTORS_BESIDES 32   /* standard streams, files, what the system's libraries open */

/* Shared by the interrupt thread and the main thread. Static, because the interrupt thread lives as long as the process. */
typedef struct bench_interrupt {
    pal_mutex mutex;
    lm_load *loads[BENCH_SERVERS_MAX]; /* NULL while not open */
} bench_interrupt;

static bench_interrupt interrupt;

typedef struct bench_side {
    bench_server *server;
    lm_load *load; /* NULL until it is open */
    bench_progress progress;
    bool keeps_slices;
    pal_address addresses[LM_ADDRESSES_MAX];
    size_t address_count;
} bench_side;

typedef struct bench {
    bench_report *report;
    lm_buffer *failures;
    bench_side sides[BENCH_SERVERS_MAX];
    size_t side_count;
    lm_load_result turn; /* the last one of a comparison */
} bench;

/* Static, because the histograms of a turn are large. */
static bench benching;

/* Ends the run; the report follows. */
static void bench_interrupted(void) {
    pal_mutex_lock(&interrupt.mutex);
    for (size_t i = 0; i < BENCH_SERVERS_MAX; i++) {
        if (interrupt.loads[i] != NULL)
            lm_load_stop(interrupt.loads[i]);
    }
    pal_mutex_unlock(&interrupt.mutex);
}

/* Lets an interrupt stop LOAD, and stops it if there was one already. Call with NULL before closing the load. */
static void interrupt_set_load(size_t number, lm_load *load) {
    pal_mutex_lock(&interrupt.mutex);
    interrupt.loads[number] = load;
    if (load != NULL && interrupt_has_come())
        lm_load_stop(load);
    pal_mutex_unlock(&interrupt.mutex);
}

static void failure_add(bench *self, int code, const char *const *parts) {
    lm_buffer sentence = {0};
    text_append_all(&sentence, parts);
    bench_failure_add(self->report, self->failures, code, &sentence);
    lm_buffer_free(&sentence);
}

/* --- before the run ----------------------------------------------------------------------------------------------------------- */

static bool interrupts_watch(bench *self) {
    pal_mutex_open(&interrupt.mutex);
    pal_error error = interrupt_watch_source(pal_interrupt_watch, bench_interrupted);
    if (error.status == PAL_OK)
        return true;
    failure_add(self, EXIT_FAILED, TEXTS(INTERRUPT_FAILURE, error_text(error)));
    return false;
}

/* Whether the system allows this number of open files. */
static bool descriptors_check(bench *self) {
    const bench_plan *plan = &self->report->plan;
    uint64_t limit = pal_system_raise_descriptor_limit();
    uint64_t connections = plan->load.connections * self->side_count;
    uint64_t needed = connections + plan->load.workers * self->side_count * DESCRIPTORS_PER_WORKER + DESCRIPTORS_BESIDES;
    if (needed <= limit)
        return true;
    failure_add(self, EXIT_FAILED,
                TEXTS(number_text(connections), " connections need about ", number_text(needed),
                      " open files, but the system allows this process only ", number_text(limit),
                      "; raise that limit (ulimit -n), or lower --connections"));
    return false;
}

/* Parses the targets and looks them up. */
static bool targets_find(bench *self, const bench_run_settings *settings) {
    for (size_t i = 0; i < self->side_count; i++) {
        bench_side *side = &self->sides[i];
        lm_buffer sentence = {0};
        int code = target_look_up(settings->targets[i], TARGET_CONNECT, settings->families, side->addresses, &side->address_count,
                                  &sentence);
        if (code != EXIT_DONE)
            bench_failure_add(self->report, self->failures, code, &sentence);
        lm_buffer_free(&sentence);
        if (code != EXIT_DONE)
            return false;
    }
    return true;
}

static void slice_ended(void *context, const lm_load_slice *slice) {
    bench_side *side = context;
    bench_server *server = side->server;
    bool is_kept = side->keeps_slices && side->progress.stage == BENCH_MEASURING;
    if (is_kept && server->slice_count < server->slice_capacity)
        server->slices[server->slice_count++] = *slice;
    bench_progress_slice(&side->progress, slice);
}

static bool loads_open(bench *self) {
    for (size_t i = 0; i < self->side_count; i++) {
        bench_side *side = &self->sides[i];
        lm_load_settings settings = self->report->plan.load;
        settings.addresses = side->addresses;
        settings.address_count = side->address_count;
        lm_load_handler handler = {.slice = slice_ended, .context = side};
        pal_error error = lm_load_open(&side->load, &settings, &handler);
        if (error.status != PAL_OK) {
            side->load = NULL;
            lm_buffer sentence = {0};
            loop_error_append(&sentence, "cannot start the connections", error);
            bench_failure_add(self->report, self->failures, EXIT_FAILED, &sentence);
            lm_buffer_free(&sentence);
            return false;
        }
        self->report->poller = lm_load_poller(side->load);
        interrupt_set_load(i, side->load);
    }
    return true;
}

static void loads_close(bench *self) {
    for (size_t i = 0; i < self->side_count; i++) {
        interrupt_set_load(i, NULL);
        if (self->sides[i].load != NULL)
            lm_load_close(self->sides[i].load);
        self->sides[i].load = NULL;
    }
}

/* --- the run ------------------------------------------------------------------------------------------------------------------ */

static void stage_begin(bench_side *side, bench_stage stage) {
    side->progress.stage = stage;
    side->progress.before_ns = 0;
    side->progress.answered = 0;
    side->progress.errors = 0;
}

/* Removes the bar. Call it before printing anything else. */
static void progress_end(bench *self) {
    for (size_t i = 0; i < self->side_count; i++)
        bench_progress_end(&self->sides[i].progress);
}

/* If no connection opens, the run ends here. */
static bool connect_all(bench *self) {
    for (size_t i = 0; i < self->side_count; i++) {
        bench_side *side = &self->sides[i];
        stage_begin(side, BENCH_CONNECTING);
        lm_load_connect(side->load, &side->server->connecting);
        if (interrupt_has_come())
            return false;
        if (lm_load_connections_open(side->load) == 0) {
            progress_end(self);
            bench_failure_report(self->report, self->failures, side->server, &side->server->connecting);
            return false;
        }
    }
    return true;
}

/* If no message is answered, the run ends here. */
static bool warm_up_all(bench *self) {
    for (size_t i = 0; i < self->side_count && self->report->plan.warmup_ns > 0; i++) {
        bench_side *side = &self->sides[i];
        lm_load_result *warmup = &side->server->warmup;
        stage_begin(side, BENCH_WARMUP);
        lm_load_measure(side->load, self->report->plan.warmup_ns, 0, warmup);
        if (interrupt_has_come())
            return false;
        if (warmup->answered == 0 && lm_load_errors(warmup) > 0) {
            progress_end(self);
            bench_failure_report(self->report, self->failures, side->server, warmup);
            return false;
        }
    }
    return true;
}

/* Adds one turn of a comparison. Turns follow each other, so their times add up. */
static void turn_add(bench_side *side, const lm_load_result *turn) {
    bench_server *server = side->server;
    uint64_t before_ns = server->measured.elapsed_ns;
    if (server->slice_count < server->slice_capacity) {
        server->slices[server->slice_count++] = (lm_load_slice){
            .begin_ns = before_ns,
            .length_ns = turn->elapsed_ns,
            .answered = turn->answered,
            .errors = lm_load_errors(turn),
            .open = lm_load_connections_open(side->load),
            .p50_ns = lm_histogram_quantile_ns(&turn->response, 0.5),
            .p99_ns = lm_histogram_quantile_ns(&turn->response, 0.99),
            .max_ns = turn->response.max_ns,
        };
    }
    if (before_ns == 0)
        server->measured = *turn;
    else
        lm_load_result_add(&server->measured, turn);
    server->measured.elapsed_ns = before_ns + turn->elapsed_ns;
    side->progress.before_ns = server->measured.elapsed_ns;
}

static void measure_in_turns(bench *self) {
    const bench_plan *plan = &self->report->plan;
    uint64_t turns = plan->duration_ns / plan->load.interval_ns;
    assert(turns >= 2);
    uint64_t turn_ns = plan->duration_ns / turns;
    for (size_t i = 0; i < self->side_count; i++)
        stage_begin(&self->sides[i], BENCH_MEASURING);
    for (uint64_t turn = 0; turn < turns; turn++) {
        for (size_t i = 0; i < self->side_count; i++) {
            if (interrupt_has_come())
                return;
            lm_load_measure(self->sides[i].load, turn_ns, 0, &self->turn);
            turn_add(&self->sides[i], &self->turn);
        }
    }
}

static void measure_all(bench *self) {
    const bench_plan *plan = &self->report->plan;
    bench_side *side = &self->sides[0];
    if (self->side_count > 1) {
        measure_in_turns(self);
    } else {
        stage_begin(side, BENCH_MEASURING);
        lm_load_measure(side->load, plan->duration_ns, plan->messages, &side->server->measured);
    }
    progress_end(self);
    for (size_t i = 0; i < self->side_count && !interrupt_has_come(); i++) {
        bench_server *server = self->sides[i].server;
        if (server->measured.answered == 0)
            bench_failure_report(self->report, self->failures, server, &server->measured);
    }
}

static void run_phases(bench *self) {
    if (!loads_open(self))
        return;
    if (connect_all(self) && warm_up_all(self))
        measure_all(self);
    progress_end(self);
    self->report->is_interrupted = interrupt_has_come();
    for (size_t i = 0; i < self->side_count; i++)
        bench_wrong_report(self->report, self->failures, self->sides[i].server);
}

bool bench_run(bench_report *report, const bench_run_settings *settings, lm_buffer *failures) {
    assert(report->server_count >= 1 && report->server_count <= BENCH_SERVERS_MAX);
    bench *self = &benching;
    assert(self->report == NULL); /* one run per process; too large to assign from a copy on the stack */
    self->report = report;
    self->failures = failures;
    self->side_count = report->server_count;
    report->failure = "";
    report->poller = "";
    report->exit_code = EXIT_DONE;
    for (size_t i = 0; i < self->side_count; i++) {
        bench_side *side = &self->sides[i];
        side->server = report->servers[i];
        side->server->address = settings->targets[i];
        side->keeps_slices = self->side_count == 1;
        side->progress = (bench_progress){.has_bar = settings->has_bar,
                                          .has_lines = settings->has_lines,
                                          .plan = &report->plan,
                                          .address = settings->targets[i],
                                          .names_address = self->side_count > 1};
    }
    if (interrupts_watch(self) && descriptors_check(self) && targets_find(self, settings))
        run_phases(self);
    loads_close(self);
    if (report->is_interrupted && report->exit_code == EXIT_DONE)
        report->exit_code = EXIT_INTERRUPTED;
    return report->exit_code != EXIT_USAGE;
}
