/* What `serve` has to do with the service manager that started it: pal/service.h in sentences. */
#ifndef APPS_SERVE_SERVICE_H
#define APPS_SERVE_SERVICE_H

#include "command_line/options.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the sockets that the manager hands over, at most LM_ADDRESSES_MAX of them. Returns EXIT_DONE, also for none, or tells what is wrong,
 * among it arguments of LINE that cannot go with them, and returns the code to exit with. Before any other thread starts. */
int service_take_sockets(const command_line *line, pal_socket *sockets, size_t *count);

/* Calls INTERRUPTED, on another thread, when the server is to end: when the manager says so where IS_SERVICE, otherwise at the first
 * interrupt. The second ends the process. Returns as above. */
int service_watch(bool is_service, void (*interrupted)(void));

/* Tell the manager, where there is one; and people that it could not be told. The server may take DRAIN_NS to end. */
void service_notify_ready(void);
void service_notify_stopping(uint64_t drain_ns);
void service_notify_ended(int code);

/* Why the server cannot serve on the manager's sockets. */
void service_unusable_report(pal_error error);

#endif
