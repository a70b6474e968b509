/* What `serve` does with the service manager that started it, through pal/service.h, and the messages about it. */
#ifndef APPS_SERVE_SERVICE_H
#define APPS_SERVE_SERVICE_H

#include "command_line/options.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the manager's sockets, at most LM_ADDRESSES_MAX. Returns EXIT_DONE, also if there are none. Otherwise reports what is
 * wrong, such as arguments in LINE that contradict them, and returns the exit code. Call it before any other thread starts. */
int service_take_sockets(const command_line *line, pal_socket *sockets, size_t *count);

/* Calls INTERRUPTED, on another thread, when the server must stop: when the manager asks for it if IS_SERVICE, otherwise at the
 * first interrupt. The second ends the process. Returns as above. */
int service_watch(bool is_service, void (*interrupted)(void));

/* Notify the manager, if there is one, and report it if that fails. The server may take DRAIN_NS to end. */
void service_notify_ready(void);
void service_notify_stopping(uint64_t drain_ns);
void service_notify_ended(int code);

/* Reports why the server cannot use the manager's sockets. */
void service_unusable_report(pal_error error);

#endif
