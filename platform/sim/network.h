/* The listeners and their addresses, and how a connection starts. Private to platform/sim. */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "pal/stream.h"
#include "sim/connection.h"

typedef struct sim_listener {
    sim_watch watch;
    struct sim_listener *next;
    pal_address address;
    sim_side *first, *last; /* connections that wait to be accepted; `last` only while there are any */
    size_t waiting, backlog;
    bool is_paused, is_closing;
} sim_listener;

/* Clears the state of an earlier simulation. */
void sim_network_open(void);

/* Registers a listener; port 0 is replaced by a free one. Errors: ADDRESS_IN_USE, ADDRESS_UNAVAILABLE. */
pal_error sim_network_listen(sim_listener *listener);
void sim_network_unlisten(sim_listener *listener);

/* TO takes the place of FROM, with the connections that wait. Its old content is overwritten. */
void sim_network_move(const sim_listener *from, sim_listener *to);

/* Convert a listener that no loop has adopted to a socket and back. NULL for a socket that is a side. */
pal_socket sim_network_socket_of(sim_listener *listener);
sim_listener *sim_network_listener_of(pal_socket socket);

/* Starts to connect. *SIDE is the caller's; WATCH is notified when it is done. Errors: NO_MEMORY, ADDRESS_UNAVAILABLE. */
pal_error sim_network_connect(const pal_address *address, sim_watch *watch, sim_side **side);

#endif
