/* Other programs as child processes, for the tests, which drive loopmsg from outside. A library of its own, which
 * the program does not link. A child is used by one thread at a time. */
#ifndef PAL_PROCESS_H
#define PAL_PROCESS_H

#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pal_process pal_process;

typedef enum pal_process_stream { PAL_PROCESS_OUTPUT, PAL_PROCESS_ERROR } pal_process_stream;

/* Starts ARGUMENTS[0] with the NULL-terminated ARGUMENTS (UTF-8; no shell), three pipes on its standard streams, and this process's
 * environment. Reads what it prints as it comes, keeping at most 64 MiB of each stream. *PROCESS is the caller's to end with
 * pal_process_close. */
pal_error pal_process_start(pal_process **process, const char *const *arguments);

/* Writes to its standard input; blocks while the pipe is full. RESET when the child closed it. */
pal_error pal_process_write(pal_process *process, const void *bytes, size_t size);

/* Ends its standard input. */
void pal_process_end_input(pal_process *process);

/* Waits until STREAM has printed TEXT (anywhere in all that it has printed), or has ended, or DEADLINE_NS (pal_clock_now_ns()) has
 * passed. True when TEXT is there. */
bool pal_process_wait_text(pal_process *process, pal_process_stream stream, const char *text, uint64_t deadline_ns);

/* What STREAM has printed so far: a terminated copy, the caller's to free(); *SIZE may be NULL. */
char *pal_process_text(pal_process *process, pal_process_stream stream, size_t *size);

/* Asks it to end as Ctrl-C does (SIGINT; CTRL_BREAK on Windows). */
void pal_process_interrupt(pal_process *process);

/* Ends it at once; on Windows with all that it has started. */
void pal_process_kill(pal_process *process);

/* Waits until it and its output have ended; false when DEADLINE_NS passed first. *CODE is its exit code, or 128 + the signal's number. */
bool pal_process_wait(pal_process *process, uint64_t deadline_ns, int *code);

/* Kills it if it still runs, waits for its end, frees everything. */
void pal_process_close(pal_process *process);

#endif
