/* The service manager that started this process, if one did: the sockets it passes, and how to notify it.
 *
 * systemd, and managers with its protocol, pass sockets by environment variables and receive notifications as datagrams
 * (sd_listen_fds(3), sd_notify(3)). They stop a service by a signal: see pal_interrupt_watch. Windows' service control manager has
 * functions of its own. Without a manager, no sockets are passed, and a notification does nothing and succeeds. */
#ifndef PAL_SERVICE_H
#define PAL_SERVICE_H

#include "pal/public.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Takes the sockets that the manager opened for this process: at most CAPACITY into SOCKETS, *COUNT is their number (always 0 on
 * Windows). Removes their variables from the environment (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES), so that no child takes them too.
 * The caller gives each socket to pal_listener_adopt, which checks it, or to pal_socket_close.
 * INVALID when the variables are malformed, or name a closed descriptor or more than CAPACITY sockets; then none is taken.
 * Call it early in main(), before any other thread starts: all threads share the environment. */
pal_error pal_service_take_sockets(pal_socket *sockets, size_t capacity, size_t *count);

/* Connects to Windows' service control manager, which gives up on a service after 30 s without this call. Calls
 * INTERRUPTED(CONTEXT), on a thread of its own, when the manager wants the service to stop. Call it once, in place of
 * pal_interrupt_watch. UNSUPPORTED on other systems. Any other error: the manager did not start this process. */
pal_error pal_service_connect(void (*interrupted)(void *context), void *context);

/* Notify the manager that the service is ready, that it is stopping and ends within WITHIN_NS, and that it ended with EXIT_CODE.
 * Call them in this order, each at most once. The last does something only after pal_service_connect: other managers see the
 * process end. An error means that there is a manager but it was not notified. Any thread, one at a time. Each blocks for at most 5
 * s. */
pal_error pal_service_notify_ready(void);
pal_error pal_service_notify_stopping(uint64_t within_ns);
pal_error pal_service_notify_ended(int exit_code);

PAL_PUBLIC_END

#endif
