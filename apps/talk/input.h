/* Standard input on a loop: a thread reads it and delivers one piece at a time, then waits until that is used up. */
#ifndef APPS_TALK_INPUT_H
#define APPS_TALK_INPUT_H

#include "loopmsg/framing.h"
#include "pal/loop.h"
#include "pal/status.h"
#include "pal/thread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum input_result {
    INPUT_MESSAGE,
    INPUT_WAIT,     /* `arrived` is called when there is more */
    INPUT_END,      /* the end of standard input */
    INPUT_TOO_LONG, /* a line over LM_MESSAGE_SIZE_MAX */
    INPUT_NO_MEMORY,
    INPUT_FAILED /* `error` says why it cannot be read */
} input_result;

typedef struct input_source {
    pal_error error;
    /* private; the thread owns `bytes` and `size` between is_taken and its next post */
    pal_loop *loop;
    lm_framing framing;
    void (*arrived)(void *context);
    void *context;
    pal_post post;
    const uint8_t *bytes;
    size_t size;
    bool has_piece, has_ended;
    pal_mutex mutex; /* guards the two below */
    pal_condition condition;
    bool is_taken, is_closed;
} input_source;

/* Starts to read; KIND is line or raw. ARRIVED is called on LOOP's thread. Call it once: the reading thread ends with the process,
 * so INPUT must live as long. Call all functions on the loop's thread, or while it does not run. */
pal_error input_open(input_source *input, pal_loop *loop, lm_framing_kind kind, void (*arrived)(void *context), void *context);

/* Gives the next line, or under raw the bytes of one read; valid until the next call. */
input_result input_take(input_source *input, lm_message *message);

/* Drops what is still read, and stops using the loop. An input that was never opened may be closed too. */
void input_close(input_source *input);

#endif
