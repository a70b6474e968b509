/* From a member to the struct that holds it. A callback receives the timer, post or stream; the caller's struct lies around it. */
#ifndef PAL_CONTAINER_H
#define PAL_CONTAINER_H

#include <stddef.h>

/* The TYPE * whose MEMBER is at POINTER. POINTER must point to the member's type or to void; the compiler checks this in the
 * conditional expression. For a pointer to const, write TYPE with const. */
#define PAL_CONTAINER_OF(pointer, type, member)                                                                                    \
    ((type *)(void *)((unsigned char *)(1 ? (pointer) : &((type *)0)->member) - offsetof(type, member)))

#endif
