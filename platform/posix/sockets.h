/* What streams and listeners need from the system. Private to platform/posix. */
#ifndef PAL_POSIX_SOCKETS_H
#define PAL_POSIX_SOCKETS_H

#include "common/sockets.h"

#include <stdbool.h>

/* Opens a non-blocking TCP socket that children do not inherit. Returns -1 with errno on failure. */
int pal_descriptor_open(int family);

/* Makes a descriptor non-blocking and not inherited by children. Returns false with errno on failure. */
bool pal_descriptor_prepare(int descriptor);

#endif
