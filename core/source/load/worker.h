/* The inside of the load generator: a worker and its connections. All on the worker's thread, unless it says otherwise. Private to core/. */
#ifndef LOOPMSG_LOAD_WORKER_H
#define LOOPMSG_LOAD_WORKER_H

#include "loopmsg/buffer.h"
#include "loopmsg/connector.h"
#include "loopmsg/expectation.h"
#include "loopmsg/load.h"
#include "loopmsg/payload.h"
#include "pal/loop.h"
#include "pal/stream.h"
#include "pal/thread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct load_worker load_worker;

/* What every worker reads and none writes. */
typedef struct load_plan {
    lm_load_settings
        settings; /* workers are no more than connections; greeting and reply are not used: what they mean stands below */
    pal_address addresses[LM_ADDRESSES_MAX]; /* of the settings */
    lm_buffer greeting;                      /* as it comes over the wire */
    lm_expectation expectation;
    lm_payload_settings payload;
    bool may_skip_ending; /* auto: a line ending behind the greeting belongs to it, for no answer begins with one */
} load_plan;

/* One phase, the same for every worker. */
typedef struct load_phase {
    bool is_measuring; /* otherwise it only connects */
    uint64_t begin_ns;
    uint64_t end_ns;   /* UINT64_MAX for none */
    uint64_t messages; /* over all connections; UINT64_MAX for no limit */
} load_phase;

typedef enum load_state {
    LOAD_CLOSED,     /* there is no stream; `timer` may run until it is opened again */
    LOAD_QUEUED,     /* waits for its turn to be opened */
    LOAD_CONNECTING, /* the connector is at work */
    LOAD_GREETING,   /* connected, the greeting has not come whole */
    LOAD_READY,
    LOAD_CLOSING
} load_state;

typedef struct load_connection {
    lm_connector connector; /* its timer is also of the greeting, of the oldest answer, or of the pause before it is opened again */
    load_worker *worker;
    struct load_connection *next; /* QUEUED */
    uint64_t number;              /* among all connections of the run */

    /* Messages are numbered by connection over all phases: those from next_message - in_flight on are in flight, and those from
     * next_message to allowed may be sent now. */
    uint64_t next_message;
    uint64_t allowed;
    uint64_t phase_message; /* the first of this phase */
    uint64_t life_message;  /* the first since it was opened */
    uint64_t *sent_ns;      /* by message number modulo capacity */
    uint32_t sent_capacity; /* a power of two, or 0 */
    uint32_t in_flight;
    uint64_t offset;    /* bytes that have come of the greeting or of the oldest answer */
    lm_payload payload; /* of the oldest message in flight, once offset > 0 */

    uint8_t state;        /* load_state */
    bool is_sending;      /* `sent` is to come */
    bool is_settled;      /* in the phase that connects: opened, or failed once */
    bool is_given_up;     /* will not be opened again */
    bool may_skip_ending; /* the greeting has just come; see load_plan */
} load_connection;

struct load_worker {
    const load_plan *plan;
    uint32_t number;                       /* it has the connections number, number + workers, number + 2 * workers ... */
    void (*finished)(load_worker *worker); /* the phase has ended for this worker */
    void *owner;
    pal_loop loop;
    pal_thread thread;
    load_connection *connections;
    uint32_t connection_count;

    /* connections that wait to be opened */
    load_connection *queue_first, *queue_last;
    uint32_t opening_count; /* taken from the queue, not yet ready or failed */
    uint64_t open_next_ns;  /* connect_rate: when the next one may be opened */
    pal_timer open_timer;

    lm_connector_plan connecting;
    size_t address_first; /* the number of the address that a connection reached last: the next one begins with it */
    uint32_t ready_count;
    uint32_t open_count; /* connectors that are not yet closed */
    uint32_t unsettled;  /* in the phase that connects */
    uint32_t given_up_count;

    load_phase phase;
    bool is_active;        /* a phase runs */
    bool is_time_up;       /* its time has passed */
    bool is_schedule_over; /* open loop: no further message becomes due ... */
    bool is_exhausted;     /* ... because their number is reached */
    bool is_opening;       /* connections are being taken from the queue */
    bool is_quitting;
    uint64_t pending; /* messages that are due or in flight, or that a closed loop still has to send of a given number */
    uint64_t last_answer_ns;
    uint64_t schedule_round; /* open loop: the next message is of this round over all connections ... */
    uint32_t schedule_index; /* ... and of this connection among the worker's */
    uint64_t patience_sent;  /* of the result, when patience_timer was started */
    uint64_t patience_connected;
    pal_timer schedule_timer, end_timer, patience_timer;

    lm_buffer output;      /* messages about to be sent */
    lm_load_result result; /* of this phase, until it is handed over */
    lm_histogram slice;    /* response times, answers and errors since they were handed over last */
    uint64_t slice_answered, slice_errors;
};

/* -- load_worker.c: phases and schedules -- */

/* Opens the loop and makes the connections; the rest of *WORKER is zero before, but for plan, number, finished and owner. */
pal_error load_worker_open(load_worker *worker);

/* Frees all; its thread must have ended. */
void load_worker_close(load_worker *worker);

/* The thread. */
void load_worker_main(void *context);

/* Begins a phase; `finished` answers. */
void load_worker_begin(load_worker *worker, const load_phase *phase);

/* Ends the phase at once; what is in flight is lost. `finished` answers, unless it already has. */
void load_worker_stop(load_worker *worker);

/* Closes every connection and ends the thread. */
void load_worker_quit(load_worker *worker);

/* A connection waits to be opened. */
void load_worker_queue(load_worker *worker, load_connection *connection);

/* A connection that was being opened is ready or has failed: another may follow. */
void load_worker_opened(load_worker *worker);

/* Ends the phase if nothing of it is left to do. */
void load_worker_check_end(load_worker *worker);

/* A phase that sends runs, and reconnecting makes sense. */
bool load_worker_is_measuring(const load_worker *worker);

/* When a message of an open loop is due: MESSAGE by its connection's number, in this phase. */
uint64_t load_worker_due_ns(const load_worker *worker, const load_connection *connection, uint64_t message);

/* -- load_connection.c: one connection -- */

/* What the connections of one worker share when they connect. */
lm_connector_plan load_connection_plan(load_worker *worker);

/* Begins to open a connection that is closed. */
void load_connection_open(load_connection *connection);

/* Sends what it may send now. */
void load_connection_flush(load_connection *connection);

/* Takes back what it may still send. */
void load_connection_withdraw(load_connection *connection);

/* Counts an error, closes the connection, and opens it again later where that is wanted. */
void load_connection_fail(load_connection *connection, lm_load_error cause, pal_error error);

/* Gives up what it has in flight and what it may still send. IS_ERROR counts a timeout if something was in flight. */
void load_connection_abandon(load_connection *connection, bool is_error);

/* Closes it for good; nothing is counted. */
void load_connection_quit(load_connection *connection);

void load_connection_timer_expired(pal_timer *timer);

#endif
