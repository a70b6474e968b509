/* The console: arguments, standard streams, interrupts. All text is UTF-8 on every system. */
#ifndef PAL_CONSOLE_H
#define PAL_CONSOLE_H

#include "pal/public.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef enum pal_console_stream { PAL_STANDARD_INPUT, PAL_STANDARD_OUTPUT, PAL_STANDARD_ERROR } pal_console_stream;

/* Prepares the process; the first call of main(). Gives UTF-8 arguments in place of main's own (from the wide command line on
 * Windows, where they live until the process ends), makes a write to a closed pipe an error instead of a signal, and lets a Windows
 * console understand colours. */
pal_error pal_console_open(int *argc, char ***argv);

/* Writes all SIZE bytes at once, unaltered into files and pipes, as UTF-16 to a Windows console. Whole calls of any threads to one
 * stream do not mix. Blocks while a pipe is full. Errors: RESET (nobody reads the pipe), OTHER (a full disk). */
pal_error pal_console_write(pal_console_stream stream, const void *bytes, size_t size);

/* True when a person's terminal is at the other end. */
bool pal_console_is_terminal(pal_console_stream stream);

/* Columns of the terminal, 80 where there is none or it does not say. */
unsigned pal_console_width(pal_console_stream stream);

/* Calls INTERRUPTED(CONTEXT) on a thread of its own for every Ctrl-C (SIGINT, SIGTERM; console control events on Windows) from now
 * on until the process ends. Once, early in main(), before any other thread starts: they inherit the blocked signals. */
pal_error pal_interrupt_watch(void (*interrupted)(void *context), void *context);

/* Standard input, read by a thread of its own (it may be a file, which no poller watches, or a console). There is one.
 *
 * Calls DELIVER on that thread with each piece as it arrives: SIZE > 0 bytes, lent for the call, unaltered (a Windows console gives
 * UTF-8); then once with SIZE 0: PAL_END at its end, otherwise why it cannot be read. The next piece is read when DELIVER returns, so
 * a DELIVER that waits holds the input back. The thread lives until the end of input or of the process. */
pal_error pal_input_start(void (*deliver)(void *context, pal_error error, const uint8_t *bytes, size_t size), void *context);

PAL_PUBLIC_END

#endif
