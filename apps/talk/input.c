#include "talk/input.h"

#include "pal/console.h"
#include "pal/container.h"

#include <assert.h>

static void input_arrived(pal_post *post) {
    input_source *self = PAL_CONTAINER_OF(post, input_source, post);
    if (self->size > 0)
        self->has_piece = true;
    else
        self->has_ended = true;
    self->arrived(self->context);
}

/* On the input's thread. */
static void input_deliver(void *context, pal_error error, const uint8_t *bytes, size_t size) {
    input_source *self = context;
    pal_mutex_lock(&self->mutex);
    if (!self->is_closed) {
        self->error = error;
        self->bytes = bytes;
        self->size = size;
        self->is_taken = false;
        pal_loop_post(self->loop, &self->post); /* inside the mutex: input_close waits for it */
    }
    while (size > 0 && !self->is_taken && !self->is_closed)
        (void)pal_condition_wait(&self->condition, &self->mutex, UINT64_MAX);
    pal_mutex_unlock(&self->mutex);
}

pal_error input_open(input_source *self, pal_loop *loop, lm_framing_kind kind, void (*arrived)(void *context), void *context) {
    assert(self->loop == NULL);
    self->loop = loop;
    self->arrived = arrived;
    self->context = context;
    self->post.run = input_arrived;
    lm_framing_open(&self->framing, kind, LM_MESSAGE_SIZE_MAX);
    pal_mutex_open(&self->mutex);
    pal_condition_open(&self->condition);
    return pal_input_start(input_deliver, self);
}

static void input_release(input_source *self) {
    self->has_piece = false;
    pal_mutex_lock(&self->mutex);
    self->is_taken = true;
    pal_condition_wake_all(&self->condition);
    pal_mutex_unlock(&self->mutex);
}

static input_result result_of(lm_framing_result result) {
    switch (result) {
    case LM_FRAMING_MESSAGE:
        return INPUT_MESSAGE;
    case LM_FRAMING_NO_MEMORY:
        return INPUT_NO_MEMORY;
    case LM_FRAMING_TOO_LONG:
        return INPUT_TOO_LONG;
    case LM_FRAMING_MORE:
    case LM_FRAMING_TRUNCATED:
        break;
    }
    return INPUT_END;
}

input_result input_take(input_source *self, lm_message *message) {
    if (self->has_piece) {
        lm_framing_result result = lm_framing_next(&self->framing, &self->bytes, &self->size, message);
        if (result != LM_FRAMING_MORE)
            return result_of(result);
        input_release(self);
    }
    if (!self->has_ended)
        return INPUT_WAIT;
    if (self->error.status != PAL_END)
        return INPUT_FAILED;
    return result_of(lm_framing_end(&self->framing, message));
}

void input_close(input_source *self) {
    if (self->loop == NULL)
        return;
    pal_mutex_lock(&self->mutex);
    self->is_closed = true;
    pal_condition_wake_all(&self->condition);
    pal_mutex_unlock(&self->mutex);
    lm_framing_close(&self->framing);
}
