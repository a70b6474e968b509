/* The names of socket errors in POSIX and in Winsock. One table for every system; the codes are those of the system it is compiled
 * for. */
#include "native.h"

#include <stddef.h>

#define ROW(name)                                                                                                                  \
    { PAL_SOCKET_CODE(name), "E" #name, "WSAE" #name }

static const pal_code_names names[] = {
    ROW(ACCES),          ROW(ADDRINUSE),  ROW(ADDRNOTAVAIL),   ROW(AFNOSUPPORT), ROW(BADF),       ROW(CONNABORTED),
    ROW(CONNREFUSED),    ROW(CONNRESET),  ROW(DESTADDRREQ),    ROW(FAULT),       ROW(HOSTDOWN),   ROW(HOSTUNREACH),
    ROW(INTR),           ROW(INVAL),      ROW(MFILE),          ROW(NETDOWN),     ROW(NETRESET),   ROW(NETUNREACH),
    ROW(NOBUFS),         ROW(NOPROTOOPT), ROW(NOTCONN),        ROW(NOTSOCK),     ROW(OPNOTSUPP),  ROW(PFNOSUPPORT),
    ROW(PROTONOSUPPORT), ROW(SHUTDOWN),   ROW(SOCKTNOSUPPORT), ROW(TIMEDOUT),    ROW(WOULDBLOCK), {0, NULL, NULL},
};

static bool names_find(const pal_code_names *rows, int code, const char **posix, const char **winsock) {
    for (size_t i = 0; rows[i].code != 0; i++) {
        if (rows[i].code != code)
            continue;
        *posix = rows[i].posix;
        *winsock = rows[i].winsock;
        return true;
    }
    return false;
}

bool pal_error_names(pal_error error, const char **posix, const char **winsock) {
    *posix = *winsock = NULL;
    if (error.os_code == 0 || error.status == PAL_NAME_NOT_FOUND) /* then the code is the resolver's */
        return false;
    return names_find(names, error.os_code, posix, winsock) || names_find(pal_codes_besides, error.os_code, posix, winsock);
}
