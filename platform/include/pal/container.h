/* From a member to the struct that holds it: callbacks get the timer, post or stream that a caller's own struct carries. */
#ifndef PAL_CONTAINER_H
#define PAL_CONTAINER_H

#include <stddef.h>

/* The TYPE * whose MEMBER is at POINTER, which must point to that member's type, or to void. The compiler checks this in the
 * conditional, whose second half never runs. For a pointer to const, write TYPE with its const. */
#define PAL_CONTAINER_OF(pointer, type, member)                                                                                    \
    ((type *)(void *)((unsigned char *)(1 ? (pointer) : &((type *)0)->member) - offsetof(type, member)))

#endif
