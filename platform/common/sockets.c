/* Sockets before and after their life as streams or listeners: Winsock and BSD sockets agree on these calls. */
#include "common/sockets.h"

#include "common/address.h"
#include "common/trace.h"

pal_error pal_socket_bind(pal_native_socket socket, pal_trace_role role, const pal_address *address) {
    struct sockaddr_storage storage;
    socklen_t size = pal_address_to_sockaddr(address, &storage);
    int result = bind(socket, (const struct sockaddr *)&storage, size);
    pal_error error = result == 0 ? pal_ok() : pal_socket_error();
    pal_trace(.operation = PAL_TRACE_BIND, .role = role, .socket = (uintptr_t)socket, .address = address, .error = error);
    return error;
}

/* Binds and listens. */
static pal_error socket_listen(pal_native_socket socket, const pal_address *address, unsigned backlog) {
    int on = 1;
    if (setsockopt(socket, SOL_SOCKET, pal_own_port_option, (const void *)&on, sizeof on) != 0 ||
        (address->family == PAL_IPV6 && setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, (const void *)&on, sizeof on) != 0))
        return pal_socket_error();
    pal_error error = pal_socket_bind(socket, PAL_TRACE_LISTENING, address);
    if (error.status != PAL_OK)
        return error;
    int limit = pal_backlog_limit(backlog);
    error = listen(socket, limit) == 0 ? pal_ok() : pal_socket_error();
    pal_trace(.operation = PAL_TRACE_LISTEN, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)socket,
              .size = (size_t)(limit < 0 ? -limit : limit), .error = error); /* Winsock's hint is negative */
    return error;
}

pal_error pal_socket_listen(const pal_address *address, unsigned backlog, pal_socket *result) {
    pal_native_socket socket;
    pal_error error = pal_socket_open(address, PAL_TRACE_LISTENING, &socket);
    if (error.status != PAL_OK)
        return error;
    error = socket_listen(socket, address, backlog);
    if (error.status == PAL_OK)
        *result = (pal_socket){(uintptr_t)socket};
    else
        pal_socket_end(socket, PAL_TRACE_LISTENING);
    return error;
}

pal_error pal_listener_open(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, const pal_address *address,
                            unsigned backlog) {
    pal_socket socket;
    pal_error error = pal_socket_listen(address, backlog, &socket);
    return error.status == PAL_OK ? pal_listener_start(listener, loop, handler, (pal_native_socket)socket.handle) : error;
}

bool pal_socket_is_listening(pal_native_socket socket) {
    int type = 0, listens = 0; /* Windows' BOOL is an int */
    socklen_t type_size = sizeof type, listens_size = sizeof listens;
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, (void *)&type, &type_size) == 0 && type == SOCK_STREAM &&
           getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, (void *)&listens, &listens_size) == 0 && listens != 0;
}

bool pal_socket_local_address(pal_native_socket socket, pal_address *address) {
    struct sockaddr_storage storage = {0};
    socklen_t size = sizeof storage;
    return getsockname(socket, (struct sockaddr *)&storage, &size) == 0 &&
           pal_address_from_sockaddr((const struct sockaddr *)&storage, address);
}

bool pal_socket_is_own_peer(pal_native_socket socket) {
    struct sockaddr_storage storage = {0};
    socklen_t size = sizeof storage;
    pal_address local, peer;
    return pal_socket_local_address(socket, &local) && getpeername(socket, (struct sockaddr *)&storage, &size) == 0 &&
           pal_address_from_sockaddr((const struct sockaddr *)&storage, &peer) && local.port == peer.port &&
           pal_address_is_same_host(&local, &peer);
}

void pal_socket_end(pal_native_socket socket, pal_trace_role role) {
    pal_trace(.operation = PAL_TRACE_CLOSE, .role = role, .socket = (uintptr_t)socket);
    pal_socket_release(socket);
}

void pal_socket_abort(pal_native_socket socket, pal_trace_role role) {
    pal_trace(.operation = PAL_TRACE_RESET, .role = role, .socket = (uintptr_t)socket);
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, (const void *)&linger, sizeof linger);
    pal_socket_release(socket);
}

void pal_socket_close(pal_socket socket) {
    pal_native_socket native = (pal_native_socket)socket.handle;
    bool listens = pal_trace_reporter != NULL && pal_socket_is_listening(native);
    pal_socket_end(native, listens ? PAL_TRACE_LISTENING : PAL_TRACE_ACCEPTED);
}
