/* A child process and its output: two threads collect its streams, a third waits for its end. */
#include "process/process.h"
#include "pal/process.h"
#include "pal/thread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE 16384
#define TEXT_SIZE_MAX ((size_t)64 << 20)

typedef struct process_text {
    pal_process *process;
    pal_pipe pipe;
    pal_thread reader;
    char *bytes; /* the mutex guards this and the members below */
    size_t size, capacity;
    bool is_ended;
} process_text;

struct pal_process {
    pal_child child;
    pal_mutex mutex;
    pal_condition condition; /* output arrived, or something ended */
    process_text texts[2];
    pal_thread waiter;
    bool is_input_open; /* used by the caller's thread only */
    bool is_ended;      /* guarded by the mutex, as is the rest */
    int code;
};

/* Keeps what fits. Without memory or beyond the limit, drops the rest, so that the child never blocks on its output. */
static void text_keep(process_text *text, const char *bytes, size_t size) {
    if (size > TEXT_SIZE_MAX - text->size)
        size = TEXT_SIZE_MAX - text->size;
    if (text->size + size > text->capacity) {
        size_t capacity = text->capacity == 0 ? READ_SIZE : text->capacity;
        while (capacity < text->size + size)
            capacity *= 2;
        char *grown = realloc(text->bytes, capacity);
        if (grown == NULL)
            return;
        text->bytes = grown;
        text->capacity = capacity;
    }
    if (size > 0)
        memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void text_read(void *context) {
    process_text *text = context;
    pal_process *process = text->process;
    char bytes[READ_SIZE];
    for (bool is_ended = false; !is_ended;) {
        size_t size = pal_pipe_read(text->pipe, bytes, sizeof bytes);
        is_ended = size == 0;
        pal_mutex_lock(&process->mutex);
        text_keep(text, bytes, size);
        text->is_ended = is_ended;
        pal_condition_wake_all(&process->condition);
        pal_mutex_unlock(&process->mutex);
    }
    pal_pipe_close(text->pipe);
}

static void process_await(void *context) {
    pal_process *process = context;
    pal_child_await(&process->child);
    /* Release under the mutex: afterwards, the number may belong to another process, which must not be killed. */
    pal_mutex_lock(&process->mutex);
    process->code = pal_child_release(&process->child);
    process->is_ended = true;
    pal_condition_wake_all(&process->condition);
    pal_mutex_unlock(&process->mutex);
}

/* Undoes a start when a thread cannot be started; COUNT readers run. */
static void process_abandon(pal_process *process, size_t count) {
    pal_child_kill(&process->child);
    pal_pipe_close(process->child.input);
    for (size_t i = 0; i < count; i++)
        pal_thread_join(&process->texts[i].reader);
    for (size_t i = count; i < 2; i++)
        pal_pipe_close(process->texts[i].pipe);
    pal_child_await(&process->child);
    pal_child_release(&process->child);
}

static void process_free(pal_process *process) {
    pal_condition_close(&process->condition);
    pal_mutex_close(&process->mutex);
    for (size_t i = 0; i < 2; i++)
        free(process->texts[i].bytes);
    free(process);
}

pal_error pal_process_start(pal_process **process, const char *const *arguments) {
    assert(process != NULL);
    assert(arguments != NULL && arguments[0] != NULL);
    *process = NULL;
    pal_process *started = calloc(1, sizeof *started);
    if (started == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    pal_mutex_open(&started->mutex);
    pal_condition_open(&started->condition);
    pal_error error = pal_child_start(&started->child, arguments);
    if (error.status != PAL_OK) {
        process_free(started);
        return error;
    }
    size_t readers = 0;
    for (size_t i = 0; i < 2; i++) {
        started->texts[i].process = started;
        started->texts[i].pipe = started->child.outputs[i];
    }
    while (readers < 2 && error.status == PAL_OK) {
        error = pal_thread_start(&started->texts[readers].reader, text_read, &started->texts[readers]);
        readers += error.status == PAL_OK;
    }
    if (error.status == PAL_OK)
        error = pal_thread_start(&started->waiter, process_await, started);
    if (error.status != PAL_OK) {
        process_abandon(started, readers);
        process_free(started);
        return error;
    }
    started->is_input_open = true;
    *process = started;
    return pal_ok();
}

pal_error pal_process_write(pal_process *process, const void *bytes, size_t size) {
    assert(process->is_input_open);
    return pal_pipe_write(process->child.input, bytes, size);
}

void pal_process_end_input(pal_process *process) {
    if (!process->is_input_open)
        return;
    process->is_input_open = false;
    pal_pipe_close(process->child.input);
}

/* Returns where TEXT of LENGTH > 0 bytes starts in SIZE bytes, which may hold zero bytes; SIZE if it is not there. */
static size_t bytes_find(const char *bytes, size_t size, const char *text, size_t length) {
    for (size_t at = 0; at + length <= size; at++) {
        const char *first = memchr(bytes + at, text[0], size - length + 1 - at);
        if (first == NULL)
            return size;
        at = (size_t)(first - bytes);
        if (memcmp(first, text, length) == 0)
            return at;
    }
    return size;
}

bool pal_process_wait_text(pal_process *process, pal_process_stream stream, const char *text, uint64_t deadline_ns) {
    process_text *printed = &process->texts[stream];
    size_t length = strlen(text);
    assert(length > 0);
    bool is_found = false;
    bool is_waiting = true;
    size_t searched = 0; /* no match starts before this */
    pal_mutex_lock(&process->mutex);
    for (;;) {
        if (printed->size - searched >= length) {
            size_t size = printed->size - searched;
            is_found = bytes_find(printed->bytes + searched, size, text, length) < size;
            searched = printed->size - length + 1;
        }
        if (is_found || printed->is_ended || !is_waiting)
            break;
        is_waiting = pal_condition_wait(&process->condition, &process->mutex, deadline_ns);
    }
    pal_mutex_unlock(&process->mutex);
    return is_found;
}

char *pal_process_text(pal_process *process, pal_process_stream stream, size_t *size) {
    process_text *printed = &process->texts[stream];
    pal_mutex_lock(&process->mutex);
    char *copy = malloc(printed->size + 1);
    if (copy != NULL) {
        if (printed->size > 0)
            memcpy(copy, printed->bytes, printed->size);
        copy[printed->size] = '\0';
    }
    if (size != NULL)
        *size = copy != NULL ? printed->size : 0;
    pal_mutex_unlock(&process->mutex);
    return copy;
}

void pal_process_interrupt(pal_process *process) {
    pal_mutex_lock(&process->mutex);
    if (!process->is_ended)
        pal_child_interrupt(&process->child);
    pal_mutex_unlock(&process->mutex);
}

void pal_process_kill(pal_process *process) {
    pal_mutex_lock(&process->mutex);
    if (!process->is_ended)
        pal_child_kill(&process->child);
    pal_mutex_unlock(&process->mutex);
}

bool pal_process_wait(pal_process *process, uint64_t deadline_ns, int *code) {
    pal_mutex_lock(&process->mutex);
    bool is_ended = false;
    for (bool is_waiting = true;;) {
        is_ended = process->is_ended && process->texts[0].is_ended && process->texts[1].is_ended;
        if (is_ended || !is_waiting)
            break;
        is_waiting = pal_condition_wait(&process->condition, &process->mutex, deadline_ns);
    }
    if (is_ended && code != NULL)
        *code = process->code;
    pal_mutex_unlock(&process->mutex);
    return is_ended;
}

void pal_process_close(pal_process *process) {
    pal_process_kill(process);
    pal_process_end_input(process);
    for (size_t i = 0; i < 2; i++)
        pal_thread_join(&process->texts[i].reader);
    pal_thread_join(&process->waiter);
    process_free(process);
}
