/* Files, by names in UTF-8 on every system. Every call may block. A file is used by one thread at a time. */
#ifndef PAL_FILE_H
#define PAL_FILE_H

#include "pal/public.h"
#include "pal/status.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum pal_file_mode {
    PAL_FILE_READ,
    PAL_FILE_WRITE /* made where there is none (for all to read, as the umask lets); otherwise its content stays until pal_file_truncate */
} pal_file_mode;

typedef struct pal_file {
    intptr_t handle; /* the system's */
} pal_file;

/* Opens PATH, from its begin on. Errors: NAME_NOT_FOUND (no such file or folder), DENIED (also for a folder), NO_DESCRIPTORS, INVALID, OTHER.
 * open(2), CreateFileW. */
pal_error pal_file_open(pal_file *file, const char *path, pal_file_mode mode);

/* Reads the next bytes, at most SIZE; *COUNT of them came, 0 at the end of the file. */
pal_error pal_file_read(pal_file *file, void *bytes, size_t size, size_t *count);

/* Writes all SIZE bytes. */
pal_error pal_file_write(pal_file *file, const void *bytes, size_t size);

/* Empties a file open for writing; the next write stands at its begin. What is no regular file (a pipe, a device) is left as it is. */
pal_error pal_file_truncate(pal_file *file);

/* Closes it. Only now may the system tell of a write that failed. */
pal_error pal_file_close(pal_file *file);

PAL_PUBLIC_END

#endif
