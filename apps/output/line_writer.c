#include "output/line_writer.h"

#include "output/units.h"
#include "pal/clock.h"

#include <assert.h>

#define WAITING_SIZE ((size_t)64 << 10)
#define NOTICE_SIZE 128        /* room for the line that reports dropped lines */
#define GRACE_NS PAL_SECOND_NS /* the time that a reader always gets at the end */

/* With the mutex locked. FAILED is called at most once. */
static void writer_fail(line_writer *self, pal_error error) {
    if (self->failed == NULL || self->has_failed)
        return;
    self->has_failed = true;
    lm_buffer_clear(&self->waiting);
    self->failed(self->context, error);
    pal_condition_wake_all(&self->changed);
}

/* Swaps the buffers: `waiting` becomes `going`. */
static void lines_take(line_writer *self) {
    if (self->lost_lines > 0) {
        char number[UNIT_TEXT_SIZE];
        lm_buffer_append_text(&self->waiting, "loopmsg: ");
        lm_buffer_append_text(&self->waiting, number_format(self->lost_lines, number));
        lm_buffer_append_text(&self->waiting, " lines were dropped here, because nobody read this output\n");
        self->lost_lines = 0;
    }
    lm_buffer taken = self->waiting;
    self->waiting = self->going;
    self->going = taken;
    pal_condition_wake_all(&self->changed);
}

static void writer_main(void *context) {
    line_writer *self = context;
    pal_mutex_lock(&self->mutex);
    for (;;) {
        while (self->waiting.size == 0 && !self->is_closing)
            (void)pal_condition_wait(&self->changed, &self->mutex, UINT64_MAX);
        if (self->waiting.size == 0)
            break;
        lines_take(self);
        pal_mutex_unlock(&self->mutex);
        pal_error error = pal_console_write(self->stream, self->going.bytes, self->going.size);
        pal_mutex_lock(&self->mutex);
        lm_buffer_clear(&self->going);
        if (error.status != PAL_OK)
            writer_fail(self, error);
    }
    self->has_ended = true;
    pal_condition_wake_all(&self->changed);
    pal_mutex_unlock(&self->mutex);
}

static void writer_free(line_writer *self) {
    lm_buffer_free(&self->waiting);
    lm_buffer_free(&self->going);
    pal_condition_close(&self->changed);
    pal_mutex_close(&self->mutex);
}

pal_error line_writer_open(line_writer *self, pal_console_stream stream, void (*failed)(void *context, pal_error error),
                           void *context) {
    *self = (line_writer){.stream = stream, .failed = failed, .context = context, .deadline_ns = UINT64_MAX};
    pal_mutex_open(&self->mutex);
    pal_condition_open(&self->changed);
    /* So that line_writer_offer never allocates; line_writer_put may. */
    pal_error error = pal_error_of(PAL_NO_MEMORY);
    if (lm_buffer_reserve(&self->waiting, WAITING_SIZE + NOTICE_SIZE) != NULL &&
        lm_buffer_reserve(&self->going, WAITING_SIZE + NOTICE_SIZE) != NULL)
        error = pal_thread_start(&self->thread, writer_main, self);
    if (error.status != PAL_OK)
        writer_free(self);
    return error;
}

void line_writer_put(line_writer *self, const lm_buffer *lines) {
    pal_mutex_lock(&self->mutex);
    assert(!self->is_closing && self->failed != NULL);
    while (!self->has_failed && self->waiting.size >= WAITING_SIZE) {
        if (!pal_condition_wait(&self->changed, &self->mutex, self->deadline_ns) && self->waiting.size >= WAITING_SIZE)
            writer_fail(self, pal_error_of(PAL_TIMED_OUT));
    }
    if (!self->has_failed && !lines->failed)
        lm_buffer_append(&self->waiting, lines->bytes, lines->size);
    if (lines->failed || self->waiting.failed)
        writer_fail(self, pal_error_of(PAL_NO_MEMORY));
    pal_condition_wake_all(&self->changed);
    pal_mutex_unlock(&self->mutex);
}

void line_writer_offer(line_writer *self, const lm_buffer *line) {
    pal_mutex_lock(&self->mutex);
    assert(!self->is_closing && self->failed == NULL);
    if (line->failed || line->size > WAITING_SIZE - self->waiting.size)
        self->lost_lines++;
    else
        lm_buffer_append(&self->waiting, line->bytes, line->size);
    assert(!self->waiting.failed);
    pal_condition_wake_all(&self->changed);
    pal_mutex_unlock(&self->mutex);
}

void line_writer_hurry(line_writer *self, uint64_t time_ns) {
    pal_mutex_lock(&self->mutex);
    self->deadline_ns = pal_clock_now_ns() + (time_ns > GRACE_NS ? time_ns : GRACE_NS);
    pal_condition_wake_all(&self->changed);
    pal_mutex_unlock(&self->mutex);
}

bool line_writer_close(line_writer *self) {
    uint64_t deadline_ns = pal_clock_now_ns() + GRACE_NS;
    pal_mutex_lock(&self->mutex);
    if (self->deadline_ns != UINT64_MAX && self->deadline_ns > deadline_ns)
        deadline_ns = self->deadline_ns;
    self->is_closing = true;
    pal_condition_wake_all(&self->changed);
    bool is_in_time = true;
    while (!self->has_ended && is_in_time)
        is_in_time = pal_condition_wait(&self->changed, &self->mutex, deadline_ns);
    bool has_ended = self->has_ended;
    if (!has_ended)
        writer_fail(self, pal_error_of(PAL_TIMED_OUT));
    pal_mutex_unlock(&self->mutex);
    if (!has_ended)
        return false;
    pal_thread_join(&self->thread);
    writer_free(self);
    return true;
}
