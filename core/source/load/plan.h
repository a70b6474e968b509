/* The settings of a load generator, prepared for its workers. Private to core/. */
#ifndef LOOPMSG_LOAD_PLAN_H
#define LOOPMSG_LOAD_PLAN_H

#include "loopmsg/buffer.h"
#include "loopmsg/endpoint.h"
#include "loopmsg/expectation.h"
#include "loopmsg/load.h"
#include "loopmsg/payload.h"
#include "pal/address.h"

#include <stdbool.h>

/* Shared by all workers, which only read it. */
typedef struct lm_load_plan {
    /* As given, except: addresses points to those below, and workers is at most connections. Do not use its texts: `greeting` and
     * `expectation` below replace them. */
    lm_load_settings settings;
    pal_address addresses[LM_ADDRESSES_MAX];
    lm_buffer greeting; /* as it arrives on the wire */
    lm_expectation expectation;
    lm_payload_settings payload;
    bool may_skip_ending; /* auto: a line ending after the greeting belongs to it, because no answer starts with one */
} lm_load_plan;

/* Initialises *PLAN, which must be all zero, from SETTINGS. Returns false without memory; then there is nothing to close. */
bool lm_load_plan_open(lm_load_plan *plan, const lm_load_settings *settings);

void lm_load_plan_close(lm_load_plan *plan);

#endif
