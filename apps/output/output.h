/* Errors, notices and whole texts. Each is written with one call, so that lines of several threads never mix.
 * Any thread, except error_lines_detach and error_lines_attach. */
#ifndef APPS_OUTPUT_OUTPUT_H
#define APPS_OUTPUT_OUTPUT_H

#include "loopmsg/buffer.h"
#include "output/append.h"
#include "pal/console.h"
#include "pal/status.h"

#include <stdbool.h>

/* Prints one line to standard error, "loopmsg: " and the strings: error_line("no answer within ", limit). Sanitises them for a
 * terminal. */
#define error_line(...) error_line_write(TEXTS(__VA_ARGS__))
void error_line_write(const char *const *parts);

/* error_line(SENTENCE), or of "out of memory" if SENTENCE has failed. */
void error_sentence(lm_buffer *sentence);

/* The same without "loopmsg: ", for what is not an error. */
#define notice_line(...) notice_line_write(TEXTS(__VA_ARGS__))
void notice_line_write(const char *const *parts);

/* From now on another thread writes what error_line and notice_line print, so that they never block a server. Lines without room
 * are dropped; a later line reports the count. Call before other threads print. */
pal_error error_lines_detach(void);

/* Ends that, and waits one second for pending lines. Does nothing if not detached. Call when no other thread prints. If it returns
 * false, nobody reads the lines, and the process must end by pal_process_exit. */
bool error_lines_attach(void);

/* The text of ERROR, in an array that lives as long as the caller's block. */
#define error_text(error) pal_error_text((error), (char[PAL_ERROR_TEXT_SIZE]){0}, PAL_ERROR_TEXT_SIZE)

/* The same for standard output: the system's text for RESET is about a connection. */
#define output_error_text(error) ((error).status == PAL_RESET ? "nobody reads it any more" : error_text(error))

/* Appends why a loop cannot be opened: LOOPMSG_POLLER if that is the cause, otherwise WHAT ("cannot ...") and ERROR. */
void loop_error_append(lm_buffer *sentence, const char *what, pal_error error);

/* Prints ERROR of pal_loop_open. */
void loop_error_line(pal_error error);

/* Whether to use colour: a terminal, NO_COLOR unset or empty (no-color.org), TERM not "dumb". */
bool output_has_colour(pal_console_stream stream);

/* Writes BUFFER to standard output and empties it. On failure, also if BUFFER has failed, prints an error and returns false. */
bool output_write(lm_buffer *buffer);

#endif
