/* What streams and listeners need of BSD sockets. Private to platform/posix and platform/common. */
#ifndef PAL_POSIX_SOCKETS_H
#define PAL_POSIX_SOCKETS_H

#include "native.h"
#include "pal/trace.h"

/* errno of a call about a socket as a pal_error. */
pal_error pal_socket_error(void);

/* Opens a non-blocking TCP socket that children do not inherit; -1 with errno. */
int pal_descriptor_open(int family);

/* Makes a descriptor non-blocking and not inherited by children; false with errno. */
bool pal_descriptor_prepare(int descriptor);

/* What listen(2) takes for so many connections, 0 for the system's maximum. */
int pal_backlog_limit(unsigned backlog);

/* Opens a socket for ADDRESS, which who traces sees with ROLE, and closes it likewise. */
pal_error pal_socket_open(const pal_address *address, pal_trace_role role, int *descriptor);
void pal_socket_end(int descriptor, pal_trace_role role);

#endif
