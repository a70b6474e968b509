/* Rounds of probes: each round probes every target at the same time, and prints the results. One thread. */
#ifndef APPS_PROBE_ROUNDS_H
#define APPS_PROBE_ROUNDS_H

#include "probe/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct probe_schedule {
    uint64_t wait_ns;     /* repeat until every target is up, for at most this time; 0: do COUNT rounds */
    uint64_t count;       /* of rounds */
    uint64_t interval_ns; /* 0 for the default */
    bool has_json;        /* print objects */
} probe_schedule;

/* Probes COUNT targets, each an ADDRESS. Returns the exit code of the first of them that failed; reports what goes wrong. */
int probe_rounds_run(const probe_plan *plan, const probe_schedule *schedule, char *const *targets, size_t count);

#endif
