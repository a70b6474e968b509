/* Files. Their names are UTF-8 on every system. Every call may block. One thread at a time may use a file. */
#ifndef PAL_FILE_H
#define PAL_FILE_H

#include "pal/public.h"
#include "pal/status.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum pal_file_mode {
    PAL_FILE_READ,
    PAL_FILE_WRITE /* creates the file if missing (all may read it, less the umask); old content stays until pal_file_truncate */
} pal_file_mode;

typedef struct pal_file {
    intptr_t handle; /* the system's */
} pal_file;

/* Opens PATH (open(2), CreateFileW); reads and writes start at its beginning. The caller closes *FILE with pal_file_close.
 * Errors: NAME_NOT_FOUND (no such file or folder), DENIED (also for a folder), NO_DESCRIPTORS, NO_MEMORY, INVALID, OTHER. */
pal_error pal_file_open(pal_file *file, const char *path, pal_file_mode mode);

/* Reads at most SIZE bytes. *COUNT is how many were read, 0 at the end of the file and on an error.
 * Errors: OTHER. */
pal_error pal_file_read(pal_file *file, void *bytes, size_t size, size_t *count);

/* Writes all SIZE bytes. Errors: RESET (nobody reads the pipe), OTHER (a full disk). After an error, some may be written. */
pal_error pal_file_write(pal_file *file, const void *bytes, size_t size);

/* Empties a file open for writing; the next write starts at its beginning. Does nothing to a pipe or device.
 * Errors: OTHER. */
pal_error pal_file_truncate(pal_file *file);

/* Closes the file, also on an error. The system may report a failed write only here. Errors: OTHER. */
pal_error pal_file_close(pal_file *file);

PAL_PUBLIC_END

#endif
