/* What the shared files need of a backend. Each backend's own native.h, which includes this one, brings the system's socket headers.
 * Private to platform/. */
#ifndef PAL_COMMON_BACKEND_H
#define PAL_COMMON_BACKEND_H

#include "pal/address.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Translates errno or WSAGetLastError(). */
pal_error pal_error_from_os(int code);

/* Translates what getaddrinfo() returned, which is not 0. */
pal_error pal_error_from_resolver(int code);

/* Writes the system's own words for the code of ERROR in UTF-8, "" where it has none. No final full stop or line ending. */
void pal_os_error_text(pal_error error, char *buffer, size_t size);

/* A code of the system and what it is named on both kinds of system. */
typedef struct pal_code_names {
    int code;
    const char *posix;
    const char *winsock;
} pal_code_names;

/* The backend's codes that do not have one name in both; what stands for them on the other kind of system is its nearest. Ends with a code
 * of 0. All others are in error_names.c. */
extern const pal_code_names pal_codes_besides[];

/* Whether a link-local address is written with its interface's name ("fe80::1%eth0") or its number ("fe80::1%4", what Windows' own tools
 * print and take), the option for a port that no other program may share or take over, the type of a socket, and its codes: EINVAL or
 * WSAEINVAL of INVAL. Each native.h defines them:
 *     enum { pal_scope_is_named = 0 or 1, pal_own_port_option = SO_... };
 *     typedef ... pal_native_socket;
 *     #define PAL_SOCKET_CODE(name) ... */

/* The same host in the same scope, whatever the ports. */
bool pal_address_is_same_host(const pal_address *a, const pal_address *b);

/* Makes sockets usable: WSAStartup once on Windows, nothing elsewhere. Every function that may be a program's first use of
 * sockets calls it. */
pal_error pal_sockets_start(void);

#endif
