/* A listening TCP socket. Functions must be called on the loop's thread, or while the loop does not run. */
#ifndef PAL_LISTENER_H
#define PAL_LISTENER_H

#include "pal/address.h"
#include "pal/loop.h"
#include "pal/public.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stdalign.h>

PAL_PUBLIC_BEGIN

typedef struct pal_listener pal_listener;

typedef struct pal_listener_handler {
    /* A new connection: SOCKET is the callee's to open as a stream, here or on another loop, or to close. On any error but PAL_OK
     * there is none, and the listener has paused itself: resume it when there is reason to hope (with NO_DESCRIPTORS: a
     * connection was closed, or some time has passed). One connection that broke before it was accepted is no error. */
    void (*accepted)(pal_listener *listener, pal_error error, pal_socket socket, const pal_address *peer);

    /* Answers pal_listener_close: the memory is the caller's again. */
    void (*closed)(pal_listener *listener);
} pal_listener_handler;

struct pal_listener {
    const pal_listener_handler *handler;
    alignas(8) unsigned char storage[768];
};

/* Binds and listens, and accepts nothing yet: connections wait. BACKLOG is how many of them may, 0 for the system's maximum. Another
 * program's port is never taken over (SO_REUSEADDR on POSIX, SO_EXCLUSIVEADDRUSE on Windows); IPv6 leaves IPv4 alone (IPV6_V6ONLY).
 * *SOCKET is the caller's to give to pal_listener_adopt or pal_socket_close. Any thread.
 * Errors: ADDRESS_IN_USE, ADDRESS_UNAVAILABLE, DENIED, UNSUPPORTED, NO_DESCRIPTORS ... */
pal_error pal_socket_listen(const pal_address *address, unsigned backlog, pal_socket *socket);

/* Begins to accept on a socket that listens already, and owns it from then on. It may be shared with another process, such as the service
 * manager that opened it (pal/service.h): what waits when the listener is closed then goes on waiting for the next one.
 * On failure the socket is closed and the listener is not open: INVALID for what does not listen, or not on IPv4 or IPv6; NO_MEMORY ... */
pal_error pal_listener_adopt(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, pal_socket socket);

/* The two above in one. */
pal_error pal_listener_open(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, const pal_address *address,
                            unsigned backlog);

/* Where it listens: the real port when 0 was asked. */
pal_address pal_listener_address(const pal_listener *listener);

/* Stops calling `accepted` until resumed. Connections wait in the backlog. */
void pal_listener_pause(pal_listener *listener);
void pal_listener_resume(pal_listener *listener);

/* Stops listening, then calls `closed` once, not from inside this call. */
void pal_listener_close(pal_listener *listener);

PAL_PUBLIC_END

#endif
