/* pal_stream on overlapped sockets. Non-blocking recv() and send() do what is possible immediately; only waiting is overlapped. */
#include "pal/stream.h"

#include "common/address.h"
#include "common/trace.h"
#include "iocp.h"
#include "pal/container.h"
#include "sockets.h"

#include <assert.h>
#include <mstcpip.h>
#include <stdlib.h>
#include <string.h>

/* Bytes per send() or WSASend(): the system may lock or copy all of that memory at once. */
#define SEND_STEP_SIZE ((size_t)256 * 1024)

typedef struct iocp_stream {
    pal_source source;
    pal_iocp *iocp;
    SOCKET socket;
    pal_trace_role role;
    pal_address address;   /* PAL_TRACE_CONNECTING: the peer */
    pal_operation reading; /* a receive of no bytes: it ends when bytes have arrived */
    pal_operation writing; /* the connect; later, what send() did not take */
    bool is_connecting;    /* requests under way */
    bool is_receiving;
    bool is_sending;
    bool is_closing;
    bool is_shut;            /* the sending half is shut down */
    bool is_sent;            /* is_sending, and the result is in send_error */
    pal_error connect_error; /* is_connecting: an error known from the start, or PAL_OK; later: the connect's result */
    pal_error send_error;
    uint8_t *unsent; /* what send() did not take, from malloc(); NULL for nothing */
    size_t unsent_size, unsent_offset;
} iocp_stream;

static_assert(sizeof(iocp_stream) <= sizeof(((pal_stream *)NULL)->storage), "pal_stream holds a stream");

static iocp_stream *state_of(pal_stream *stream) {
    return (iocp_stream *)(void *)stream->storage;
}

static pal_stream *stream_of(iocp_stream *state) {
    return PAL_CONTAINER_OF((void *)state, pal_stream, storage);
}

static void stream_set_ready(iocp_stream *state) {
    pal_source_set_ready(&state->iocp->common, &state->source);
}

/* Returns true while the system owns memory of this stream. */
static bool stream_is_pending(const iocp_stream *state) {
    return state->reading.state == PAL_OPERATION_PENDING || state->writing.state == PAL_OPERATION_PENDING;
}

/* Returns the result of an operation. Its packet has arrived. */
static pal_error stream_result(iocp_stream *state, pal_operation *operation, DWORD *size) {
    assert(operation->state == PAL_OPERATION_COMPLETED);
    operation->state = PAL_OPERATION_IDLE;
    return pal_socket_result(state->socket, &operation->overlapped, size);
}

static void stream_trace_connect(const iocp_stream *state, bool is_pending, pal_error error) {
    pal_trace(.operation = PAL_TRACE_CONNECT, .role = state->role, .socket = state->socket, .address = &state->address,
              .is_pending = is_pending, .error = error);
}

/* SIZE is the room for bytes; RESULT is the bytes received, or -1. */
PAL_TRACE_APART static void stream_trace_received(const iocp_stream *state, size_t size, int result, pal_error error) {
    pal_trace(.operation = PAL_TRACE_RECEIVE, .role = state->role, .socket = state->socket, .size = size,
              .bytes = result > 0 ? state->iocp->receive_buffer : NULL, .done = result > 0 ? (size_t)result : 0,
              .is_pending = result < 0 && error.status == PAL_OK, .error = result == 0 ? pal_error_of(PAL_END) : error);
}

PAL_TRACE_APART static void stream_trace_sent(const iocp_stream *state, uint64_t begin_ns, const void *bytes, size_t size,
                                              size_t done, pal_error error) {
    pal_trace(.time_ns = begin_ns, .operation = PAL_TRACE_SEND, .role = state->role, .socket = state->socket, .size = size,
              .bytes = done > 0 ? bytes : NULL, .done = done, .is_pending = done == 0 && error.status == PAL_OK, .error = error);
}

static pal_error stream_connect_result(iocp_stream *state) {
    if (state->connect_error.status != PAL_OK)
        return state->connect_error;
    DWORD size;
    pal_error error = stream_result(state, &state->writing, &size);
    if (error.status == PAL_OK) {
        /* Without this option, shutdown() and getpeername() do not know the connection. It fails only when the connection has
         * already broken; the first receive reports that. */
        setsockopt(state->socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0);
        if (pal_socket_is_own_peer(state->socket))
            error = pal_error_from_os(WSAECONNREFUSED);
    }
    stream_trace_connect(state, false, error);
    return error;
}

