/* pal_listener on the simulated network. */
#include "pal/listener.h"

#include "common/trace.h"
#include "pal/container.h"
#include "sim/chance.h"
#include "sim/loop.h"
#include "sim/network.h"
#include "sim/simulation.h"

#include <assert.h>
#include <stdlib.h>

#define ACCEPT_SHARE 16 /* accepts of one listener in one round */
#define BACKLOG_MAX 4096

static_assert(sizeof(sim_listener) <= sizeof(((pal_listener *)NULL)->storage), "pal_listener holds a listener");

static sim_listener *sim_of(pal_listener *listener) {
    return (sim_listener *)(void *)listener->storage;
}

static pal_listener *listener_of(sim_listener *sim) {
    return PAL_CONTAINER_OF((void *)sim, pal_listener, storage);
}

static void listener_trace(const sim_listener *sim, pal_trace_operation operation, const pal_address *address, pal_error error) {
    pal_trace(.operation = operation, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)sim, .address = address, .error = error);
}

static bool listener_can_accept(const sim_listener *sim) {
    return sim->first != NULL && !sim->is_paused && !sim->is_closing;
}

static void listener_update(sim_listener *sim) {
    if (sim->is_closing || listener_can_accept(sim))
        sim_loop_set_ready(&sim->watch);
}

static void listener_accept_once(sim_listener *sim) {
    pal_listener *listener = listener_of(sim);
    if (sim_strikes(PAL_SIM_ACCEPTS)) {
        sim->is_paused = true;
        sim_note("accept fails", sim->address.port, 0);
        pal_error error = pal_error_of(PAL_NO_DESCRIPTORS);
        pal_trace(.operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)sim, .error = error);
        listener->handler->accepted(listener, error, (pal_socket){0}, NULL);
        return;
    }
    sim_side *side = sim->first;
    sim->first = side->next;
    sim->waiting--;
    sim_note("accepts", side->connection->number, sim->waiting);
    pal_address peer = sim_side_peer(side)->address;
    pal_trace(.operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)sim, .accepted = (uintptr_t)side,
              .address = &peer);
    listener->handler->accepted(listener, pal_ok(), (pal_socket){(uintptr_t)side}, &peer);
}

static void listener_run(pal_source *source) {
    sim_listener *sim = PAL_CONTAINER_OF(source, sim_listener, watch.source);
    if (sim->is_closing) {
        listener_of(sim)->handler->closed(listener_of(sim));
        return;
    }
    for (int i = 0; i < ACCEPT_SHARE && listener_can_accept(sim); i++)
        listener_accept_once(sim);
    listener_update(sim);
}

static pal_error sim_listen(sim_listener *sim, const pal_address *address, unsigned backlog) {
    sim->address = *address;
    sim->backlog = backlog > 0 && backlog < BACKLOG_MAX ? backlog : BACKLOG_MAX;
    listener_trace(sim, PAL_TRACE_CREATE, address, pal_ok());
    pal_error error = sim_network_listen(sim); /* binds and listens */
    listener_trace(sim, PAL_TRACE_BIND, address, error);
    if (error.status == PAL_OK)
        pal_trace(.operation = PAL_TRACE_LISTEN, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)sim, .size = sim->backlog);
    else
        listener_trace(sim, PAL_TRACE_CLOSE, NULL, pal_ok());
    return error;
}

pal_error pal_socket_listen(const pal_address *address, unsigned backlog, pal_socket *socket) {
    sim_start();
    sim_listener *sim = sim_strikes(PAL_SIM_MEMORY) ? NULL : calloc(1, sizeof *sim);
    if (sim == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    pal_error error = sim_listen(sim, address, backlog);
    if (error.status == PAL_OK)
        *socket = sim_network_socket_of(sim);
    else
        free(sim);
    return error;
}

/* Not by pal_socket_listen: this needs no memory. */
pal_error pal_listener_open(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, const pal_address *address,
                            unsigned backlog) {
    sim_listener *sim = sim_of(listener);
    listener->handler = handler;
    *sim = (sim_listener){.watch = {.source.run = listener_run, .news = &sim_loop_of(loop)->news}};
    return sim_listen(sim, address, backlog);
}

pal_error pal_listener_adopt(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, pal_socket socket) {
    sim_listener *adopted = sim_network_listener_of(socket);
    if (adopted == NULL || sim_strikes(PAL_SIM_MEMORY)) {
        pal_socket_close(socket);
        return pal_error_of(adopted == NULL ? PAL_INVALID : PAL_NO_MEMORY);
    }
    sim_listener *sim = sim_of(listener);
    listener->handler = handler;
    sim_network_move(adopted, sim);
    free(adopted);
    sim->watch = (sim_watch){.source.run = listener_run, .news = &sim_loop_of(loop)->news};
    listener_update(sim);
    return pal_ok();
}

pal_address pal_listener_address(const pal_listener *listener) {
    return ((const sim_listener *)(const void *)listener->storage)->address;
}

void pal_listener_pause(pal_listener *listener) {
    assert(!sim_of(listener)->is_closing);
    sim_of(listener)->is_paused = true;
    listener_update(sim_of(listener));
}

void pal_listener_resume(pal_listener *listener) {
    assert(!sim_of(listener)->is_closing);
    sim_of(listener)->is_paused = false;
    listener_update(sim_of(listener));
}

void pal_listener_close(pal_listener *listener) {
    sim_listener *sim = sim_of(listener);
    assert(!sim->is_closing);
    sim->is_closing = true;
    listener_trace(sim, PAL_TRACE_CLOSE, NULL, pal_ok());
    sim_network_unlisten(sim);
    sim_watch_forget(&sim->watch);
    listener_update(sim);
}
