/* The load generator against the same server, after its other clients. It checks every byte itself; its counts must add up. */
#include "sim/run.h"

#include "loopmsg/load.h"
#include "pal/clock.h"
#include "support/random.h"

#include <stdlib.h>

#define LOAD_MESSAGES 60
#define LOAD_NS (20 * PAL_MILLISECOND_NS) /* used where connections may break, and a number of messages may never be reached */

static void load_check(sim_run *run, const lm_load_result *result, bool is_measured) {
    if (result->wrong.is_found || result->errors[LM_LOAD_WRONG] > 0)
        sim_fail(run, "the load generator found a wrong byte, in message", result->wrong.message);
    if (result->sent != result->answered + result->lost)
        sim_fail(run, "answers and losses of the load generator do not add up to what it sent:", result->sent);
    if (!run->may_break && (lm_load_errors(result) > 0 || (is_measured && result->answered != LOAD_MESSAGES)))
        sim_fail(run, "the load generator had errors, or missed answers; there were", result->answered);
    run->totals->exchanges += result->answered;
}

/* RESULT is over a megabyte, and so the caller's. */
static void load_measure(sim_run *run, const lm_load_settings *settings, lm_load_result *result) {
    lm_load *load;
    pal_error error = lm_load_open(&load, settings, &(lm_load_handler){0});
    if (error.status != PAL_OK) {
        if (error.status != PAL_NO_MEMORY || (run->settings.faults & 1u << PAL_SIM_MEMORY) == 0)
            sim_fail(run, "the load generator could not be opened:", (uint64_t)error.status);
        return;
    }
    lm_load_connect(load, result);
    load_check(run, result, false);
    lm_load_measure(load, run->may_break ? LOAD_NS : 0, run->may_break ? 0 : LOAD_MESSAGES, result);
    load_check(run, result, true);
    lm_load_close(load);
}

void sim_load(sim_run *run) {
    lm_framing_kind framing = run->server_settings.conversation.framing;
    const lm_framing_traits *traits = lm_framing_traits_of(framing);
    if (traits->has_messages && !traits->keeps_bounds)
        return; /* the network decides what a message is, so nobody knows its answer */
    pal_address addresses[] = {run->bound[0], run->bound[0]};
    size_t address_count = 1;
    if (run->hole.is_open && test_random_below(&run->random, 2) == 0) {
        /* The first connection has to wait for the second attempt, and is a model to the others. */
        addresses[0] = run->hole.address;
        address_count = 2;
    }
    lm_load_settings settings = {
        .addresses = addresses,
        .address_count = address_count,
        .connections = 1 + (uint32_t)test_random_below(&run->random, 8),
        .workers = 1 + (uint32_t)test_random_below(&run->random, 2),
        .framing = framing,
        .greeting = traits->has_messages ? LM_GREETING : "",
        .reply = traits->has_messages ? LM_REPLY : "{message}",
        .size_min = 1,
        .size_max = 1 + (uint32_t)test_random_below(&run->random, 300),
        .pipeline = 1 + (uint32_t)test_random_below(&run->random, 8),
        .rate = test_random_below(&run->random, 2) * 20000,
        .timeout_ns = 60 * PAL_SECOND_NS,
        .interval_ns = 10 * PAL_MILLISECOND_NS,
        .seed = run->settings.seed,
    };
    lm_load_result *result = calloc(1, sizeof *result);
    if (result == NULL) {
        sim_fail(run, "no memory for a result of the load generator", 0);
        return;
    }
    load_measure(run, &settings, result);
    free(result);
}
