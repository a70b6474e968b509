/* A connection with its two sides, and what is under way between them. Private to platform/sim.
 *
 * A side belongs to whoever opened it (a stream, a listener's queue, a pal_socket) until sim_side_close; the connection outlives both as
 * long as something of it is under way that one of them can still see. */
#ifndef SIM_CONNECTION_H
#define SIM_CONNECTION_H

#include "pal/address.h"
#include "sim/watch.h"

/* One direction: bytes in their order, the first `arrived` of which the receiver can take. */
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
    sim_watch *watch; /* who hears of it; NULL for nobody yet */
    pal_address address;
    sim_pipe out;          /* what this side sends */
    pal_timer arrival;     /* event: more of `out` arrives at the peer */
    pal_timer room;        /* event: this side hears that `out` has room */
    pal_timer reset;       /* event: this side's reset arrives at the peer */
    bool lacks_room;       /* the last send did not go whole */
    bool is_open;          /* somebody holds it */
    bool is_broken;        /* it was reset: by the peer, or by itself */
    struct sim_side *next; /* in a listener's queue */
} sim_side;

typedef enum connect_stage { CONNECT_CALLING, CONNECT_ANSWERED, CONNECT_DONE } connect_stage;

struct sim_connection {
    sim_side sides[2]; /* the one that connected, the one that was accepted */
    uint64_t number;
    connect_stage stage;
    unsigned calls;                                     /* that found no room with the listener */
    pal_timer connect;                                  /* event: the call arrives, or its answer */
    pal_error error;                                    /* the answer */
    void (*released)(const sim_connection *connection); /* nobody holds either side: it is freed next */
};

static inline sim_side *sim_side_peer(sim_side *side) {
    return &side->connection->sides[side == &side->connection->sides[0] ? 1 : 0];
}

/* How long something takes to cross. */
uint64_t sim_delay_ns(void);

/* Gives the network up to SIZE bytes; how many it took. Fewer: the watch will hear when there is room. The side is not broken. */
size_t sim_side_send(sim_side *side, const void *bytes, size_t size);

bool sim_side_has_room(const sim_side *side);

/* No more follows what was sent. */
void sim_side_end(sim_side *side);

/* Takes what has arrived, up to SIZE bytes, which nobody sees where BYTES is NULL; 0 for nothing. */
size_t sim_side_receive(sim_side *side, void *bytes, size_t size);

/* The peer has ended, and everything before has been taken. */
bool sim_side_is_at_end(sim_side *side);

/* A reset has arrived, and nothing is left to take. */
bool sim_side_is_broken(sim_side *side);

/* Lets go: what was sent still goes, unless bytes are unread (RFC 9293, 3.6) or IS_RESET. May free the connection. */
void sim_side_close(sim_side *side, bool is_reset);

void sim_connection_init(sim_connection *connection);
void sim_connection_free(sim_connection *connection);

#endif
