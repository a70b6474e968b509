/* Lines on their way to a standard stream. A thread of its own writes them, so that whoever tells something waits for nobody who does not
 * read, or only as long as it has agreed to. What it holds is bounded. Must not move while it is open. */
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
    pal_mutex mutex; /* guards what follows */
    lm_buffer waiting;
    lm_buffer going;      /* the thread's, while it writes */
    uint64_t lost_lines;  /* since what is waiting */
    uint64_t deadline_ns; /* until when line_writer_put waits */
    bool is_closing, has_ended;
    bool has_failed; /* a line could not be written; free to read after line_writer_close */
} line_writer;

/* Starts the thread. FAILED(CONTEXT) is called once, on any thread, when a line cannot be written, after which all are dropped: TIMED_OUT for a
 * deadline that has passed. With a FAILED of NULL each write is tried, whatever became of the one before. Errors: NO_MEMORY, OTHER. */
pal_error line_writer_open(line_writer *self, pal_console_stream stream, void (*failed)(void *context, pal_error error),
                           void *context);

/* Hands over LINES, which stay the caller's, and waits while too many others do. Any thread. */
void line_writer_put(line_writer *self, const lm_buffer *lines);

/* Hands over one line, and never waits: where there is no room it is dropped, and a line says later how many were. Any thread. */
void line_writer_offer(line_writer *self, const lm_buffer *line);

/* From now on nobody waits beyond TIME_NS, or a second where that is less. Any thread. */
void line_writer_hurry(line_writer *self, uint64_t time_ns);

/* Waits until everything is written, for a second or as long as line_writer_hurry has allowed. False when it is not, for the system still
 * holds the thread and its memory, and only the end of the process frees them. Nobody puts any more. */
bool line_writer_close(line_writer *self);

#endif
