/* Why something failed or ended: one set of statuses for every operating system.
 *
 * The backend translates errno and WSAGetLastError() once, and keeps the system's code for messages. A pal_error is two words,
 * passed by value; it owns nothing. Every function here may be called from any thread. */
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
    PAL_DENIED,              /* permissions or a firewall forbid it */
    PAL_NO_DESCRIPTORS,      /* the limit of open files or handles is reached */
    PAL_NO_MEMORY,
    PAL_NAME_NOT_FOUND,
    PAL_INVALID, /* the system rejects the request as malformed */
    PAL_UNSUPPORTED,
    PAL_OTHER
} pal_status;

typedef struct pal_error {
    pal_status status;
    int os_code; /* errno, WSAGetLastError() or a getaddrinfo() code; 0 where the system gave none */
} pal_error;

#define PAL_ERROR_TEXT_SIZE 384 /* holds every text of pal_error_text */

/* Returns success. */
pal_error pal_ok(void);

/* Returns an error of this program's own, without a system's code. */
pal_error pal_error_of(pal_status status);

/* Writes one line of UTF-8 for people: the meaning, then the system's code and words if there are any, such as
 * "connection refused (system error 111: Connection refused)". Always terminated, cut to SIZE bytes. Returns BUFFER. */
const char *pal_error_text(pal_error error, char *buffer, size_t size);

/* Returns the names of ERROR's code in POSIX and in Winsock, such as "ECONNREFUSED" and "WSAECONNREFUSED", on every system. Static
 * storage. Returns false, and NULL for both, for an error that no socket function reported. */
bool pal_error_names(pal_error error, const char **posix, const char **winsock);

/* Returns the status as one lower-case word for machines, such as "refused" or "timed_out". Static storage. */
const char *pal_status_name(pal_status status);

PAL_PUBLIC_END

#endif
