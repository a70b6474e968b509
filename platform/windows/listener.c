/* pal_listener on AcceptEx: a few sockets wait in the system to become connections. */
#include "pal/listener.h"

#include "common/address.h"
#include "common/trace.h"
#include "iocp.h"
#include "pal/container.h"
#include "sockets.h"

#include <assert.h>
#include <stdlib.h>

#define ACCEPTS 8 /* posted at a time, and the most per share; other connections wait in the backlog */
#define ACCEPT_ADDRESS_SIZE (sizeof(struct sockaddr_in6) + 16) /* AcceptEx wants 16 bytes more than an address needs */

/* A socket for the next connection, or for one just accepted. */
typedef struct accept_slot {
    pal_operation operation;
    SOCKET socket;
    unsigned char addresses[2 * ACCEPT_ADDRESS_SIZE]; /* local and remote, in the system's own form */
} accept_slot;

typedef struct iocp_listener {
    pal_source source;
    pal_iocp *iocp;
    SOCKET socket;
    LPFN_ACCEPTEX accept_ex;
    LPFN_GETACCEPTEXSOCKADDRS get_addresses;
    accept_slot *slots; /* ACCEPTS of them */
    pal_address address;
    bool is_paused;
    bool is_closing;
} iocp_listener;

static_assert(sizeof(iocp_listener) <= sizeof(((pal_listener *)NULL)->storage), "pal_listener holds a listener");

static iocp_listener *state_of(pal_listener *listener) {
    return (iocp_listener *)(void *)listener->storage;
}

static pal_listener *listener_of(iocp_listener *state) {
    return PAL_CONTAINER_OF((void *)state, pal_listener, storage);
}

static void listener_set_ready(iocp_listener *state) {
    pal_source_set_ready(&state->iocp->common, &state->source);
}

static void listener_fail(iocp_listener *state, pal_error error) {
    pal_listener *listener = listener_of(state);
    state->is_paused = true;
    listener->handler->accepted(listener, error, (pal_socket){0}, NULL);
}

/* Returns true for an error that ends one connection before its accept and does not concern the next. */
static bool is_broken_connection(pal_error error) {
    return error.status == PAL_RESET || error.status == PAL_TIMED_OUT;
}

static void listener_trace_accept(const iocp_listener *state, SOCKET accepted, const pal_address *peer, pal_error error) {
    pal_trace(.operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .socket = state->socket, .accepted = accepted,
              .address = peer, .error = error);
}

/* Hands over the connection of a slot. Its packet has arrived. */
static void listener_deliver(iocp_listener *state, accept_slot *slot) {
    pal_listener *listener = listener_of(state);
    SOCKET socket = slot->socket;
    DWORD size;
    slot->operation.state = PAL_OPERATION_IDLE;
    slot->socket = INVALID_SOCKET;
    pal_error error = pal_socket_result(state->socket, &slot->operation.overlapped, &size);
    if (error.status != PAL_OK) {
        listener_trace_accept(state, 0, NULL, error);
        pal_socket_end(socket, PAL_TRACE_ACCEPTED);
        if (!is_broken_connection(error))
            listener_fail(state, error);
        return;
    }
    struct sockaddr *local = NULL, *remote = NULL;
    int local_size = 0, remote_size = 0;
    state->get_addresses(slot->addresses, 0, ACCEPT_ADDRESS_SIZE, ACCEPT_ADDRESS_SIZE, &local, &local_size, &remote, &remote_size);
    /* Without this option, shutdown() and getpeername() do not know the connection. It fails when the connection has already
     * broken. */
    pal_address peer;
    bool is_known = pal_address_from_sockaddr(remote, &peer);
    listener_trace_accept(state, socket, is_known ? &peer : NULL, pal_ok());
    if (setsockopt(socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&state->socket, sizeof state->socket) == 0 &&
        is_known)
        listener->handler->accepted(listener, pal_ok(), (pal_socket){socket}, &peer);
    else
        pal_socket_end(socket, PAL_TRACE_ACCEPTED);
}

/* Posts one more accept. It may fail immediately because a waiting connection broke; the next round tries again. */
static void listener_post(iocp_listener *state, accept_slot *slot) {
    pal_error error = pal_socket_open(&state->address, PAL_TRACE_ACCEPTED, &slot->socket);
    if (error.status != PAL_OK) {
        listener_fail(state, error);
        return;
    }
    DWORD size = 0;
    OVERLAPPED *overlapped = pal_operation_begin(&slot->operation, &state->source);
    BOOL is_success = state->accept_ex(state->socket, slot->socket, slot->addresses, 0, ACCEPT_ADDRESS_SIZE, ACCEPT_ADDRESS_SIZE,
                                       &size, overlapped);
    error = pal_operation_end(&slot->operation, is_success);
    if (error.status == PAL_OK) {
        pal_trace(.operation = PAL_TRACE_ACCEPT, .role = PAL_TRACE_LISTENING, .socket = state->socket, .is_pending = true);
        return;
    }
    listener_trace_accept(state, 0, NULL, error);
    pal_socket_end(slot->socket, PAL_TRACE_ACCEPTED);
    slot->socket = INVALID_SOCKET;
    if (is_broken_connection(error))
        listener_set_ready(state);
    else
        listener_fail(state, error);
}

