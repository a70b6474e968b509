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

/* Prepares the process. Must be the first call of main().
 * Replaces the arguments of main() by UTF-8 ones: on Windows from the wide command line; there they live until the process ends.
 * Makes a write to a closed pipe an error instead of a signal. Enables colours on a Windows console.
 * Errors: NO_MEMORY, NO_DESCRIPTORS, OTHER. */
pal_error pal_console_open(int *argc, char ***argv);

/* Writes all SIZE bytes: unaltered to files and pipes, as UTF-16 to a Windows console. Any thread; writes to one stream do not mix.
 * Blocks while a pipe is full. Errors: RESET (nobody reads the pipe), OTHER (a full disk). */
pal_error pal_console_write(pal_console_stream stream, const void *bytes, size_t size);

/* Returns true when the stream is a terminal. Any thread. */
bool pal_console_is_terminal(pal_console_stream stream);

/* Returns the columns of the terminal; 80 where there is none or its width is unknown. Any thread. */
unsigned pal_console_width(pal_console_stream stream);

/* Calls INTERRUPTED(CONTEXT) for every Ctrl-C (SIGINT, SIGTERM; console control events on Windows), on a thread of its own, until
 * the process ends. Call it once, early in main(), before any other thread starts: threads inherit the blocked signals.
 * Errors: NO_MEMORY, OTHER. */
pal_error pal_interrupt_watch(void (*interrupted)(void *context), void *context);

/* Starts a thread that reads standard input, which may be a console or a file that no poller can watch. Call it once.
 *
 * Calls DELIVER on that thread with each piece as it arrives: SIZE > 0 bytes, lent for the call, unaltered (UTF-8 from a Windows
 * console). Then calls it once with SIZE 0: PAL_END at the end of input, otherwise the reason why it cannot be read. The next piece
 * is read when DELIVER returns, so a DELIVER that waits holds the input back. The thread ends with the input or the process.
 * Errors: NO_MEMORY, OTHER. */
pal_error pal_input_start(void (*deliver)(void *context, pal_error error, const uint8_t *bytes, size_t size), void *context);

PAL_PUBLIC_END

#endif
