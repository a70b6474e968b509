/* What a load generator is to do, made ready for its workers. Private to core/. */
#ifndef LOOPMSG_LOAD_PLAN_H
#define LOOPMSG_LOAD_PLAN_H

#include "loopmsg/buffer.h"
#include "loopmsg/endpoint.h"
#include "loopmsg/expectation.h"
#include "loopmsg/load.h"
#include "loopmsg/payload.h"
#include "pal/address.h"

#include <stdbool.h>

/* What every worker reads and none writes. */
typedef struct lm_load_plan {
    /* As given, but for its addresses, which are those below, and for workers, which are no more than connections. Its texts are not used:
     * what they mean stands below, too. */
    lm_load_settings settings;
    pal_address addresses[LM_ADDRESSES_MAX];
    lm_buffer greeting; /* as it comes over the wire */
    lm_expectation expectation;
    lm_payload_settings payload;
    bool may_skip_ending; /* auto: a line ending behind the greeting belongs to it, for no answer begins with one */
} lm_load_plan;

/* Makes *PLAN, which is zero before, from SETTINGS. False without memory: then there is nothing to close. */
bool lm_load_plan_open(lm_load_plan *plan, const lm_load_settings *settings);

void lm_load_plan_close(lm_load_plan *plan);

#endif
