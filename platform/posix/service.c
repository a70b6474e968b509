/* The protocol of systemd: variables in the environment, and datagrams back (sd_listen_fds(3), sd_notify(3)). */
#include "pal/service.h"

#include "native.h"
#include "pal/clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_DESCRIPTOR 3 /* SD_LISTEN_FDS_START: passed sockets follow the standard streams */
#define NOTIFY_WAIT_S 5    /* for a manager that does not read and has no room left */

/* Reads TEXT. Returns false unless it is all digits. */
static bool number_read(const char *text, uint64_t *number) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10 || text[digits] != '\0')
        return false;
    *number = strtoull(text, NULL, 10);
    return true;
}

/* Counts the sockets for this process. */
static pal_error count_read(size_t capacity, size_t *count) {
    const char *process = getenv("LISTEN_PID"), *sockets = getenv("LISTEN_FDS");
    uint64_t number = 0;
    *count = 0;
    if (process == NULL || sockets == NULL)
        return pal_ok();
    if (!number_read(process, &number))
        return pal_error_of(PAL_INVALID);
    if (number != (uint64_t)getpid())
        return pal_ok(); /* they are for another process, which started this one */
    if (!number_read(sockets, &number) || number > capacity)
        return pal_error_of(PAL_INVALID);
    *count = (size_t)number;
    return pal_ok();
}

pal_error pal_service_take_sockets(pal_socket *sockets, size_t capacity, size_t *count) {
    pal_error error = count_read(capacity, count);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    unsetenv("LISTEN_PIDFDID"); /* newer managers set it */
    for (size_t i = 0; error.status == PAL_OK && i < *count; i++) {
        int descriptor = FIRST_DESCRIPTOR + (int)i;
        if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0)
            error = pal_error_of(PAL_INVALID);
        sockets[i] = (pal_socket){(uintptr_t)descriptor};
    }
    if (error.status != PAL_OK)
        *count = 0;
    return error;
}

pal_error pal_service_connect(void (*interrupted)(void *context), void *context) {
    (void)interrupted;
    (void)context;
    return pal_error_of(PAL_UNSUPPORTED);
}

/* The address in NOTIFY_SOCKET: a path, or '@' and a name in Linux's abstract space, which starts with a zero byte (unix(7)). */
static bool notify_address(const char *name, struct sockaddr_un *address, socklen_t *size) {
    size_t length = strlen(name);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address->sun_path)
        return false;
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

static pal_error notify(const char *text) {
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t size;
    if (name == NULL || name[0] == '\0')
        return pal_ok();
    if (!notify_address(name, &address, &size))
        return pal_error_of(PAL_INVALID);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (descriptor < 0)
        return pal_error_last();
    struct timeval wait = {.tv_sec = NOTIFY_WAIT_S};
    pal_error error = pal_ok();
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0 || setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
        sendto(descriptor, text, strlen(text), 0, (const struct sockaddr *)&address, size) < 0)
        error = pal_error_last();
    close(descriptor);
    return error;
}

pal_error pal_service_notify_ready(void) {
    return notify("READY=1");
}

pal_error pal_service_notify_stopping(uint64_t within_ns) {
    char text[64];
    snprintf(text, sizeof text, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%" PRIu64, within_ns / PAL_MICROSECOND_NS);
    return notify(text);
}

pal_error pal_service_notify_ended(int exit_code) {
    (void)exit_code;
    return pal_ok();
}
