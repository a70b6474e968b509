/* Files: CreateFileW, ReadFile, WriteFile, SetEndOfFile. */
#include "pal/file.h"

#include "native.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>

#define STEP_SIZE ((size_t)1 << 20) /* bytes per call */

static HANDLE handle_of(const pal_file *file) {
    return (HANDLE)file->handle;
}

static DWORD step_of(size_t size) {
    return (DWORD)(size < STEP_SIZE ? size : STEP_SIZE);
}

pal_error pal_file_open(pal_file *file, const char *path, pal_file_mode mode) {
    assert(path != NULL);
    pal_error error;
    wchar_t *wide = pal_wide_from_utf8(path, &error);
    if (wide == NULL)
        return error;
    DWORD access = mode == PAL_FILE_WRITE ? GENERIC_WRITE : GENERIC_READ;
    DWORD disposition = mode == PAL_FILE_WRITE ? OPEN_ALWAYS : OPEN_EXISTING;
    /* Shared with every process, as on other systems. */
    HANDLE handle = CreateFileW(wide, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, disposition,
                                FILE_ATTRIBUTE_NORMAL, NULL);
    error = handle != INVALID_HANDLE_VALUE ? pal_ok() : pal_error_last();
    free(wide);
    if (error.status == PAL_OK)
        file->handle = (intptr_t)handle;
    return error;
}

pal_error pal_file_read(pal_file *file, void *bytes, size_t size, size_t *count) {
    assert(size > 0);
    DWORD read = 0;
    *count = 0;
    if (!ReadFile(handle_of(file), bytes, step_of(size), &read, NULL))
        return GetLastError() == ERROR_BROKEN_PIPE ? pal_ok() : pal_error_last(); /* a pipe without a writer is at its end */
    *count = read;
    return pal_ok();
}

pal_error pal_file_write(pal_file *file, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        DWORD written = 0;
        if (!WriteFile(handle_of(file), next, step_of(size), &written, NULL))
            return pal_error_last();
        if (written == 0)
            return pal_error_of(PAL_OTHER); /* a full pipe that another process made non-blocking: trying again would spin */
        next += written;
        size -= written;
    }
    return pal_ok();
}

pal_error pal_file_truncate(pal_file *file) {
    if (GetFileType(handle_of(file)) != FILE_TYPE_DISK)
        return pal_ok();
    LARGE_INTEGER begin = {.QuadPart = 0};
    bool is_empty = SetFilePointerEx(handle_of(file), begin, NULL, FILE_BEGIN) && SetEndOfFile(handle_of(file));
    return is_empty ? pal_ok() : pal_error_last();
}

pal_error pal_file_close(pal_file *file) {
    bool is_closed = CloseHandle(handle_of(file));
    file->handle = (intptr_t)INVALID_HANDLE_VALUE;
    return is_closed ? pal_ok() : pal_error_last();
}
