/* A thread of the server, and how it reports events. Private to core/. */
#ifndef LOOPMSG_SERVER_LANE_H
#define LOOPMSG_SERVER_LANE_H

#include "loopmsg/server.h"
#include "pal/loop.h"

#include <stdbool.h>

typedef struct lm_lane {
    const lm_server_settings *settings;
    pal_loop loop;
    unsigned number;
    bool has_events; /* reported in this pass; events_done follows at its end */
    pal_post events_post;
} lm_lane;

/* Opens the thread's loop; SETTINGS must outlive the lane. */
pal_error lm_lane_open(lm_lane *lane, const lm_server_settings *settings, unsigned number);
void lm_lane_close(lm_lane *lane);

/* Calls settings->event with EVENT under this lane's number, and settings->events_done at the end of the pass. On the lane's
 * thread. */
void lm_lane_report(lm_lane *lane, const lm_event *event);

#endif
