/* A worker of the load generator and its connections, as they see each other. Both run on the worker's thread. Private to core/. */
#ifndef LOOPMSG_LOAD_STATE_H
#define LOOPMSG_LOAD_STATE_H

#include "load/plan.h"
#include "loopmsg/buffer.h"
#include "loopmsg/connector.h"
#include "loopmsg/histogram.h"
#include "loopmsg/load.h"
#include "loopmsg/payload.h"
#include "pal/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lm_load_worker lm_load_worker;
typedef struct lm_load_connection lm_load_connection;

/* One phase, the same for every worker. */
typedef struct lm_load_phase {
    bool is_measuring; /* false: the phase only connects */
    uint64_t begin_ns;
    uint64_t end_ns;   /* UINT64_MAX for none */
    uint64_t messages; /* over all connections; UINT64_MAX for unlimited */
} lm_load_phase;

typedef enum lm_load_state {
    LOAD_CLOSED,     /* no stream; the timer may run until it is opened again */
    LOAD_QUEUED,     /* waits to be opened */
    LOAD_CONNECTING, /* the connector connects */
    LOAD_GREETING,   /* connected; the greeting is not complete */
    LOAD_READY,
    LOAD_CLOSING
} lm_load_state;

struct lm_load_connection {
    lm_connector connector; /* its timer also limits the greeting and the oldest answer, and times the pause before reopening */
    lm_load_worker *worker;
    lm_load_connection *next; /* QUEUED */
    uint64_t number;          /* among all connections of the run */

    /* Messages are numbered per connection, over all phases. Those from next_message - in_flight up to next_message are in flight;
     * those from next_message up to allowed may be sent now. */
    uint64_t next_message;
    uint64_t allowed;
    uint64_t phase_message; /* the first of this phase */
    uint64_t life_message;  /* the first since it was opened */
    uint64_t *sent_ns;      /* by message number modulo capacity */
    uint32_t sent_capacity; /* a power of two, or 0 */
    uint32_t in_flight;
    uint64_t offset;    /* bytes received of the greeting or the oldest answer */
    lm_payload payload; /* of the oldest message in flight, once offset > 0 */

    uint8_t state;        /* lm_load_state */
    bool is_sending;      /* `sent` is pending */
    bool is_settled;      /* in the phase that connects: opened, or failed once */
    bool is_given_up;     /* will not be opened again */
    bool may_skip_ending; /* the greeting has just arrived; see lm_load_plan */
};

struct lm_load_worker {
    const lm_load_plan *plan;
    uint32_t number;                          /* its connections are number, number + workers, number + 2 * workers ... */
    void (*finished)(lm_load_worker *worker); /* calls the load generator: the phase has ended for this worker */

    /* Called by a connection. */
    void (*waiting)(lm_load_worker *worker, lm_load_connection *connection); /* it waits to be opened */
    void (*opened)(lm_load_worker *worker);     /* a connection is ready or has failed: another may be opened */
    void (*progressed)(lm_load_worker *worker); /* something is done: perhaps the phase is over */

    pal_loop loop;
    lm_load_connection *connections;
    uint32_t connection_count;

    /* Connections that wait to be opened. */
    lm_load_connection *queue_first, *queue_last;
    uint32_t opening_count; /* taken from the queue, not yet ready or failed */
    uint64_t open_next_ns;  /* connect_rate: when the next one may be opened */
    pal_timer open_timer;

    lm_connector_plan connecting;
    size_t address_first; /* the number of the address reached last; the next connection starts with it */
    uint32_t ready_count;
    uint32_t open_count; /* connectors that are not yet closed */
    uint32_t unsettled;  /* in the phase that connects */
    uint32_t given_up_count;

    lm_load_phase phase;
    bool is_active;        /* a phase runs */
    bool is_time_up;       /* its time has passed */
    bool is_schedule_over; /* open loop: no more messages become due ... */
    bool is_exhausted;     /* ... because the phase's number of messages is reached */
    bool is_opening;       /* connections are being taken from the queue */
    bool is_quitting;
    uint64_t pending; /* messages due or in flight; also those that a closed loop with a number of messages has still to send */
    uint64_t last_answer_ns;
    uint64_t schedule_round; /* open loop: the next message belongs to this round over all connections ... */
    uint32_t schedule_index; /* ... and to this connection of the worker */
    uint64_t patience_sent;  /* result.sent when patience_timer was started */
    uint64_t patience_connected;
    pal_timer schedule_timer, end_timer, patience_timer;

    lm_buffer output;      /* messages collected for one send */
    lm_load_result result; /* of this phase, until it is handed over */
    lm_histogram slice;    /* response times since the last hand-over; answers and errors below */
    uint64_t slice_answered, slice_errors;
};

/* Returns true while a phase that sends is running: then reconnecting makes sense. */
static inline bool lm_load_worker_is_measuring(const lm_load_worker *worker) {
    return worker->is_active && worker->phase.is_measuring;
}

/* Returns the number of the oldest message in flight; without one, of the next message. */
static inline uint64_t lm_load_connection_oldest(const lm_load_connection *connection) {
    return connection->next_message - connection->in_flight;
}

/* Returns where the time at which MESSAGE was sent is stored, while it is in flight. */
static inline uint64_t *lm_load_connection_sent_ns(const lm_load_connection *connection, uint64_t message) {
    return &connection->sent_ns[message & (connection->sent_capacity - 1)];
}

#endif
