/* The system's socket headers, and what the files of this folder share. Private to platform/posix and platform/common. */
#ifndef PAL_POSIX_NATIVE_H
#define PAL_POSIX_NATIVE_H

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "common/backend.h"
#include "pal/trace.h"

typedef int pal_native_socket;

enum { pal_scope_is_named = 1, pal_own_port_option = SO_REUSEADDR };

#define PAL_SOCKET_CODE(name) E##name

/* errno as a pal_error. */
pal_error pal_error_last(void);

/* errno of a call about a socket as a pal_error. */
pal_error pal_socket_error(void);

/* What listen() takes for so many connections, 0 for the system's maximum. */
int pal_backlog_limit(unsigned backlog);

/* Opens a TCP socket for ADDRESS, non-blocking, that children do not inherit, and closes one. Who traces sees both with ROLE. */
pal_error pal_socket_open(const pal_address *address, pal_trace_role role, pal_native_socket *socket);
void pal_socket_end(pal_native_socket socket, pal_trace_role role);

/* Starts a thread that nobody joins: it lives as long as the process, or until RUN returns. */
pal_error pal_thread_start_detached(void *(*run)(void *unused));

#endif
