/* The draws, the faults, the counts, the log and the clock. */
#include "sim/chance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LOG_SIZE 1024  /* events kept to print after a failure */
#define FAULT_RARITY 9 /* by seed, a fault strikes once in 2 to 1 << FAULT_RARITY chances */

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
    bool prints_log;
    uint32_t faults;
    uint64_t random;
    uint64_t rarity[PAL_SIM_FAULT_COUNT];
    uint64_t now_ns, processor_ns;
    unsigned thread;
    pal_sim_report counts;
    sim_event log[LOG_SIZE]; /* event number N is at N modulo LOG_SIZE */
} chance;

const char *pal_sim_fault_name(pal_sim_fault fault) {
    return (size_t)fault < PAL_SIM_FAULT_COUNT ? fault_names[fault] : NULL;
}

/* splitmix64 (Steele, Lea, Flood 2014): every seed is good. */
static uint64_t draw_next(void) {
    chance.random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = chance.random;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void sim_chance_open(uint64_t seed, uint32_t faults, bool prints_log) {
    chance.prints_log = prints_log;
    chance.random = seed;
    chance.counts = (pal_sim_report){.digest = UINT64_C(0xcbf29ce484222325)};
    for (size_t i = 0; i < PAL_SIM_FAULT_COUNT; i++)
        chance.rarity[i] = UINT64_C(1) << (1 + sim_draw(FAULT_RARITY));
    chance.now_ns = SIM_BEGIN_NS;
    chance.processor_ns = 0;
    sim_set_faults(faults);
}

uint64_t sim_draw(uint64_t bound) {
    assert(bound > 0);
    return draw_next() % bound; /* the bias is too small for any test to see */
}

bool sim_strikes(pal_sim_fault fault) {
    if ((chance.faults & (1u << fault)) == 0 || sim_draw(chance.rarity[fault]) != 0)
        return false;
    chance.counts.injected[fault]++;
    return true;
}

void sim_set_faults(uint32_t faults) {
    assert((faults & ~PAL_SIM_ALL_FAULTS) == 0);
    chance.faults = faults;
}

pal_sim_report *sim_counts(void) {
    return &chance.counts;
}

/* -- the clock -- */

uint64_t sim_now_ns(void) {
    return chance.now_ns;
}

uint64_t sim_processor_ns(void) {
    return chance.processor_ns;
}

void sim_work(uint64_t ns) {
    chance.now_ns += ns;
    chance.processor_ns += ns;
}

void sim_jump(uint64_t now_ns) {
    assert(now_ns >= chance.now_ns);
    chance.now_ns = now_ns;
}

/* -- the log -- */

void sim_set_thread(unsigned number) {
    chance.thread = number;
}

/* FNV-1a over whole words: one multiplication per word, and a difference changes all later values. */
static void digest_add(uint64_t word) {
    chance.counts.digest = (chance.counts.digest ^ word) * UINT64_C(0x100000001b3);
}

static void event_print(const sim_event *event) {
    fprintf(stderr, "%14.6f ms  thread %u  %s %" PRIu64 " %" PRIu64 "\n", (double)event->time_ns / 1e6, event->thread, event->what,
            event->number, event->value);
}

void sim_note(const char *what, uint64_t number, uint64_t value) {
    sim_event *event = &chance.log[chance.counts.events++ % LOG_SIZE];
    *event = (sim_event){.time_ns = chance.now_ns, .what = what, .number = number, .value = value, .thread = chance.thread};
    digest_add(event->time_ns);
    digest_add((uint64_t)(unsigned char)what[0] << 32 | event->thread);
    digest_add(number);
    digest_add(value);
    if (chance.prints_log)
        event_print(event);
}

void pal_sim_print_log(size_t count) {
    uint64_t end = chance.counts.events;
    if (count > LOG_SIZE)
        count = LOG_SIZE;
    for (uint64_t number = end > count ? end - count : 0; number < end; number++)
        event_print(&chance.log[number % LOG_SIZE]);
}

void sim_abort(const char *text) {
    if (!chance.prints_log)
        pal_sim_print_log(100);
    fprintf(stderr, "simulation: %s\n", text);
    abort();
}
