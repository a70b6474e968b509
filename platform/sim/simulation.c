/* The start and the end of a simulation, and the functions for programs. */
#include "sim/simulation.h"

#include "sim/chance.h"
#include "sim/network.h"
#include "sim/schedule.h"

#include <stdlib.h>

static bool is_open;

void pal_sim_open(uint64_t seed, uint32_t faults, bool prints_log) {
    if (is_open)
        pal_sim_close();
    is_open = true;
    sim_chance_open(seed, faults, prints_log);
    sim_schedule_open();
    sim_network_open();
}

void sim_start(void) {
    if (is_open)
        return;
    const char *seed = getenv("LOOPMSG_SIM_SEED");
    pal_sim_open(seed != NULL ? strtoull(seed, NULL, 10) : 1, PAL_SIM_NO_FAULTS, false);
}

static pal_sim_report report_read(void) {
    pal_sim_report report = *sim_counts();
    report.passed_ns = sim_now_ns() - SIM_BEGIN_NS;
    report.switches = sim_switches();
    return report;
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
    sim_schedule_close();
    is_open = false;
    return report;
}

bool pal_sim_strikes(pal_sim_fault fault) {
    sim_start();
    return sim_strikes(fault);
}

void pal_sim_set_faults(uint32_t faults) {
    sim_start();
    sim_set_faults(faults);
}

void pal_sim_note(const char *what, uint64_t number, uint64_t value) {
    sim_start();
    sim_note(what, number, value);
}
