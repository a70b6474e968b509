/* Lines for people: errors, notices and whole texts, each written with one call so that lines of several threads never mix.
 * Any thread. */
#ifndef APPS_OUTPUT_H
#define APPS_OUTPUT_H

#include "loopmsg/buffer.h"
#include "pal/console.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>

/* One line on standard error, "loopmsg: " and the strings given, put together: error_line("no answer within ", limit). What they hold of
 * arguments and peers is made fit for a terminal here. */
#define error_line(...) error_line_write((const char *const[]){__VA_ARGS__, NULL})
void error_line_write(const char *const *parts);

/* The same without "loopmsg: ", for what is no error. */
#define notice_line(...) notice_line_write((const char *const[]){__VA_ARGS__, NULL})
void notice_line_write(const char *const *parts);

/* The words of ERROR in a buffer of PAL_ERROR_TEXT_SIZE that lives as long as the caller's block. */
#define error_text(error) pal_error_text((error), (char[PAL_ERROR_TEXT_SIZE]){0}, PAL_ERROR_TEXT_SIZE)

/* The line for ERROR of pal_loop_open, which names LOOPMSG_POLLER where that is to blame. */
void loop_error_line(pal_error error);

/* Colour is welcome there: a terminal, NO_COLOR unset or empty (no-color.org), TERM not "dumb". */
bool output_has_colour(pal_console_stream stream);

/* Writes what BUFFER holds to standard output and empties it. On failure, also of the buffer's own memory, says so and returns false. */
bool output_write(lm_buffer *buffer);

#endif
