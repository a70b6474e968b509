/* The system's socket headers, in the one order that works, and what the files of this folder share. Private to platform/windows
 * and platform/common. */
#ifndef PAL_WINDOWS_NATIVE_H
#define PAL_WINDOWS_NATIVE_H

#include <winsock2.h>

#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <mswsock.h>
#include <windows.h>

#include "common/backend.h"

#include <stdint.h>

#ifndef NDIS_IF_MAX_STRING_SIZE
#define NDIS_IF_MAX_STRING_SIZE IF_MAX_STRING_SIZE /* mingw-w64 uses it in IF_NAMESIZE but defines it only for drivers */
#endif

typedef SOCKET pal_native_socket;

enum { pal_scope_is_named = 0, pal_own_port_option = SO_EXCLUSIVEADDRUSE };

#define PAL_SOCKET_CODE(name) WSAE##name

/* Starts a thread that nobody joins. It ends when RUN returns or the process ends. */
pal_error pal_thread_start_detached(unsigned(__stdcall *run)(void *unused));

/* Returns DEADLINE_NS (pal_clock_now_ns(), UINT64_MAX for none) as milliseconds from now, for Windows' waits. Rounds up so that no
 * wait ends just before it. */
DWORD pal_milliseconds_until(uint64_t deadline_ns);

#endif
