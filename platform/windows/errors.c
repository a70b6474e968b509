/* From the errors of Winsock and Windows to the statuses of pal/status.h. */
#include "native.h"
#include "text.h"

#define SYSTEM_TEXT_SIZE 512 /* units of UTF-16; FormatMessageW fails for a longer text */

const pal_code_names pal_codes_besides[] = {
    {WSA_NOT_ENOUGH_MEMORY, "ENOMEM", "WSA_NOT_ENOUGH_MEMORY"},
    {ERROR_NETNAME_DELETED, "ECONNRESET", "ERROR_NETNAME_DELETED"},
    {0, NULL, NULL},
};

static pal_status status_of_socket_error(int code) {
    switch (code) {
    case WSAECONNREFUSED:
        return PAL_REFUSED;
    case WSAECONNRESET:
    case WSAECONNABORTED:
    case WSAENETRESET:
    case WSAESHUTDOWN:
    case WSAENOTCONN: /* the socket was connected and no longer is */
        return PAL_RESET;
    case WSAETIMEDOUT:
        return PAL_TIMED_OUT;
    case WSAENETUNREACH:
    case WSAEHOSTUNREACH:
    case WSAENETDOWN:
    case WSAEHOSTDOWN:
        return PAL_UNREACHABLE;
    case WSAEADDRINUSE:
        return PAL_ADDRESS_IN_USE;
    case WSAEADDRNOTAVAIL:
        return PAL_ADDRESS_UNAVAILABLE;
    case WSAEACCES:
        return PAL_DENIED;
    case WSAEMFILE:
        return PAL_NO_DESCRIPTORS;
    case WSAENOBUFS:
        return PAL_NO_MEMORY;
    case WSAEINVAL:
    case WSAEFAULT:
    case WSAEDESTADDRREQ:
        return PAL_INVALID;
    case WSAEAFNOSUPPORT:
    case WSAEPFNOSUPPORT:
    case WSAEPROTONOSUPPORT:
    case WSAESOCKTNOSUPPORT:
    case WSAEOPNOTSUPP:
    case WSAENOPROTOOPT:
        return PAL_UNSUPPORTED;
    default:
        return PAL_OTHER;
    }
}

/* Codes of Windows outside Winsock: from files, pipes and some completed socket operations. */
static pal_status status_of_system_error(int code) {
    switch (code) {
    case ERROR_CONNECTION_REFUSED:
        return PAL_REFUSED;
    case ERROR_NETNAME_DELETED:
    case ERROR_CONNECTION_ABORTED:
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA: /* the pipe's reader has closed it */
    case ERROR_PIPE_NOT_CONNECTED:
        return PAL_RESET;
    case ERROR_SEM_TIMEOUT:
    case WAIT_TIMEOUT:
        return PAL_TIMED_OUT;
    case ERROR_NETWORK_UNREACHABLE:
    case ERROR_HOST_UNREACHABLE:
        return PAL_UNREACHABLE;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_WRITE_PROTECT:
        return PAL_DENIED;
    case ERROR_TOO_MANY_OPEN_FILES:
    case ERROR_NO_MORE_USER_HANDLES:
        return PAL_NO_DESCRIPTORS;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_WORKING_SET_QUOTA:
    case ERROR_NOT_ENOUGH_QUOTA:
    case ERROR_COMMITMENT_LIMIT:
        return PAL_NO_MEMORY;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
        return PAL_NAME_NOT_FOUND;
    case ERROR_INVALID_PARAMETER:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_FILENAME_EXCED_RANGE:
        return PAL_INVALID;
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED:
        return PAL_UNSUPPORTED;
    case ERROR_OPERATION_ABORTED: /* Winsock's WSA_OPERATION_ABORTED is the same number */
        return PAL_CANCELLED;
    default:
        return PAL_OTHER;
    }
}

pal_error pal_error_from_os(int code) {
    if (code == 0)
        return pal_ok();
    pal_status status = code >= WSABASEERR ? status_of_socket_error(code) : status_of_system_error(code);
    return (pal_error){status, code};
}

pal_error pal_error_last(void) {
    return pal_error_from_os((int)GetLastError());
}

pal_error pal_error_from_resolver(int code) {
    /* WSATRY_AGAIN and similar codes mean that no name server answered. For the caller the name was not found; the text has the
     * reason. */
    return (pal_error){code == WSA_NOT_ENOUGH_MEMORY ? PAL_NO_MEMORY : PAL_NAME_NOT_FOUND, code};
}

void pal_os_error_text(pal_error error, char *buffer, size_t size) {
    wchar_t text[SYSTEM_TEXT_SIZE];
    DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    DWORD length = FormatMessageW(flags, NULL, (DWORD)error.os_code, 0, text, SYSTEM_TEXT_SIZE, NULL);
    while (length > 0 && (text[length - 1] == L' ' || text[length - 1] == L'.'))
        length--;
    pal_utf8_from_wide(text, length, buffer, size);
}
