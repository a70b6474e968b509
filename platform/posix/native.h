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

/* Returns errno as a pal_error. */
pal_error pal_error_last(void);

/* Returns errno after a socket call as a pal_error. */
pal_error pal_socket_error(void);

/* Returns listen()'s argument for BACKLOG connections; 0 means the system's maximum. */
int pal_backlog_limit(unsigned backlog);

/* Open a non-blocking TCP socket for ADDRESS that children do not inherit, and close a socket. Both are traced with ROLE. */
pal_error pal_socket_open(const pal_address *address, pal_trace_role role, pal_native_socket *socket);
void pal_socket_end(pal_native_socket socket, pal_trace_role role);

/* Starts a thread that nobody joins. It ends when RUN returns or the process ends. */
pal_error pal_thread_start_detached(void *(*run)(void *unused));

#endif
