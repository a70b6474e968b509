/* One running child process as the two systems give it: what process.c builds on. Private to platform/. */
#ifndef PAL_PROCESS_PROCESS_H
#define PAL_PROCESS_PROCESS_H

#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef intptr_t pal_pipe; /* a descriptor or a HANDLE: our end, never inherited by another child */

typedef struct pal_child {
    intptr_t handle;     /* a process id on POSIX, the process's HANDLE on Windows */
    intptr_t job;        /* Windows: the HANDLE of the job that it and what it starts run in */
    uint32_t id;         /* Windows: its process id */
    bool has_console;    /* Windows: it was given a console of its own */
    pal_pipe input;      /* we write */
    pal_pipe outputs[2]; /* we read, by pal_process_stream */
} pal_child;

/* Starts the program. On failure nothing is left open. */
pal_error pal_child_start(pal_child *child, const char *const *arguments);

/* Blocks until something can be read, SIZE bytes at most. 0: the other end is closed, or the pipe is broken. */
size_t pal_pipe_read(pal_pipe pipe, void *bytes, size_t size);

/* Blocks until all of it is written. RESET when nobody can read it any more. */
pal_error pal_pipe_write(pal_pipe pipe, const void *bytes, size_t size);

void pal_pipe_close(pal_pipe pipe);

/* Blocks until the child has ended; it can be asked for its code, killed and interrupted as before, once each or not at all. */
void pal_child_await(const pal_child *child);

/* Lets go of a child that has ended and returns its exit code, or 128 + the number of the signal that ended it. */
int pal_child_release(pal_child *child);

/* Both do nothing harmful to a child that has ended and was not released. */
void pal_child_interrupt(const pal_child *child);
void pal_child_kill(const pal_child *child);

#endif
