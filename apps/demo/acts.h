/* What server and client do in each act, and what is said of it. */
#ifndef APPS_DEMO_ACTS_H
#define APPS_DEMO_ACTS_H

#include "demo/picture.h"
#include "demo/record.h"
#include "loopmsg/buffer.h"
#include "loopmsg/framing.h"

#include <stdbool.h>
#include <stddef.h>

/* One thing that the client does when so many messages have come: it sends TEXT, or SIZE bytes of which TEXT is the letter, or ends its
 * sending half (TEXT NULL). */
typedef struct demo_step {
    size_t awaited;
    const char *text;
    size_t size; /* 0 for all of TEXT */
} demo_step;

/* How the client behaves: it does its steps, and closes when the server has ended; or it does no steps, but resets once the greeting
 * came, or closes without having received anything. */
typedef enum demo_manner { DEMO_CONVERSES, DEMO_RESETS, DEMO_LEAVES } demo_manner;

typedef struct demo_act {
    const char *title, *introduction;
    lm_framing_kind server_framing, client_framing;
    const char *greeting; /* "" for none */
    bool counts;          /* the server answers with how many bytes a message had, not with loop_msg:...! */
    bool shows_messages;  /* what the server's framing found is recorded too */
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
