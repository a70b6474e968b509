/* Opening and closing, the draws, the faults and the log. */
#include "network.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LOG_SIZE 1024  /* events that are kept to be printed after a failure */
#define FAULT_RARITY 9 /* a seed has a fault strike once in 2 to 1 << FAULT_RARITY chances */

static const char *const fault_names[] = {"slices",   "parts",    "buffers", "delays", "resets",
                                          "refusals", "timeouts", "accepts", "memory", "cancels"};
static_assert(sizeof fault_names / sizeof fault_names[0] == PAL_SIM_FAULT_COUNT, "every fault has a name");

typedef struct sim_event {
    uint64_t time_ns;
    const char *what;
    uint64_t number, value;
    unsigned thread;
} sim_event;

static struct {
    bool is_open;
    bool prints_log;
    uint32_t faults;
    uint64_t random;
    uint64_t rarity[PAL_SIM_FAULT_COUNT];
    pal_sim_report counts;
    sim_event log[LOG_SIZE]; /* the event number N at N modulo LOG_SIZE */
} simulation;

const char *pal_sim_fault_name(pal_sim_fault fault) {
    return (size_t)fault < PAL_SIM_FAULT_COUNT ? fault_names[fault] : NULL;
}

/* splitmix64 (Steele, Lea, Flood 2014): any seed is a good one. */
static uint64_t draw_next(void) {
    simulation.random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = simulation.random;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

uint64_t sim_draw(uint64_t bound) {
    assert(bound > 0);
    return draw_next() % bound; /* what that favours, no test can see */
}

bool pal_sim_strikes(pal_sim_fault fault) {
    sim_start();
    if ((simulation.faults & (1u << fault)) == 0 || sim_draw(simulation.rarity[fault]) != 0)
        return false;
    simulation.counts.injected[fault]++;
    return true;
}

pal_sim_report *sim_counts(void) {
    return &simulation.counts;
}

void pal_sim_open(uint64_t seed, uint32_t faults, bool prints_log) {
    assert((faults & ~PAL_SIM_ALL_FAULTS) == 0);
    if (simulation.is_open)
        pal_sim_close();
    simulation.is_open = true;
    simulation.prints_log = prints_log;
    simulation.faults = faults;
    simulation.random = seed;
    simulation.counts = (pal_sim_report){.digest = UINT64_C(0xcbf29ce484222325)};
    for (size_t i = 0; i < PAL_SIM_FAULT_COUNT; i++)
        simulation.rarity[i] = UINT64_C(1) << (1 + sim_draw(FAULT_RARITY));
    schedule_open();
    network_open();
}

void sim_start(void) {
    if (simulation.is_open)
        return;
    const char *seed = getenv("LOOPMSG_SIM_SEED");
    pal_sim_open(seed != NULL ? strtoull(seed, NULL, 10) : 1, PAL_SIM_NO_FAULTS, false);
}

static pal_sim_report report_read(void) {
    simulation.counts.passed_ns = sim_now_ns() - SIM_BEGIN_NS;
    simulation.counts.switches = sim_switches();
    return simulation.counts;
}

pal_sim_report pal_sim_report_now(void) {
    sim_start();
    return report_read();
}

bool pal_sim_is_balanced(const pal_sim_report *report) {
    return report->sockets == 0 && report->listeners == 0 && report->loops == 0 && report->threads == 0 && report->blocks == 0 &&
           report->dropped_posts == 0;
}

pal_sim_report pal_sim_close(void) {
    pal_sim_report report = report_read();
    if (report.threads > 0)
        sim_abort("a simulation was ended with threads left");
    schedule_close();
    simulation.is_open = false;
    return report;
}

void pal_sim_set_faults(uint32_t faults) {
    assert((faults & ~PAL_SIM_ALL_FAULTS) == 0);
    sim_start();
    simulation.faults = faults;
}

/* FNV-1a over whole words: a multiplication each, and any difference spreads to all later ones. */
static void digest_add(uint64_t word) {
    simulation.counts.digest = (simulation.counts.digest ^ word) * UINT64_C(0x100000001b3);
}

static void event_print(const sim_event *event) {
    fprintf(stderr, "%14.6f ms  thread %u  %s %" PRIu64 " %" PRIu64 "\n", (double)event->time_ns / 1e6, event->thread, event->what,
            event->number, event->value);
}

void pal_sim_note(const char *what, uint64_t number, uint64_t value) {
    sim_start();
    sim_event *event = &simulation.log[simulation.counts.events++ % LOG_SIZE];
    *event = (sim_event){.time_ns = sim_now_ns(), .what = what, .number = number, .value = value, .thread = sim_thread_number()};
    digest_add(event->time_ns);
    digest_add((uint64_t)(unsigned char)what[0] << 32 | event->thread);
    digest_add(number);
    digest_add(value);
    if (simulation.prints_log)
        event_print(event);
}

void pal_sim_print_log(size_t count) {
    uint64_t end = simulation.counts.events;
    if (count > LOG_SIZE)
        count = LOG_SIZE;
    for (uint64_t number = end > count ? end - count : 0; number < end; number++)
        event_print(&simulation.log[number % LOG_SIZE]);
}

void sim_abort(const char *text) {
    if (!simulation.prints_log)
        pal_sim_print_log(100);
    fprintf(stderr, "simulation: %s\n", text);
    abort();
}
