/* One conversation of a server on its stream. Private to core/. */
#ifndef LOOPMSG_SERVER_CONNECTION_H
#define LOOPMSG_SERVER_CONNECTION_H

#include "loopmsg/server.h"
#include "pal/clock.h"
#include "pal/loop.h"
#include "pal/stream.h"
#include "server/lane.h"

#include <stdbool.h>

/* How long an ended conversation waits for the peer to end its half, so that no reset destroys the last answer. */
#define LM_LINGER_NS (2 * PAL_SECOND_NS)

/* Bytes of answers collected for one send: beyond this, no further message is taken. Together with the rest of one receive and one
 * answer, this bounds a connection's memory. */
#define LM_OUTPUT_SIZE 65536

typedef enum lm_connection_state {
    LM_CONNECTION_RECEIVING,
    LM_CONNECTION_DELAYING, /* an answer waits for delay_ns */
    LM_CONNECTION_SENDING,
    LM_CONNECTION_LINGERING, /* reported as closed; waits for the peer to end its half */
    LM_CONNECTION_CLOSING    /* waits for the stream to be closed */
} lm_connection_state;

typedef struct lm_connection lm_connection;

/* A worker: its lane, its connections, and the memory that they share by turns. */
typedef struct lm_worker {
    lm_lane lane;
    lm_connection *connections; /* a list */
    lm_buffer output;           /* the answers of the current conversation */
    bool is_draining;
    uint64_t drain_deadline_ns;
    void (*released)(lm_connection *connection); /* takes a connection whose stream is closed, on the worker's thread */
} lm_worker;

struct lm_connection {
    pal_post post; /* to the worker's loop, and at the end back to the accepting loop */
    lm_server *server;
    lm_worker *worker;
    lm_connection *next, *previous;
    pal_stream stream;
    pal_socket socket; /* until the stream is open */
    pal_address peer;
    pal_timer timer; /* idle time, delay or linger, by state */
    lm_conversation conversation;
    lm_buffer input; /* the rest of a receive: its messages wait */
    lm_buffer held;  /* the answer that is delayed */
    uint64_t received_bytes, sent_bytes;
    uint64_t active_ns; /* when the last whole message arrived or the last answer was sent */
    lm_connection_state state;
    bool is_receiving; /* a receive of the stream is under way */
    bool is_ending;    /* ends once the answer in flight is sent, for `cause` */
    lm_cause cause;
};

/* Starts the conversation of an accepted connection, on the worker's thread. Peer, socket, server and worker must be set. */
void lm_connection_start(lm_connection *connection);

/* The server stops: ends the conversation when no answer is in flight. */
void lm_connection_drain(lm_connection *connection);

/* Ends it immediately, even with an answer in flight. */
void lm_connection_abort(lm_connection *connection);

#endif
