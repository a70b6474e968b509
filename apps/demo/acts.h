/* What server and client do in each act, and its texts. */
#ifndef APPS_DEMO_ACTS_H
#define APPS_DEMO_ACTS_H

#include "demo/picture.h"
#include "demo/record.h"
#include "loopmsg/buffer.h"
#include "loopmsg/framing.h"

#include <stdbool.h>
#include <stddef.h>

/* What the client does when AWAITED messages have arrived: sends TEXT, or SIZE times its letter, or, if TEXT is NULL, shuts down
 * its sending half. */
typedef struct demo_step {
    size_t awaited;
    const char *text;
    size_t size; /* 0 for all of TEXT */
} demo_step;

/* What the client does: its steps, and then closes when the server has ended; or no steps, but resets when the greeting has
 * arrived, or closes without receiving anything. */
typedef enum demo_manner { DEMO_CONVERSES, DEMO_RESETS, DEMO_LEAVES } demo_manner;

typedef struct demo_act {
    const char *title, *introduction;
    lm_framing_kind server_framing, client_framing;
    const char *greeting; /* "" for none */
    bool counts;          /* the server answers with the size of a message, not with loop_msg:...! */
    bool shows_messages;  /* the messages that the server's framing finds are recorded too */
    demo_manner manner;
    const demo_step *steps;
    size_t step_count;
    demo_hold holds[DEMO_HOLDS];
    void (*describe)(const demo_picture *picture, lm_buffer *summary);
} demo_act;

typedef struct demo_scenario {
    const char *name; /* "" for the one without a name */
    const demo_act *acts;
    size_t act_count;
} demo_scenario;

extern const demo_scenario demo_scenarios[];
extern const size_t demo_scenario_count;

#endif
