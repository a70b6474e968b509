/* Files: open(2), read(2), write(2), ftruncate(2). */
#include "pal/file.h"

#include "native.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_SIZE ((size_t)1 << 20) /* bytes per call; some systems accept at most INT_MAX */

static int descriptor_of(const pal_file *file) {
    return (int)file->handle;
}

static size_t step_of(size_t size) {
    return size < STEP_SIZE ? size : STEP_SIZE;
}

pal_error pal_file_open(pal_file *file, const char *path, pal_file_mode mode) {
    assert(path != NULL);
    int flags = O_CLOEXEC | O_NOCTTY | (mode == PAL_FILE_WRITE ? O_WRONLY | O_CREAT : O_RDONLY);
    int descriptor;
    do
        descriptor = open(path, flags, 0666);
    while (descriptor < 0 && errno == EINTR); /* a pipe waits for its other end */
    if (descriptor < 0)
        return pal_error_last();
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(descriptor);
        return pal_error_from_os(EISDIR); /* open(2) reports it for writing, but for reading only read(2) does */
    }
    file->handle = descriptor;
    return pal_ok();
}

pal_error pal_file_read(pal_file *file, void *bytes, size_t size, size_t *count) {
    assert(size > 0);
    ssize_t result;
    do
        result = read(descriptor_of(file), bytes, step_of(size));
    while (result < 0 && errno == EINTR);
    *count = result > 0 ? (size_t)result : 0;
    return result >= 0 ? pal_ok() : pal_error_last();
}

pal_error pal_file_write(pal_file *file, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        ssize_t written = write(descriptor_of(file), next, step_of(size));
        if (written >= 0) {
            next += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* Another process that shares the descriptor made it non-blocking. */
            struct pollfd wait = {.fd = descriptor_of(file), .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return pal_error_last();
        }
    }
    return pal_ok();
}

pal_error pal_file_truncate(pal_file *file) {
    struct stat status;
    if (fstat(descriptor_of(file), &status) != 0)
        return pal_error_last();
    if (!S_ISREG(status.st_mode))
        return pal_ok();
    if (ftruncate(descriptor_of(file), 0) != 0 || lseek(descriptor_of(file), 0, SEEK_SET) != 0)
        return pal_error_last();
    return pal_ok();
}

pal_error pal_file_close(pal_file *file) {
    int result = close(descriptor_of(file));
    file->handle = -1;
    /* After EINTR the descriptor is closed on Linux and unknown elsewhere. Closing again could close another file (close(2)). */
    return result == 0 || errno == EINTR ? pal_ok() : pal_error_last();
}
