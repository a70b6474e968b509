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

typedef int pal_native_socket;

enum { pal_scope_is_named = 1, pal_own_port_option = SO_REUSEADDR };

#define PAL_SOCKET_CODE(name) E##name

/* Starts a thread that nobody joins. It ends when RUN returns or the process ends. */
pal_error pal_thread_start_detached(void *(*run)(void *unused));

#endif
