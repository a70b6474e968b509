/* Descriptors as this program wants them. Private to platform/posix. */
#ifndef PAL_POSIX_SOCKETS_H
#define PAL_POSIX_SOCKETS_H

#include <stdbool.h>

/* Opens a non-blocking TCP socket that children do not inherit; -1 with errno. */
int pal_descriptor_open(int family);

/* Makes a descriptor non-blocking and not inherited by children; false with errno. */
bool pal_descriptor_prepare(int descriptor);

#endif
