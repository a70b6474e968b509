/* Winsock itself, and sockets before and after their life as streams. */
#include "sockets.h"

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

pal_error pal_socket_open(pal_family family, SOCKET *socket) {
    pal_error error = pal_sockets_start();
    if (error.status != PAL_OK)
        return error;
    int domain = family == PAL_IPV4 ? AF_INET : AF_INET6;
    *socket = WSASocketW(domain, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    return *socket != INVALID_SOCKET ? pal_ok() : pal_error_from_os(WSAGetLastError());
}

void pal_socket_close(pal_socket socket) {
    closesocket(socket.handle);
}

void pal_socket_abort(SOCKET socket) {
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
