/* Sockets before and after their life as streams. */
#include "sockets.h"

#include "common/trace.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

pal_error pal_sockets_start(void) {
    return pal_ok();
}

pal_error pal_socket_error(void) {
    return pal_error_last();
}

/* The kernel lowers a backlog above its maximum (listen(2)). */
int pal_backlog_limit(unsigned backlog) {
    return backlog > 0 && backlog < INT_MAX ? (int)backlog : INT_MAX;
}

bool pal_descriptor_prepare(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

int pal_descriptor_open(int family) {
#ifdef SOCK_NONBLOCK
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
#else
    int descriptor = socket(family, SOCK_STREAM, IPPROTO_TCP);
    if (descriptor >= 0 && !pal_descriptor_prepare(descriptor)) {
        close(descriptor);
        return -1;
    }
    return descriptor;
#endif
}

pal_error pal_socket_open(const pal_address *address, pal_trace_role role, int *descriptor) {
    *descriptor = pal_descriptor_open(address->family == PAL_IPV4 ? AF_INET : AF_INET6);
    pal_error error = *descriptor >= 0 ? pal_ok() : pal_error_last();
    pal_trace(.operation = PAL_TRACE_CREATE, .role = role, .socket = *descriptor >= 0 ? (uintptr_t)*descriptor : 0,
              .address = address, .error = error);
    return error;
}

void pal_socket_release(int descriptor) {
    close(descriptor);
}
