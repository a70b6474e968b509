#include "load/plan.h"

#include "loopmsg/connector.h"
#include "loopmsg/framing.h"

#include <string.h>

/* Returns true when no answer starts with a line ending. Then one after the greeting belongs to the greeting. */
static bool plan_may_skip_ending(const lm_load_plan *plan) {
    const lm_expectation *expectation = &plan->expectation;
    if (!lm_framing_traits_of(plan->settings.framing)->turns_to_lines || plan->greeting.size == 0)
        return false;
    if (expectation->literal_ends[0] > 0)
        return expectation->literals.bytes[0] != '\n' && expectation->literals.bytes[0] != '\r';
    return expectation->place_count > 0 && plan->payload.size_min > 0;
}

bool lm_load_plan_open(lm_load_plan *plan, const lm_load_settings *settings) {
    lm_framing_kind framing = settings->framing;
    const lm_framing_traits *traits = lm_framing_traits_of(framing);
    plan->settings = *settings;
    if (plan->settings.workers > settings->connections)
        plan->settings.workers = settings->connections;
    memcpy(plan->addresses, settings->addresses, settings->address_count * sizeof *settings->addresses);
    lm_addresses_interleave(plan->addresses, settings->address_count);
    plan->settings.addresses = plan->addresses;
    plan->payload = (lm_payload_settings){.seed = settings->seed,
                                          .size_min = (uint32_t)settings->size_min,
                                          .size_max = (uint32_t)settings->size_max,
                                          .is_text = !traits->is_binary};
    if (settings->greeting != NULL && settings->greeting[0] != '\0')
        lm_framing_append(framing, &plan->greeting, settings->greeting, strlen(settings->greeting), traits->ending);
    if (plan->greeting.failed || !lm_expectation_open(&plan->expectation, framing, settings->reply)) {
        lm_buffer_free(&plan->greeting);
        return false;
    }
    plan->may_skip_ending = plan_may_skip_ending(plan);
    return true;
}

void lm_load_plan_close(lm_load_plan *plan) {
    lm_expectation_close(&plan->expectation);
    lm_buffer_free(&plan->greeting);
}
