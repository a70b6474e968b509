/* A running child process on POSIX or Windows; process.c builds on it. Private to platform/. */
#ifndef PAL_PROCESS_PROCESS_H
#define PAL_PROCESS_PROCESS_H

#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef intptr_t pal_pipe; /* a descriptor or a HANDLE: this process's end; no other child inherits it */

typedef struct pal_child {
    intptr_t handle;     /* a process id on POSIX, the process's HANDLE on Windows */
    intptr_t job;        /* Windows: the HANDLE of the job in which it and its children run */
    uint32_t id;         /* Windows: its process id */
    bool has_console;    /* Windows: it has a console of its own */
    pal_pipe input;      /* this process writes */
    pal_pipe outputs[2]; /* this process reads; by pal_process_stream */
} pal_child;

/* Starts the program. On failure nothing is left open. */
pal_error pal_child_start(pal_child *child, const char *const *arguments);

/* Blocks until bytes arrive, reads at most SIZE of them and returns how many. 0 when the other end is closed or the pipe is
 * broken. */
size_t pal_pipe_read(pal_pipe pipe, void *bytes, size_t size);

/* Writes all SIZE bytes; blocks until then. RESET when nobody can read them any more. */
pal_error pal_pipe_write(pal_pipe pipe, const void *bytes, size_t size);

void pal_pipe_close(pal_pipe pipe);

/* Blocks until the child has ended. It does not release the child. */
void pal_child_await(const pal_child *child);

/* Releases a child that has ended. Returns its exit code, or 128 + the number of the signal that ended it. */
int pal_child_release(pal_child *child);

/* Interrupt asks the child to end, kill ends it. Both are harmless for a child that has ended but was not released. */
void pal_child_interrupt(const pal_child *child);
void pal_child_kill(const pal_child *child);

#endif
