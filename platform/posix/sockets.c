/* Sockets before and after their life as streams. */
#include "native.h"

#include "pal/stream.h"

#include <fcntl.h>
#include <unistd.h>

pal_error pal_sockets_start(void) {
    return pal_ok();
}

bool pal_descriptor_prepare(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

int pal_socket_open(int family) {
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

void pal_socket_close(pal_socket socket) {
    close((int)socket.handle);
}
