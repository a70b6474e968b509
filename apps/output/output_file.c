#include "output/output_file.h"

#include "output/output.h"

#include <assert.h>

static void failure_report(const output_file *file, pal_error error) {
    error_line("cannot write '", file->path, "': ", error_text(error));
}

bool output_file_open(output_file *file, const char *path) {
    *file = (output_file){.path = path};
    if (path == NULL)
        return true;
    pal_error error = pal_file_open(&file->file, path, PAL_FILE_WRITE);
    if (error.status == PAL_OK)
        return true;
    failure_report(file, error);
    file->path = NULL;
    return false;
}

bool output_file_write(output_file *file, const lm_buffer *content) {
    if (file->path == NULL)
        return true;
    assert(content->size > 0 || content->failed);
    pal_error error = content->failed ? pal_error_of(PAL_NO_MEMORY) : pal_file_truncate(&file->file);
    if (error.status == PAL_OK)
        error = pal_file_write(&file->file, content->bytes, content->size);
    pal_error closed = pal_file_close(&file->file); /* some systems report a full disk only now */
    if (error.status == PAL_OK)
        error = closed;
    if (error.status != PAL_OK)
        failure_report(file, error);
    file->path = NULL;
    return error.status == PAL_OK;
}

void output_file_close(output_file *file) {
    if (file->path != NULL)
        (void)pal_file_close(&file->file); /* nothing was written, so nothing can be lost */
    file->path = NULL;
}
