/* What the shared files need from a backend. Each backend has a native.h, which includes this header and the system's socket
 * headers. Private to platform/. */
#ifndef PAL_COMMON_BACKEND_H
#define PAL_COMMON_BACKEND_H

#include "pal/address.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Translates a code of errno, GetLastError() or WSAGetLastError(). */
pal_error pal_error_from_os(int code);

/* Translates errno or GetLastError(). */
pal_error pal_error_last(void);

/* Translates a result of getaddrinfo() other than 0. */
pal_error pal_error_from_resolver(int code);

/* Writes the system's text for the code of ERROR in UTF-8, "" for none. No full stop or line ending at its end. */
void pal_os_error_text(pal_error error, char *buffer, size_t size);

/* A system's code and its names in POSIX and in Winsock. */
typedef struct pal_code_names {
    int code;
    const char *posix;
    const char *winsock;
} pal_code_names;

/* The backend's codes without an equivalent on the other kind of system; their second name is the nearest one. Ends with a code of
 * 0. All other codes are in error_names.c. */
extern const pal_code_names pal_codes_besides[];

/* Each native.h also defines:
 * - pal_native_socket, the type of a socket;
 * - pal_scope_is_named, 1 if a link-local address is written with its interface's name ("fe80::1%eth0"), 0 if with its number
 *   ("fe80::1%4", as Windows' own tools do);
 * - pal_own_port_option, the option for a port that no other program may share or take over (SO_...);
 * - PAL_SOCKET_CODE(name), the system's code of a name: EINVAL or WSAEINVAL of INVAL. */

/* Returns true for the same host in the same scope, whatever the ports. */
bool pal_address_is_same_host(const pal_address *a, const pal_address *b);

/* Makes sockets usable: WSAStartup once on Windows, nothing elsewhere. Every function that may be a program's first use of sockets
 * calls it. */
pal_error pal_sockets_start(void);

#endif
