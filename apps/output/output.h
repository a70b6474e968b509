/* Lines for people: errors, notices and whole texts, each written with one call so that lines of several threads never mix.
 * Any thread, but for error_lines_detach and error_lines_attach. */
#ifndef APPS_OUTPUT_OUTPUT_H
#define APPS_OUTPUT_OUTPUT_H

#include "loopmsg/buffer.h"
#include "output/append.h"
#include "pal/console.h"
#include "pal/status.h"

#include <stdbool.h>

/* One line on standard error, "loopmsg: " and the strings given, put together: error_line("no answer within ", limit). What they hold of
 * arguments and peers is made fit for a terminal here. */
#define error_line(...) error_line_write(TEXTS(__VA_ARGS__))
void error_line_write(const char *const *parts);

/* error_line of what SENTENCE holds, or that there was no memory for it. */
void error_sentence(lm_buffer *sentence);

/* The same without "loopmsg: ", for what is no error. */
#define notice_line(...) notice_line_write(TEXTS(__VA_ARGS__))
void notice_line_write(const char *const *parts);

/* From now on error_line and notice_line wait for nobody who does not read standard error: a thread of their own writes, and what is too much
 * is dropped, which a line tells. For a server, which has better to do. Before other threads print. */
pal_error error_lines_detach(void);

/* Ends that, if it has begun, when no other thread prints any more, and waits a second for what is left. False when nobody reads it: then
 * the process must end by pal_process_exit. */
bool error_lines_attach(void);

/* The words of ERROR in a buffer of PAL_ERROR_TEXT_SIZE that lives as long as the caller's block. */
#define error_text(error) pal_error_text((error), (char[PAL_ERROR_TEXT_SIZE]){0}, PAL_ERROR_TEXT_SIZE)

/* The same for a failure of standard output, of which the system would tell as of a connection. */
#define output_error_text(error) ((error).status == PAL_RESET ? "nobody reads it any more" : error_text(error))

/* Appends why something failed that opens a loop: names LOOPMSG_POLLER where that is to blame, otherwise WHAT failed ("cannot ...") and ERROR. */
void loop_error_append(lm_buffer *sentence, const char *what, pal_error error);

/* The line for ERROR of pal_loop_open. */
void loop_error_line(pal_error error);

/* Colour is welcome there: a terminal, NO_COLOR unset or empty (no-color.org), TERM not "dumb". */
bool output_has_colour(pal_console_stream stream);

/* Writes what BUFFER holds to standard output and empties it. On failure, also of the buffer's own memory, says so and returns false. */
bool output_write(lm_buffer *buffer);

#endif
