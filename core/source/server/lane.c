/* Events of a thread: each is reported, and events_done follows at the end of the pass. */
#include "server/lane.h"

#include "pal/container.h"

#include <stddef.h>

static lm_lane *lane_of_post(pal_post *post) {
    return PAL_CONTAINER_OF(post, lm_lane, events_post);
}

static void lane_events_done(lm_lane *lane) {
    if (!lane->has_events)
        return;
    lane->has_events = false;
    lane->settings->events_done(lane->settings->context, lane->number);
}

static void lane_post_run(pal_post *post) {
    lane_events_done(lane_of_post(post));
}

pal_error lm_lane_open(lm_lane *lane, const lm_server_settings *settings, unsigned number) {
    lane->settings = settings;
    lane->number = number;
    lane->has_events = false;
    lane->events_post.run = lane_post_run;
    return pal_loop_open(&lane->loop);
}

void lm_lane_close(lm_lane *lane) {
    lane_events_done(lane); /* for events reported in the last pass, after its posts had run */
    pal_loop_close(&lane->loop);
}

void lm_lane_report(lm_lane *lane, const lm_event *event) {
    const lm_server_settings *settings = lane->settings;
    if (settings->event == NULL)
        return;
    lm_event numbered = *event;
    numbered.lane = lane->number;
    settings->event(settings->context, &numbered);
    if (settings->events_done != NULL && !lane->has_events) {
        lane->has_events = true;
        pal_loop_post(&lane->loop, &lane->events_post);
    }
}
