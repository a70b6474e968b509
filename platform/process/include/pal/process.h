/* Child processes, for tests that drive loopmsg from outside. A library of its own; the program does not link it. One thread at a
 * time may use a child. */
#ifndef PAL_PROCESS_H
#define PAL_PROCESS_H

#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pal_process pal_process;

typedef enum pal_process_stream { PAL_PROCESS_OUTPUT, PAL_PROCESS_ERROR } pal_process_stream;

/* Starts ARGUMENTS[0] with the NULL-terminated ARGUMENTS (UTF-8; no shell), pipes on its three standard streams, and this process's
 * environment. Reads its output as it arrives and keeps at most 64 MiB of each stream. The caller ends *PROCESS with
 * pal_process_close. Errors: NAME_NOT_FOUND (no such program), DENIED, INVALID, NO_MEMORY, NO_DESCRIPTORS, OTHER. */
pal_error pal_process_start(pal_process **process, const char *const *arguments);

/* Writes all SIZE bytes to its standard input. Blocks while the pipe is full. RESET when the child has closed it. */
pal_error pal_process_write(pal_process *process, const void *bytes, size_t size);

/* Ends its standard input. */
void pal_process_end_input(pal_process *process);

/* Waits until TEXT stands anywhere in STREAM's output, or STREAM has ended, or DEADLINE_NS (pal_clock_now_ns()) has passed. Returns
 * true when TEXT is there. */
bool pal_process_wait_text(pal_process *process, pal_process_stream stream, const char *text, uint64_t deadline_ns);

/* Returns STREAM's output so far: a terminated copy that the caller must free(); NULL without memory. Writes its bytes to *SIZE
 * unless SIZE is NULL. */
char *pal_process_text(pal_process *process, pal_process_stream stream, size_t *size);

/* Asks it to end as Ctrl-C does (SIGINT; CTRL_BREAK on Windows). */
void pal_process_interrupt(pal_process *process);

/* Ends it immediately; on Windows with every process that it has started. */
void pal_process_kill(pal_process *process);

/* Waits until the child and its output have ended. Returns false when DEADLINE_NS passed first. *CODE is its exit code, or 128 +
 * the signal's number. */
bool pal_process_wait(pal_process *process, uint64_t deadline_ns, int *code);

/* Kills it if it still runs, waits for its end, and frees everything. */
void pal_process_close(pal_process *process);

#endif
