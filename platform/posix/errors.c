/* From errno and codes of getaddrinfo() to statuses, here and nowhere else. */
#include "native.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A missing file and an unknown host share a status. Where the resolver's codes share numbers with errno, a file's error carries no
 * code: its text could be that of a resolver's error. */
enum { resolver_codes_are_negative = EAI_NONAME < 0 };

const pal_code_names pal_codes_besides[] = {
    {EPERM, "EPERM", "WSAEACCES"},       {ENFILE, "ENFILE", "WSAEMFILE"},      {ENOMEM, "ENOMEM", "WSAENOBUFS"},
    {EPIPE, "EPIPE", "WSAECONNABORTED"}, {EAGAIN, "EAGAIN", "WSAEWOULDBLOCK"}, {0, NULL, NULL},
};

pal_error pal_error_from_os(int code) {
    pal_status status = PAL_OTHER;
    switch (code) {
    case 0:
        status = PAL_OK;
        break;
    case ECONNREFUSED:
        status = PAL_REFUSED;
        break;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
        status = PAL_RESET;
        break;
    case ETIMEDOUT:
        status = PAL_TIMED_OUT;
        break;
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENETUNREACH:
    case ENETDOWN:
        status = PAL_UNREACHABLE;
        break;
    case EADDRINUSE:
        status = PAL_ADDRESS_IN_USE;
        break;
    case EADDRNOTAVAIL:
        status = PAL_ADDRESS_UNAVAILABLE;
        break;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case ETXTBSY:
        status = PAL_DENIED;
        break;
    case EMFILE:
    case ENFILE:
        status = PAL_NO_DESCRIPTORS;
        break;
    case ENOMEM:
    case ENOBUFS:
        status = PAL_NO_MEMORY;
        break;
    case ENOENT:
    case ENOTDIR:
        return (pal_error){PAL_NAME_NOT_FOUND, resolver_codes_are_negative ? code : 0};
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP:
        status = PAL_INVALID;
        break;
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
    case EOPNOTSUPP:
    case ENOSYS:
        status = PAL_UNSUPPORTED;
        break;
    default:
        break;
    }
    return (pal_error){status, code};
}

pal_error pal_error_last(void) {
    return pal_error_from_os(errno);
}

pal_error pal_error_from_resolver(int code) {
    if (code == EAI_SYSTEM)
        return pal_error_last();
    /* EAI_AGAIN means that no name server answered. For the caller the name was not found; the text has the reason. */
    if (code == EAI_MEMORY)
        return pal_error_of(PAL_NO_MEMORY);
    return (pal_error){PAL_NAME_NOT_FOUND, code};
}

/* The XSI and the GNU strerror_r return different types (strerror_r(3)); the compiler picks the function that fits. */
static const char *strerror_text_xsi(int result, const char *buffer) {
    return result == 0 ? buffer : "";
}
static const char *strerror_text_gnu(const char *result, const char *buffer) {
    (void)buffer;
    return result;
}
#define strerror_text(result, buffer) _Generic((result), int : strerror_text_xsi, char * : strerror_text_gnu)(result, buffer)

void pal_os_error_text(pal_error error, char *buffer, size_t size) {
    /* A resolver's code always has the status NAME_NOT_FOUND. */
    if (error.status == PAL_NAME_NOT_FOUND && (error.os_code < 0 || !resolver_codes_are_negative)) {
        snprintf(buffer, size, "%s", gai_strerror(error.os_code));
        return;
    }
    char text[128] = "";
    snprintf(buffer, size, "%s", strerror_text(strerror_r(error.os_code, text, sizeof text), text));
}
