/* A listening TCP socket. Call these functions on the loop's thread, or while the loop does not run. */
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
    /* PAL_OK: a new connection. SOCKET is the callee's: it opens it as a stream, here or on another loop, or closes it.
     * Any other error: there is no SOCKET, and the listener has paused itself. Resume it when accepting may work again (after
     * NO_DESCRIPTORS: when a connection was closed or some time has passed). A connection that breaks before its accept is no
     * error. */
    void (*accepted)(pal_listener *listener, pal_error error, pal_socket socket, const pal_address *peer);

    /* Answers pal_listener_close. The memory is the caller's again. */
    void (*closed)(pal_listener *listener);
} pal_listener_handler;

struct pal_listener {
    const pal_listener_handler *handler;
    alignas(8) unsigned char storage[768];
};

/* Binds and listens, but does not accept yet. At most BACKLOG connections wait; 0 for the system's maximum.
 * Never takes over another program's port (SO_REUSEADDR on POSIX, SO_EXCLUSIVEADDRUSE on Windows). An IPv6 socket accepts IPv6 only
 * (IPV6_V6ONLY). The caller gives *SOCKET to pal_listener_adopt or pal_socket_close. Any thread.
 * Errors: ADDRESS_IN_USE, ADDRESS_UNAVAILABLE, DENIED, UNSUPPORTED, NO_DESCRIPTORS ... */
pal_error pal_socket_listen(const pal_address *address, unsigned backlog, pal_socket *socket);

/* Starts to accept on a socket that already listens, and owns it from now on. Another process may share the socket, such as the
 * service manager that opened it (pal/service.h): connections that wait when the listener is closed then wait for the next
 * listener. On failure the socket is closed and the listener is not open. Errors: INVALID (the socket does not listen, or not on
 * IPv4 or IPv6), NO_MEMORY ... */
pal_error pal_listener_adopt(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, pal_socket socket);

/* As pal_socket_listen, then pal_listener_adopt. */
pal_error pal_listener_open(pal_listener *listener, pal_loop *loop, const pal_listener_handler *handler, const pal_address *address,
                            unsigned backlog);

/* Returns the address where it listens, with the real port when port 0 was asked for. */
pal_address pal_listener_address(const pal_listener *listener);

/* Pause stops the calls of `accepted` until resume. Meanwhile, connections wait in the backlog. Neither may follow
 * pal_listener_close. */
void pal_listener_pause(pal_listener *listener);
void pal_listener_resume(pal_listener *listener);

/* Stops listening. Then calls `closed` once, never from inside this call. */
void pal_listener_close(pal_listener *listener);

PAL_PUBLIC_END

#endif
