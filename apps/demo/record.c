/* Records socket operations as the trace reports them, on the threads of server and client. Can hold a side between two of its
 * calls, so that what an act shows does not depend on which side is faster. */
#include "demo/record.h"

#include "pal/clock.h"

#include <string.h>

static demo_side side_of(pal_trace_role role) {
    return role == PAL_TRACE_CONNECTING ? DEMO_CLIENT : DEMO_SERVER;
}

/* Returns the next event, or NULL if there is no room. The mutex is held. */
static demo_event *event_add(demo_record *record, demo_side side) {
    if (record->count == DEMO_EVENTS_MAX) {
        record->dropped++;
        return NULL;
    }
    demo_event *event = &record->events[record->count++];
    *event = (demo_event){.time_ns = pal_clock_now_ns(), .side = side, .error = pal_ok()};
    return event;
}

static void bytes_keep(demo_event *event, const uint8_t *bytes, size_t size) {
    event->kept = size < DEMO_BYTES_SIZE ? size : DEMO_BYTES_SIZE;
    if (event->kept > 0)
        memcpy(event->bytes, bytes, event->kept);
}

static bool was_pending(const demo_record *record, const pal_trace_event *traced) {
    for (size_t i = record->count; i-- > 0;) {
        const demo_event *event = &record->events[i];
        if (!event->is_message && event->operation == traced->operation && event->socket == traced->socket)
            return event->is_pending;
    }
    return false;
}

static void event_record(demo_record *record, const pal_trace_event *traced) {
    bool is_completion = traced->operation == PAL_TRACE_CONNECT && !traced->is_pending && was_pending(record, traced);
    demo_event *event = event_add(record, side_of(traced->role));
    if (event == NULL)
        return;
    event->time_ns = traced->time_ns;
    event->operation = traced->operation;
    event->role = traced->role;
    event->socket = traced->socket;
    event->accepted = traced->accepted;
    event->is_pending = traced->is_pending;
    event->is_completion = is_completion;
    event->has_address = traced->address != NULL;
    if (traced->address != NULL)
        event->address = *traced->address;
    event->error = traced->error;
    event->size = traced->size;
    event->done = traced->done;
    bytes_keep(event, traced->bytes, traced->bytes != NULL ? traced->done : 0);
}

/* Waits if a hold of this side asks for it. The mutex is held. */
static void hold(demo_recorder *recorder, demo_side side, pal_trace_operation operation) {
    for (size_t i = 0; i < DEMO_HOLDS; i++) {
        const demo_hold *row = &recorder->holds[i];
        if (row->count == 0 || row->side != side || row->after != operation || row->count != recorder->counts[side][operation])
            continue;
        const unsigned *seen = &recorder->counts[side == DEMO_SERVER ? DEMO_CLIENT : DEMO_SERVER][row->until];
        while (*seen < row->until_count && !recorder->is_late)
            recorder->is_late = !pal_condition_wait(&recorder->changed, &recorder->mutex, recorder->deadline_ns);
    }
}

void demo_recorder_operation(demo_recorder *recorder, const pal_trace_event *traced) {
    demo_side side = side_of(traced->role);
    pal_mutex_lock(&recorder->mutex);
    event_record(&recorder->record, traced);
    if (traced->operation == PAL_TRACE_ACCEPT && traced->accepted != 0) {
        recorder->connection = traced->accepted;
        recorder->is_accepted = true;
    }
    bool is_close = traced->operation == PAL_TRACE_CLOSE || traced->operation == PAL_TRACE_RESET;
    if (is_close && traced->role == PAL_TRACE_ACCEPTED && recorder->is_accepted && traced->socket == recorder->connection)
        recorder->is_over = true;
    bool is_success = !traced->is_pending && traced->error.status == PAL_OK;
    if (is_success)
        recorder->counts[side][traced->operation]++;
    pal_condition_wake_all(&recorder->changed);
    if (is_success)
        hold(recorder, side, traced->operation);
    pal_mutex_unlock(&recorder->mutex);
}

static void operation_recorded(void *context, const pal_trace_event *traced) {
    demo_recorder_operation(context, traced);
}

void demo_recorder_open(demo_recorder *recorder, const demo_hold *holds) {
    memset(recorder, 0, sizeof *recorder);
    memcpy(recorder->holds, holds, sizeof recorder->holds);
    pal_mutex_open(&recorder->mutex);
    pal_condition_open(&recorder->changed);
    recorder->deadline_ns = pal_clock_now_ns() + DEMO_LIMIT_NS;
    pal_trace_set(operation_recorded, recorder);
}

void demo_recorder_close(demo_recorder *recorder) {
    pal_trace_set(NULL, NULL);
    pal_condition_close(&recorder->changed);
    pal_mutex_close(&recorder->mutex);
}

void demo_recorder_message(demo_recorder *recorder, const void *bytes, size_t size) {
    pal_mutex_lock(&recorder->mutex);
    demo_event *event = event_add(&recorder->record, DEMO_SERVER);
    if (event != NULL) {
        event->is_message = true;
        event->size = size;
        bytes_keep(event, bytes, size);
    }
    pal_mutex_unlock(&recorder->mutex);
}

bool demo_recorder_wait(demo_recorder *recorder) {
    pal_mutex_lock(&recorder->mutex);
    while (!recorder->is_over && !recorder->is_late)
        recorder->is_late = !pal_condition_wait(&recorder->changed, &recorder->mutex, recorder->deadline_ns);
    bool is_over = recorder->is_over;
    pal_mutex_unlock(&recorder->mutex);
    return is_over;
}
