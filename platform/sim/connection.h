/* A connection: its two sides, and what is under way between them. Private to platform/sim.
 *
 * A side belongs to its opener (a stream, a listener's queue, a pal_socket) until sim_side_close. The connection is freed when both
 * sides are closed. */
#ifndef SIM_CONNECTION_H
#define SIM_CONNECTION_H

#include "pal/address.h"
#include "sim/watch.h"

/* One direction. The receiver can take the first `arrived` bytes. */
typedef struct sim_pipe {
    uint8_t *bytes;
    size_t capacity, begin;
    size_t size; /* arrived and under way */
    size_t arrived;
    size_t limit; /* of size */
    bool is_ended, is_end_arrived;
} sim_pipe;

typedef struct sim_connection sim_connection;

typedef struct sim_side {
    sim_connection *connection;
    sim_watch *watch; /* notified of events; NULL for none yet */
    pal_address address;
    sim_pipe out;          /* what this side sends */
    pal_timer arrival;     /* event: more of `out` arrives at the peer */
    pal_timer room;        /* event: this side is notified that `out` has room */
    pal_timer reset;       /* event: this side's reset arrives at the peer */
    bool lacks_room;       /* the last send was not taken whole */
    bool is_open;          /* it has an owner */
    bool is_broken;        /* it was reset, by the peer or by itself */
    struct sim_side *next; /* in a listener's queue */
} sim_side;

typedef enum connect_stage { CONNECT_REQUESTED, CONNECT_ANSWERED, CONNECT_DONE } connect_stage;

struct sim_connection {
    sim_side sides[2]; /* the one that connected, the one that was accepted */
    uint64_t number;
    connect_stage stage;
    unsigned requests;                                  /* requests that the listener had no room for */
    pal_timer connect;                                  /* event: the request arrives, or its answer */
    pal_error error;                                    /* the answer */
    void (*released)(const sim_connection *connection); /* both sides are closed: it is freed next */
};

static inline sim_side *sim_side_peer(sim_side *side) {
    return &side->connection->sides[side == &side->connection->sides[0] ? 1 : 0];
}

/* Draws how long the network takes. */
uint64_t sim_delay_ns(void);

/* Gives the network up to SIZE bytes and returns how many it took. If fewer, the watch is notified when there is room. The side
 * must not be broken. */
size_t sim_side_send(sim_side *side, const void *bytes, size_t size);

bool sim_side_has_room(const sim_side *side);

/* Ends what this side sends, after the bytes sent before. */
void sim_side_end(sim_side *side);

/* Takes up to SIZE bytes that have arrived, and returns how many; 0 for none. NULL BYTES drops them. */
size_t sim_side_receive(sim_side *side, void *bytes, size_t size);

/* Returns true when the peer has ended and all bytes before are taken. */
bool sim_side_is_at_end(sim_side *side);

/* Returns true when a reset has arrived and no bytes are left to take. */
bool sim_side_is_broken(sim_side *side);

/* Closes the side. Bytes sent before still arrive, unless received bytes are unread (RFC 9293, 3.6) or IS_RESET. May free the
 * connection. */
void sim_side_close(sim_side *side, bool is_reset);

void sim_connection_init(sim_connection *connection);
void sim_connection_free(sim_connection *connection);

#endif