/* Gives the system up to SIZE bytes. Returns how many it took immediately; send_error has the reason when it can take no more. */
static size_t stream_write(iocp_stream *state, const char *bytes, size_t size) {
    size_t taken = 0;
    while (taken < size) {
        size_t step = size - taken < SEND_STEP_SIZE ? size - taken : SEND_STEP_SIZE;
        uint64_t begin_ns = pal_trace_begin_ns();
        int result = send(state->socket, bytes + taken, (int)step, 0);
        if (result < 0 && WSAGetLastError() != WSAEWOULDBLOCK)
            state->send_error = pal_socket_error();
        if (begin_ns != 0)
            stream_trace_sent(state, begin_ns, bytes + taken, step, result < 0 ? 0 : (size_t)result, state->send_error);
        if (result < 0)
            break;
        taken += (size_t)result;
    }
    return taken;
}

static void stream_unsent_free(iocp_stream *state) {
    free(state->unsent);
    state->unsent = NULL;
}

static void stream_send_end(iocp_stream *state, pal_error error) {
    stream_unsent_free(state);
    state->send_error = error;
    state->is_sent = true;
    stream_set_ready(state);
}

/* Starts to send one more piece of the unsent bytes. */
static void stream_send_more(iocp_stream *state) {
    size_t size = state->unsent_size - state->unsent_offset;
    WSABUF buffer = {
        .len = (ULONG)(size < SEND_STEP_SIZE ? size : SEND_STEP_SIZE),
        .buf = (char *)state->unsent + state->unsent_offset,
    };
    OVERLAPPED *overlapped = pal_operation_begin(&state->writing, &state->source);
    uint64_t begin_ns = pal_trace_begin_ns();
    int result = WSASend(state->socket, &buffer, 1, NULL, 0, overlapped, NULL);
    pal_error error = pal_operation_end(&state->writing, result == 0);
    if (begin_ns != 0)
        stream_trace_sent(state, begin_ns, NULL, buffer.len, 0, error);
    if (error.status != PAL_OK)
        stream_send_end(state, error);
}

static void stream_answer_sent(iocp_stream *state, pal_error error) {
    state->is_sending = state->is_sent = false;
    stream_of(state)->handler->sent(stream_of(state), error);
}

static void stream_run_sending(iocp_stream *state) {
    if (state->is_sending && state->writing.state == PAL_OPERATION_COMPLETED) {
        DWORD size;
        pal_error error = stream_result(state, &state->writing, &size);
        if (pal_trace_reporter != NULL)
            stream_trace_sent(state, 0, state->unsent + state->unsent_offset, size, size, error);
        state->unsent_offset += size;
        if (error.status != PAL_OK || state->unsent_offset == state->unsent_size)
            stream_send_end(state, error);
        else
            stream_send_more(state);
    }
    if (state->is_sent)
        stream_answer_sent(state, state->send_error);
}

static void stream_answer_received(iocp_stream *state, pal_error error, const uint8_t *bytes, size_t size) {
    state->is_receiving = false;
    stream_of(state)->handler->received(stream_of(state), error, bytes, size);
}

/* Starts to watch for bytes to receive; the system holds no buffer of ours meanwhile. A stream is watched even while no receive is
 * under way. So the next receive reports what happened, such as a reset, and in a conversation it needs no useless recv(). */
static pal_error stream_watch(iocp_stream *state) {
    WSABUF nothing = {.len = 0, .buf = NULL};
    DWORD flags = 0;
    OVERLAPPED *overlapped = pal_operation_begin(&state->reading, &state->source);
    int result = WSARecv(state->socket, &nothing, 1, NULL, &flags, overlapped, NULL);
    pal_error error = pal_operation_end(&state->reading, result == 0);
    stream_trace_received(state, 0, -1, error);
    return error;
}

/* Receives once into the loop's buffer. Without an error, *SIZE is the number of bytes, 0 at the end of the stream, or -1 for
 * nothing yet. */
static pal_error stream_read(iocp_stream *state, int *size) {
    *size = -1;
    if (state->reading.state == PAL_OPERATION_COMPLETED) {
        DWORD none;
        pal_error error = stream_result(state, &state->reading, &none);
        if (error.status != PAL_OK) {
            stream_trace_received(state, 0, -1, error);
            return error;
        }
    }
    *size = recv(state->socket, (char *)state->iocp->receive_buffer, PAL_RECEIVE_SIZE, 0);
    pal_error result = pal_ok();
    if (*size < 0 && WSAGetLastError() != WSAEWOULDBLOCK)
        result = pal_socket_error();
    if (pal_trace_reporter != NULL)
        stream_trace_received(state, PAL_RECEIVE_SIZE, *size, result);
    if (result.status != PAL_OK)
        return result;
    if (*size == 0 || *size == PAL_RECEIVE_SIZE) /* the stream has ended, or more bytes are there */
        return pal_ok();
    pal_error error = stream_watch(state);
    return *size > 0 ? pal_ok() : error; /* with bytes to deliver, the next receive reports a failed watch */
}

