/* Winsock itself, and sockets before and after their life as streams. */
#include "sockets.h"

#include "common/address.h"
#include "common/trace.h"
#include "pal/stream.h"

static INIT_ONCE startup_once = INIT_ONCE_STATIC_INIT;
static int startup_code;

static BOOL CALLBACK startup_run(INIT_ONCE *once, void *parameter, void **context) {
    (void)once;
    (void)parameter;
    (void)context;
    WSADATA data;
    startup_code = WSAStartup(MAKEWORD(2, 2), &data);
    return TRUE;
}

/* There is no WSACleanup: Winsock is in use as long as the process lives, and the system knows when that ends. */
pal_error pal_sockets_start(void) {
    InitOnceExecuteOnce(&startup_once, startup_run, NULL, NULL);
    return pal_error_from_os(startup_code);
}

pal_error pal_socket_open(const pal_address *address, pal_trace_role role, SOCKET *socket) {
    pal_error error = pal_sockets_start();
    if (error.status != PAL_OK)
        return error;
    int domain = address->family == PAL_IPV4 ? AF_INET : AF_INET6;
    *socket = WSASocketW(domain, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    error = *socket != INVALID_SOCKET ? pal_ok() : pal_error_from_os(WSAGetLastError());
    pal_trace(.operation = PAL_TRACE_CREATE, .role = role, .socket = *socket != INVALID_SOCKET ? *socket : 0, .address = address,
              .error = error);
    return error;
}

pal_error pal_socket_bind(SOCKET socket, pal_trace_role role, const pal_address *address) {
    struct sockaddr_storage storage;
    socklen_t size = pal_address_to_sockaddr(address, &storage);
    int result = bind(socket, (const struct sockaddr *)&storage, size);
    pal_error error = result == 0 ? pal_ok() : pal_error_from_os(WSAGetLastError());
    pal_trace(.operation = PAL_TRACE_BIND, .role = role, .socket = socket, .address = address, .error = error);
    return error;
}

void pal_socket_end(SOCKET socket, pal_trace_role role) {
    pal_trace(.operation = PAL_TRACE_CLOSE, .role = role, .socket = socket);
    closesocket(socket);
}

void pal_socket_close(pal_socket socket) {
    pal_socket_end(socket.handle, PAL_TRACE_ACCEPTED);
}

void pal_socket_abort(SOCKET socket, pal_trace_role role) {
    pal_trace(.operation = PAL_TRACE_RESET, .role = role, .socket = socket);
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger);
    closesocket(socket);
}

pal_error pal_socket_extension(SOCKET socket, GUID name, void *function) {
    DWORD size = 0;
    int result = WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof name, function, sizeof(void (*)(void)), &size,
                          NULL, NULL);
    return result == 0 ? pal_ok() : pal_error_from_os(WSAGetLastError());
}

pal_error pal_socket_result(SOCKET socket, OVERLAPPED *overlapped, DWORD *size) {
    DWORD flags = 0;
    *size = 0;
    return WSAGetOverlappedResult(socket, overlapped, size, FALSE, &flags) ? pal_ok() : pal_error_from_os(WSAGetLastError());
}
