/* Writes lines to a standard stream on a thread of its own, so that a reader that does not read blocks no other thread, or only for
 * an agreed time. Its buffers are bounded. Must not move while it is open. */
#ifndef APPS_OUTPUT_LINE_WRITER_H
#define APPS_OUTPUT_LINE_WRITER_H

#include "loopmsg/buffer.h"
#include "pal/console.h"
#include "pal/status.h"
#include "pal/thread.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct line_writer {
    pal_console_stream stream;
    void (*failed)(void *context, pal_error error);
    void *context;
    pal_thread thread;
    pal_condition changed;
    pal_mutex mutex; /* guards the members below */
    lm_buffer waiting;
    lm_buffer going;      /* the thread's, while it writes */
    uint64_t lost_lines;  /* dropped after the lines in `waiting` */
    uint64_t deadline_ns; /* line_writer_put waits until then */
    bool is_closing, has_ended;
    bool has_failed; /* a line could not be written; free to read after line_writer_close */
} line_writer;

/* Starts the thread. If a line cannot be written, FAILED(CONTEXT) is called once, on any thread, and all later lines are dropped;
 * TIMED_OUT is a deadline that has passed. If FAILED is NULL, each write is tried, even after one has failed. Errors: NO_MEMORY,
 * OTHER. */
pal_error line_writer_open(line_writer *self, pal_console_stream stream, void (*failed)(void *context, pal_error error),
                           void *context);

/* Queues a copy of LINES; waits while the queue is full. Any thread. */
void line_writer_put(line_writer *self, const lm_buffer *lines);

/* Queues a copy of one line, and never waits. If there is no room, the line is dropped; a later line reports the count. Any
 * thread. */
void line_writer_offer(line_writer *self, const lm_buffer *line);

/* From now on line_writer_put waits at most TIME_NS, or one second if that is more. Any thread. */
void line_writer_hurry(line_writer *self, uint64_t time_ns);

/* Waits until all lines are written, for one second or as long as line_writer_hurry allows. If it returns false, the system still
 * holds the thread and its memory until the process ends. Queue no lines during or after it. */
bool line_writer_close(line_writer *self);

#endif
