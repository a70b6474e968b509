/* Records the calls on the sockets of an act: one server and one client in this process, with one connection between them. */
#ifndef APPS_DEMO_RECORD_H
#define APPS_DEMO_RECORD_H

#include "pal/address.h"
#include "pal/clock.h"
#include "pal/status.h"
#include "pal/thread.h"
#include "pal/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEMO_EVENTS_MAX 256u /* in one act; further ones are counted only */
#define DEMO_BYTES_SIZE 48u  /* bytes sent or received that are kept for display */

typedef enum demo_side { DEMO_SERVER, DEMO_CLIENT, DEMO_SIDES } demo_side;

/* One call on a socket, or a message that the server's framing found. */
typedef struct demo_event {
    uint64_t time_ns;
    demo_side side;
    bool is_message; /* size and bytes are the message's; the members between are not used */
    pal_trace_operation operation;
    pal_trace_role role;
    uintptr_t socket, accepted; /* these and the next ones as in pal_trace_event */
    bool is_pending;
    bool is_completion; /* of a connect that was pending before */
    bool has_address;
    pal_address address;
    pal_error error;
    size_t size, done;
    size_t kept; /* bytes in `bytes` */
    uint8_t bytes[DEMO_BYTES_SIZE];
} demo_event;

typedef struct demo_record {
    size_t count;
    size_t dropped; /* events for which there was no room */
    demo_event events[DEMO_EVENTS_MAX];
} demo_record;

/* SIDE waits after its COUNT-th successful AFTER until the other side has done UNTIL_COUNT successful UNTIL. COUNT 0 is no wait. */
typedef struct demo_hold {
    demo_side side;
    pal_trace_operation after, until;
    unsigned count, until_count;
} demo_hold;

#define DEMO_HOLDS 2
#define DEMO_LIMIT_NS (10 * PAL_SECOND_NS) /* for everything that one act waits for */

typedef struct demo_recorder {
    demo_record record;
    demo_hold holds[DEMO_HOLDS];
    pal_mutex mutex; /* guards the rest and the record */
    pal_condition changed;
    unsigned counts[DEMO_SIDES][PAL_TRACE_OPERATION_COUNT]; /* successful ones */
    uint64_t deadline_ns;
    uintptr_t connection; /* the server's socket of the accepted connection */
    bool is_accepted, is_over, is_late;
} demo_recorder;

/* Starts to record, for at most DEMO_LIMIT_NS. Sets the trace function of pal/trace.h, so no socket may be in use. */
void demo_recorder_open(demo_recorder *recorder, const demo_hold *holds);
void demo_recorder_close(demo_recorder *recorder);

/* Records an operation, as the trace function does, and waits if a hold asks for it. Any thread. */
void demo_recorder_operation(demo_recorder *recorder, const pal_trace_event *traced);

/* Records a message that the server found. Any thread. */
void demo_recorder_message(demo_recorder *recorder, const void *bytes, size_t size);

/* Waits until the server has closed the connection that it accepted; false if the time limit came first. */
bool demo_recorder_wait(demo_recorder *recorder);

#endif
