/* A file that takes the place of standard output: of --report, --hgrm, --svg. One thread. */
#ifndef APPS_OUTPUT_OUTPUT_FILE_H
#define APPS_OUTPUT_OUTPUT_FILE_H

#include "loopmsg/buffer.h"
#include "pal/file.h"

#include <stdbool.h>

/* A file that is opened before the run, so that what stands in the way is found then, and written after it. */
typedef struct output_file {
    const char *path; /* NULL for none */
    pal_file file;
} output_file;

/* Opens PATH for writing (nothing where it is NULL); a file that is there keeps its content until output_file_write. False after telling why
 * not. */
bool output_file_open(output_file *file, const char *path);

/* Replaces the file's content by what CONTENT holds and closes it; nothing without a path. False after telling why not. */
bool output_file_write(output_file *file, const lm_buffer *content);

/* Closes it unwritten. */
void output_file_close(output_file *file);

#endif