static void stream_run_receiving(iocp_stream *state) {
    if (!state->is_receiving || state->is_closing || state->reading.state == PAL_OPERATION_PENDING)
        return;
    int size;
    pal_error error = stream_read(state, &size);
    if (error.status != PAL_OK)
        stream_answer_received(state, error, NULL, 0);
    else if (size == 0)
        stream_answer_received(state, pal_error_of(PAL_END), NULL, 0);
    else if (size > 0)
        stream_answer_received(state, pal_ok(), state->iocp->receive_buffer, (size_t)size);
}

static void stream_run_connecting(iocp_stream *state) {
    if (state->connect_error.status == PAL_OK && state->writing.state != PAL_OPERATION_COMPLETED)
        return;
    state->connect_error = stream_connect_result(state);
    state->is_connecting = false;
    if (state->connect_error.status == PAL_OK)
        stream_watch(state); /* on failure, the first receive reports why */
    stream_of(state)->handler->connected(stream_of(state), state->connect_error);
}

/* The socket is closed. When every packet has arrived, answers what was under way, then calls `closed`. */
static void stream_run_closing(iocp_stream *state) {
    pal_stream *stream = stream_of(state);
    pal_error cancelled = pal_error_of(PAL_CANCELLED);
    if (stream_is_pending(state))
        return; /* each pending packet sets it ready again */
    stream_unsent_free(state);
    if (state->is_connecting)
        stream->handler->connected(stream, cancelled);
    if (state->is_receiving)
        stream_answer_received(state, cancelled, NULL, 0);
    if (state->is_sending)
        stream_answer_sent(state, cancelled);
    stream->handler->closed(stream);
}

/* A stream's share of a round. A callback may make requests or close the stream, but the stream lives until `closed`, the last
 * callback. */
static void stream_run(pal_source *source) {
    iocp_stream *state = PAL_CONTAINER_OF(source, iocp_stream, source);
    if (state->is_closing) {
        stream_run_closing(state);
    } else if (state->is_connecting) {
        stream_run_connecting(state);
    } else {
        stream_run_sending(state);
        stream_run_receiving(state);
    }
}

static iocp_stream *stream_init(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, SOCKET socket,
                                pal_trace_role role) {
    iocp_stream *state = state_of(stream);
    stream->handler = handler;
    *state = (iocp_stream){.source.run = stream_run, .iocp = iocp_of(loop), .socket = socket, .role = role};
    return state;
}

/* Gives the socket to the port; closes it on failure. */
static pal_error stream_register(iocp_stream *state) {
    SOCKET socket = state->socket;
    DWORD on = TRUE;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on); /* the first receive reports a peer that is gone */
    u_long non_blocking = TRUE;
    pal_error error;
    if (ioctlsocket(socket, (long)FIONBIO, &non_blocking) != 0)
        error = pal_socket_error();
    else
        error = pal_iocp_add(state->iocp, socket);
    if (error.status != PAL_OK)
        pal_socket_end(socket, state->role);
    return error;
}

pal_error pal_stream_open(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_socket socket) {
    iocp_stream *state = stream_init(stream, loop, handler, socket.handle, PAL_TRACE_ACCEPTED);
    pal_error error = stream_register(state);
    if (error.status == PAL_OK)
        stream_watch(state); /* on failure, the first receive reports why */
    return error;
}

/* After a refusal, Windows tries again for two seconds, in case the server is about to start. This option stops that, for this
 * machine's own addresses only: over a network, one lost packet would then fail a connect. Before Windows 8 the option is unknown
 * and refusals are late. */
static void socket_refuse_at_once(SOCKET socket) {
    TCP_INITIAL_RTO_PARAMETERS parameters = {
        .Rtt = TCP_INITIAL_RTO_DEFAULT_RTT,
        .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS,
    };
    DWORD size = 0;
    WSAIoctl(socket, SIO_TCP_INITIAL_RTO, &parameters, sizeof parameters, NULL, 0, &size, NULL, NULL);
}

/* ConnectEx requires a bound socket. */
static pal_error socket_bind_any(SOCKET socket, pal_family family) {
    pal_address any = {.family = family};
    return pal_socket_bind(socket, PAL_TRACE_CONNECTING, &any);
}

