/* The listeners and their addresses, and how a connection starts. */
#include "sim/network.h"

#include "common/backend.h"
#include "pal/clock.h"
#include "pal/container.h"
#include "sim/chance.h"
#include "sim/schedule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PORT_FIRST 20000 /* the first port given for port 0 */
#define PORT_COUNT (65536 - PORT_FIRST)
#define REQUEST_NS PAL_SECOND_NS /* before a connect request without room is repeated; then doubled each time (RFC 6298) */
#define REQUESTS_MAX 4
#define LISTENS 1u /* a bit of a socket's handle: no address of a side or listener has it */

static struct {
    sim_listener *listeners;
    uint64_t connections;                    /* started in total */
    uint32_t next_port;                      /* less PORT_FIRST */
    uint16_t port_uses[PAL_IPV6 + 1][65536]; /* by sides that connected */
} network;

void sim_network_open(void) {
    assert(network.listeners == NULL);
    network.connections = 0;
    network.next_port = (uint32_t)sim_draw(PORT_COUNT);
    memset(network.port_uses, 0, sizeof network.port_uses);
}

static bool address_is_any(const pal_address *address) {
    return pal_address_kind_of(address) == PAL_KIND_ANY;
}

static bool address_is_here(const pal_address *address) {
    pal_address_kind kind = pal_address_kind_of(address);
    return kind == PAL_KIND_ANY || kind == PAL_KIND_LOOPBACK;
}

/* -- listeners -- */

static bool address_is_taken(const pal_address *address) {
    for (const sim_listener *other = network.listeners; other != NULL; other = other->next) {
        if (other->address.family != address->family || other->address.port != address->port)
            continue;
        if (address_is_any(&other->address) || address_is_any(address) || pal_address_is_same_host(&other->address, address))
            return true;
    }
    return network.port_uses[address->family][address->port] > 0;
}

/* Sets a free port. Returns false when there is none. */
static bool address_give_port(pal_address *address) {
    for (uint32_t i = 0; i < PORT_COUNT; i++) {
        network.next_port = (network.next_port + 1) % PORT_COUNT;
        address->port = (uint16_t)(PORT_FIRST + network.next_port);
        if (!address_is_taken(address))
            return true;
    }
    return false;
}

pal_error sim_network_listen(sim_listener *listener) {
    if (!address_is_here(&listener->address))
        return pal_error_of(PAL_ADDRESS_UNAVAILABLE);
    if (listener->address.port == 0 && !address_give_port(&listener->address))
        return pal_error_of(PAL_ADDRESS_UNAVAILABLE);
    if (address_is_taken(&listener->address))
        return pal_error_of(PAL_ADDRESS_IN_USE);
    listener->next = network.listeners;
    network.listeners = listener;
    sim_counts()->listeners++;
    return pal_ok();
}

void sim_network_unlisten(sim_listener *listener) {
    sim_listener **link = &network.listeners;
    while (*link != listener)
        link = &(*link)->next;
    *link = listener->next;
    sim_counts()->listeners--;
    while (listener->first != NULL) {
        sim_side *side = listener->first;
        listener->first = side->next;
        sim_side_close(side, true);
    }
}

void sim_network_move(const sim_listener *from, sim_listener *to) {
    sim_listener **link = &network.listeners;
    while (*link != from)
        link = &(*link)->next;
    *to = *from;
    *link = to;
}

pal_socket sim_network_socket_of(sim_listener *listener) {
    return (pal_socket){(uintptr_t)listener | LISTENS};
}

sim_listener *sim_network_listener_of(pal_socket socket) {
    return (socket.handle & LISTENS) != 0 ? (sim_listener *)(socket.handle & ~(uintptr_t)LISTENS) : NULL;
}

static sim_listener *listener_find(const pal_address *address) {
    for (sim_listener *listener = network.listeners; listener != NULL; listener = listener->next) {
        if (listener->address.family == address->family && listener->address.port == address->port &&
            (address_is_any(&listener->address) || pal_address_is_same_host(&listener->address, address)))
            return listener;
    }
    return NULL;
}

/* -- connecting -- */

static void connect_answer(sim_connection *connection, pal_error error) {
    connection->stage = CONNECT_ANSWERED;
    connection->error = error;
    sim_event_start(&connection->connect, sim_now_ns() + sim_delay_ns());
}

static void listener_queue(sim_listener *listener, sim_side *side) {
    side->is_open = true;
    side->next = NULL;
    sim_counts()->sockets++;
    if (listener->first != NULL)
        listener->last->next = side;
    else
        listener->first = side;
    listener->last = side;
    listener->waiting++;
    if (listener->watch.news != NULL) /* a loop has adopted it */
        sim_watch_notify(&listener->watch);
}

static void request_arrived(sim_connection *connection) {
    sim_side *accepted = &connection->sides[1];
    sim_listener *listener = listener_find(&accepted->address);
    if (listener == NULL || sim_strikes(PAL_SIM_REFUSALS)) {
        connect_answer(connection, pal_error_of(PAL_REFUSED));
    } else if (listener->waiting < listener->backlog && !sim_strikes(PAL_SIM_TIMEOUTS)) {
        listener_queue(listener, accepted);
        connect_answer(connection, pal_ok());
    } else if (connection->requests < REQUESTS_MAX) {
        sim_event_start(&connection->connect, sim_now_ns() + (REQUEST_NS << connection->requests++));
    } else {
        connect_answer(connection, pal_error_of(PAL_TIMED_OUT));
    }
}

static void connect_happens(pal_timer *event) {
    sim_connection *connection = PAL_CONTAINER_OF(event, sim_connection, connect);
    if (connection->stage == CONNECT_REQUESTED) {
        sim_note("connect arrives", connection->number, connection->requests);
        request_arrived(connection);
        return;
    }
    sim_note("connect is answered", connection->number, (uint64_t)connection->error.status);
    connection->stage = CONNECT_DONE;
    if (connection->sides[0].watch != NULL) /* it was not closed meanwhile */
        sim_watch_notify(connection->sides[0].watch);
}

/* The port is free when the connection is freed. */
static void connection_released(const sim_connection *connection) {
    const pal_address *address = &connection->sides[0].address;
    assert(network.port_uses[address->family][address->port] > 0);
    network.port_uses[address->family][address->port]--;
}

pal_error sim_network_connect(const pal_address *address, sim_watch *watch, sim_side **side) {
    sim_connection *connection = sim_strikes(PAL_SIM_MEMORY) ? NULL : calloc(1, sizeof *connection);
    if (connection == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    sim_connection_init(connection);
    connection->number = network.connections++;
    connection->connect.expired = connect_happens;
    connection->released = connection_released;
    sim_side *connecting = &connection->sides[0];
    pal_address target = *address;
    if (address_is_any(address) && !pal_address_parse(address->family == PAL_IPV4 ? "127.0.0.1" : "::1", address->port, &target))
        sim_abort("the loopback address cannot be read");
    connecting->address = target;
    if (!address_give_port(&connecting->address)) {
        sim_connection_free(connection);
        return pal_error_of(PAL_ADDRESS_UNAVAILABLE);
    }
    network.port_uses[target.family][connecting->address.port]++;
    connection->sides[1].address = target;
    connecting->is_open = true;
    connecting->watch = watch;
    *side = connecting;
    sim_counts()->sockets++;
    sim_note("connects", connection->number, target.port);
    if (address_is_here(&target))
        sim_event_start(&connection->connect, sim_now_ns() + sim_delay_ns());
    else
        connect_answer(connection, pal_error_of(PAL_UNREACHABLE));
    return pal_ok();
}
