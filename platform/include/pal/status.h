/* Why something ended: one small vocabulary for every operating system.
 *
 * errno and WSAGetLastError() are translated once, where they leave the backend; the system's own code travels along for the
 * message. A pal_error is two words, passed by value, owned by nobody. Every function here may be called from any thread. */
#ifndef PAL_STATUS_H
#define PAL_STATUS_H

#include "pal/public.h"

#include <stdbool.h>
#include <stddef.h>

PAL_PUBLIC_BEGIN

typedef enum pal_status {
    PAL_OK,
    PAL_END,                 /* the peer ended its half of the stream (FIN) */
    PAL_CANCELLED,           /* close or reset was called while the request was under way */
    PAL_REFUSED,             /* nobody listens there */
    PAL_RESET,               /* the connection broke */
    PAL_TIMED_OUT,           /* the system's own time limit passed */
    PAL_UNREACHABLE,         /* no route to the host or network */
    PAL_ADDRESS_IN_USE,      /* another socket is bound there */
    PAL_ADDRESS_UNAVAILABLE, /* not an address of this machine, or no free port is left */
    PAL_DENIED,              /* the system's permissions or its firewall say no */
    PAL_NO_DESCRIPTORS,      /* the limit of open files or handles is reached */
    PAL_NO_MEMORY,
    PAL_NAME_NOT_FOUND,
    PAL_INVALID, /* the request makes no sense to the system */
    PAL_UNSUPPORTED,
    PAL_OTHER
} pal_status;

typedef struct pal_error {
    pal_status status;
    int os_code; /* errno, WSAGetLastError() or a getaddrinfo() code; 0 where the system gave none */
} pal_error;

#define PAL_ERROR_TEXT_SIZE 384 /* holds every text of pal_error_text */

/* Success. */
pal_error pal_ok(void);

/* An error of our own making, without a code of the system. */
pal_error pal_error_of(pal_status status);

/* Writes one line of UTF-8 for a person: the meaning, then the system's own words and code where there are any, as in
 * "connection refused (system error 111: Connection refused)". Always terminated, cut to SIZE bytes. Returns BUFFER. */
const char *pal_error_text(pal_error error, char *buffer, size_t size);

/* What the code of ERROR is named on the two kinds of system, such as "ECONNREFUSED" and "WSAECONNREFUSED", whichever this one is. Static
 * storage. False, and NULL for both, for what no call on a socket has reported. */
bool pal_error_names(pal_error error, const char **posix, const char **winsock);

/* The status as one lower-case word for machines, such as "refused" or "timed_out". Static storage. */
const char *pal_status_name(pal_status status);

PAL_PUBLIC_END

#endif
