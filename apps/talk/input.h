/* Standard input on a loop: what its thread reads comes over one piece at a time, and the thread waits until that is used up. */
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
    INPUT_WAIT,     /* `arrived` will tell when to ask again */
    INPUT_END,      /* nothing more will come */
    INPUT_TOO_LONG, /* a line over LM_MESSAGE_SIZE_MAX */
    INPUT_NO_MEMORY,
    INPUT_FAILED /* `error` tells why it cannot be read */
} input_result;

typedef struct input_source {
    pal_error error;
    /* its own; what the thread writes it hands over with the post, and gets back with is_taken */
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

/* Starts to read, KIND line or raw. ARRIVED is called on LOOP's thread. Once; the reading thread ends with the process, so INPUT must live
 * as long. All functions on the loop's thread, or while it does not run. */
pal_error input_open(input_source *input, pal_loop *loop, lm_framing_kind kind, void (*arrived)(void *context), void *context);

/* The next line, or what one read gave under raw; valid until the next call. */
input_result input_take(input_source *input, lm_message *message);

/* Whatever is still read is dropped, and the loop not touched again. Not opened is as good as closed. */
void input_close(input_source *input);

#endif
