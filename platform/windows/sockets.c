/* Winsock itself, and sockets before and after their life as streams. */
#include "sockets.h"

#include "common/trace.h"

#define BACKLOG_HINT_MIN 200 /* SOMAXCONN_HINT takes at least this; smaller numbers are given as they are (listen()) */
#define BACKLOG_HINT_MAX 65535
#ifndef SOMAXCONN_HINT /* mingw-w64 10 lacks it */
#define SOMAXCONN_HINT(count) (-(count))
#endif

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

/* WSACleanup is never called: Winsock is used until the process ends, and then the system cleans up. */
pal_error pal_sockets_start(void) {
    InitOnceExecuteOnce(&startup_once, startup_run, NULL, NULL);
    return pal_error_from_os(startup_code);
}

pal_error pal_socket_error(void) {
    return pal_error_from_os(WSAGetLastError());
}

int pal_backlog_limit(unsigned backlog) {
    if (backlog > BACKLOG_HINT_MIN)
        return SOMAXCONN_HINT(backlog < BACKLOG_HINT_MAX ? (int)backlog : BACKLOG_HINT_MAX);
    return backlog > 0 ? (int)backlog : SOMAXCONN;
}

pal_error pal_socket_open(const pal_address *address, pal_trace_role role, SOCKET *socket) {
    pal_error error = pal_sockets_start();
    if (error.status != PAL_OK)
        return error;
    int domain = address->family == PAL_IPV4 ? AF_INET : AF_INET6;
    *socket = WSASocketW(domain, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    error = *socket != INVALID_SOCKET ? pal_ok() : pal_socket_error();
    pal_trace(.operation = PAL_TRACE_CREATE, .role = role, .socket = *socket != INVALID_SOCKET ? *socket : 0, .address = address,
              .error = error);
    return error;
}

void pal_socket_release(SOCKET socket) {
    closesocket(socket);
}

pal_error pal_socket_extension(SOCKET socket, GUID name, void *function) {
    DWORD size = 0;
    int result = WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof name, function, sizeof(void (*)(void)), &size,
                          NULL, NULL);
    return result == 0 ? pal_ok() : pal_socket_error();
}

pal_error pal_socket_result(SOCKET socket, OVERLAPPED *overlapped, DWORD *size) {
    DWORD flags = 0;
    *size = 0;
    return WSAGetOverlappedResult(socket, overlapped, size, FALSE, &flags) ? pal_ok() : pal_socket_error();
}