pal_error pal_stream_connect(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, const pal_address *address) {
    SOCKET socket;
    pal_error error = pal_socket_open(address, PAL_TRACE_CONNECTING, &socket);
    if (error.status != PAL_OK)
        return error;
    iocp_stream *state = stream_init(stream, loop, handler, socket, PAL_TRACE_CONNECTING);
    state->address = *address;
    error = stream_register(state); /* before it connects: ConnectEx leaves its packet at the port */
    if (error.status != PAL_OK)
        return error;
    LPFN_CONNECTEX connect_ex = NULL;
    error = socket_bind_any(socket, address->family);
    if (error.status == PAL_OK)
        error = pal_socket_extension(socket, (GUID)WSAID_CONNECTEX, &connect_ex);
    if (error.status != PAL_OK) {
        pal_socket_end(socket, PAL_TRACE_CONNECTING);
        return error;
    }
    if (pal_address_kind_of(address) == PAL_KIND_LOOPBACK)
        socket_refuse_at_once(socket);

    struct sockaddr_storage storage;
    socklen_t size = pal_address_to_sockaddr(address, &storage);
    OVERLAPPED *overlapped = pal_operation_begin(&state->writing, &state->source);
    BOOL is_success = connect_ex(socket, (const struct sockaddr *)&storage, size, NULL, 0, NULL, overlapped);
    state->is_connecting = true;
    state->connect_error = pal_operation_end(&state->writing, is_success);
    stream_trace_connect(state, state->connect_error.status == PAL_OK, state->connect_error);
    if (state->connect_error.status != PAL_OK)
        stream_set_ready(state);
    return pal_ok();
}

void pal_stream_receive(pal_stream *stream) {
    iocp_stream *state = state_of(stream);
    assert(!state->is_closing && !state->is_connecting && !state->is_receiving);
    state->is_receiving = true;
    stream_set_ready(state);
}

void pal_stream_send(pal_stream *stream, const void *bytes, size_t size) {
    iocp_stream *state = state_of(stream);
    assert(!state->is_closing && !state->is_connecting && !state->is_sending && size > 0);
    state->is_sending = true;
    state->send_error = pal_ok();
    size_t taken = stream_write(state, bytes, size);
    if (state->send_error.status != PAL_OK || taken == size) {
        stream_send_end(state, state->send_error);
        return;
    }
    state->unsent_size = size - taken;
    state->unsent_offset = 0;
    state->unsent = malloc(state->unsent_size);
    if (state->unsent == NULL) {
        stream_send_end(state, pal_error_of(PAL_NO_MEMORY));
        return;
    }
    memcpy(state->unsent, (const char *)bytes + taken, state->unsent_size);
    stream_send_more(state);
}

static void stream_shutdown_sending(iocp_stream *state) {
    state->is_shut = true;
    uint64_t begin_ns = pal_trace_begin_ns();
    int result = shutdown(state->socket, SD_SEND);
    pal_trace(.time_ns = begin_ns, .operation = PAL_TRACE_SHUTDOWN, .role = state->role, .socket = state->socket,
              .error = result == 0 ? pal_ok() : pal_socket_error());
}

void pal_stream_shutdown(pal_stream *stream) {
    iocp_stream *state = state_of(stream);
    assert(!state->is_closing && !state->is_connecting && !state->is_sending);
    stream_shutdown_sending(state); /* fails on a broken connection: the next receive reports it */
}

/* Cancels everything. The packets of the cancelled operations return the memory that the system owns. */
static void stream_cancel(iocp_stream *state) {
    assert(!state->is_closing);
    state->is_closing = true;
    /* Closing cancels too, but only if this is the socket's last handle. */
    if (stream_is_pending(state))
        CancelIoEx((HANDLE)state->socket, NULL);
    stream_set_ready(state);
}

void pal_stream_close(pal_stream *stream) {
    iocp_stream *state = state_of(stream);
    /* Windows may reset a connection that is closed while a receive waits, as one nearly always does here. A shutdown before
     * prevents the reset. */
    if (!state->is_connecting && state->connect_error.status == PAL_OK && !state->is_shut)
        stream_shutdown_sending(state);
    stream_cancel(state);
    pal_socket_end(state->socket, state->role);
    state->socket = INVALID_SOCKET;
}

void pal_stream_reset(pal_stream *stream) {
    iocp_stream *state = state_of(stream);
    stream_cancel(state);
    pal_socket_abort(state->socket, state->role);
    state->socket = INVALID_SOCKET;
}
