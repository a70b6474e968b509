/* The service manager that started this process, where one did: what it hands over, and what it is told.
 *
 * systemd, and who speaks its protocol, leaves variables in the environment, is told by datagrams (sd_listen_fds(3), sd_notify(3)) and stops
 * a service by a signal, which pal_interrupt_watch sees. Windows' service control manager starts, stops and asks through calls of its own.
 * Where there is no manager, nothing is handed over, and who tells it something tells nobody: that is no error. */
#ifndef PAL_SERVICE_H
#define PAL_SERVICE_H

#include "pal/public.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Takes the sockets that the manager opened for this process and removes what tells of them from the environment (LISTEN_PID, LISTEN_FDS,
 * LISTEN_FDNAMES), so that no child takes them for its own. At most CAPACITY go to SOCKETS, *COUNT tells how many; 0 on Windows, always.
 * They are the caller's, to give to pal_listener_adopt, which says whether they are what it expects, or to pal_socket_close.
 * INVALID where the variables make no sense, name a descriptor that is not open, or more than CAPACITY: then none is taken.
 * Early in main(), before any other thread starts: the environment is everybody's. */
pal_error pal_service_take_sockets(pal_socket *sockets, size_t capacity, size_t *count);

/* Answers Windows' service control manager, which gives up a service that does not within 30 s. From then on it calls
 * INTERRUPTED(CONTEXT) on a thread of its own when the manager wants the service to stop. In place of pal_interrupt_watch, once.
 * UNSUPPORTED on other systems; any other error: the manager did not start this process. */
pal_error pal_service_connect(void (*interrupted)(void *context), void *context);

/* Tells the manager that the service has begun its work, that it is ending and will have ended within so long, and how it ended, in this order
 * and each at most once. The last is for a connected one (pal_service_connect): elsewhere a process's end speaks for itself. An error means
 * that there is a manager and that it could not be told. Any thread, one at a time. Blocks for five seconds at most. */
pal_error pal_service_notify_ready(void);
pal_error pal_service_notify_stopping(uint64_t within_ns);
pal_error pal_service_notify_ended(int exit_code);

PAL_PUBLIC_END

#endif
