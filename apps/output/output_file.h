/* The files of --report, --hgrm and --svg. One thread. */
#ifndef APPS_OUTPUT_OUTPUT_FILE_H
#define APPS_OUTPUT_OUTPUT_FILE_H

#include "loopmsg/buffer.h"
#include "pal/file.h"

#include <stdbool.h>

/* Opened before a run, to find errors early, and written after it. */
typedef struct output_file {
    const char *path; /* NULL for none */
    pal_file file;
} output_file;

/* Opens PATH for writing; NULL is no file. An existing file keeps its content until output_file_write. On failure prints an error
 * and returns false. */
bool output_file_open(output_file *file, const char *path);

/* Replaces the file's content and closes it; does nothing without a path. On failure prints an error and returns false. */
bool output_file_write(output_file *file, const lm_buffer *content);

/* Closes it without writing. */
void output_file_close(output_file *file);

#endif