static bool listener_is_active(const iocp_listener *state) {
    return !state->is_paused && !state->is_closing;
}

/* The listening socket is closed. Closes the sockets that have their packets; when all have, calls `closed`. */
static void listener_closing_run(iocp_listener *state) {
    pal_listener *listener = listener_of(state);
    bool is_pending = false;
    for (int i = 0; i < ACCEPTS; i++) {
        accept_slot *slot = &state->slots[i];
        if (slot->operation.state == PAL_OPERATION_PENDING) {
            is_pending = true; /* its packet sets the listener ready again */
        } else if (slot->socket != INVALID_SOCKET) {
            /* It may be a connection that nobody asked for. It ends like those in the backlog. */
            pal_socket_abort(slot->socket, PAL_TRACE_ACCEPTED);
            slot->socket = INVALID_SOCKET;
        }
    }
    if (is_pending)
        return;
    free(state->slots);
    listener->handler->closed(listener);
}

/* A listener's share of a round. A callback may pause or close it, but it lives until `closed`, the last callback. */
static void listener_run(pal_source *source) {
    iocp_listener *state = PAL_CONTAINER_OF(source, iocp_listener, source);
    if (state->is_closing) {
        listener_closing_run(state);
        return;
    }
    for (int i = 0; i < ACCEPTS && listener_is_active(state); i++) {
        if (state->slots[i].operation.state == PAL_OPERATION_COMPLETED)
            listener_deliver(state, &state->slots[i]);
    }
    for (int i = 0; i < ACCEPTS && listener_is_active(state); i++) {
        if (state->slots[i].operation.state == PAL_OPERATION_IDLE)
            listener_post(state, &state->slots[i]);
    }
}

/* Everything that can fail for a socket that already listens. */
static pal_error listener_prepare(iocp_listener *state) {
    if (!pal_socket_local_address(state->socket, &state->address))
        return pal_error_of(PAL_INVALID);
    pal_error error = pal_socket_extension(state->socket, (GUID)WSAID_ACCEPTEX, &state->accept_ex);
    if (error.status == PAL_OK)
        error = pal_socket_extension(state->socket, (GUID)WSAID_GETACCEPTEXSOCKADDRS, &state->get_addresses);
    if (error.status == PAL_OK)
        error = pal_iocp_add(state->iocp, state->socket);
    if (error.status != PAL_OK)
        return error;
    state->slots = calloc(ACCEPTS, sizeof *state->slots);
    if (state->slots == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    for (int i = 0; i < ACCEPTS; i++)
        state->slots[i].socket = INVALID_SOCKET;
    return pal_ok();
}

pal_error pal_listener_start(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, SOCKET socket) {
    iocp_listener *state = state_of(listener);
    listener->handler = handler;
    *state = (iocp_listener){.source.run = listener_run, .iocp = iocp_of(loop), .socket = socket};
    pal_error error = listener_prepare(state);
    if (error.status == PAL_OK)
        listener_set_ready(state); /* to post the accepts; until then connections wait in the backlog */
    else
        pal_socket_end(socket, PAL_TRACE_LISTENING);
    return error;
}

pal_error pal_listener_adopt(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, pal_socket socket) {
    if (pal_socket_is_listening(socket.handle))
        return pal_listener_start(listener, loop, handler, socket.handle);
    pal_socket_close(socket);
    return pal_error_of(PAL_INVALID);
}

pal_address pal_listener_address(const pal_listener *listener) {
    return ((const iocp_listener *)(const void *)listener->storage)->address;
}

void pal_listener_pause(pal_listener *listener) {
    assert(!state_of(listener)->is_closing);
    state_of(listener)->is_paused = true;
}

void pal_listener_resume(pal_listener *listener) {
    assert(!state_of(listener)->is_closing);
    state_of(listener)->is_paused = false;
    listener_set_ready(state_of(listener));
}

void pal_listener_close(pal_listener *listener) {
    iocp_listener *state = state_of(listener);
    assert(!state->is_closing);
    state->is_closing = true;
    CancelIoEx((HANDLE)state->socket, NULL); /* closing cancels too, but only if this is the last handle */
    pal_socket_end(state->socket, PAL_TRACE_LISTENING);
    state->socket = INVALID_SOCKET;
    listener_set_ready(state);
}
