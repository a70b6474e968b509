/* pal_stream on the simulated network. */
#include "pal/stream.h"

#include "common/trace.h"
#include "pal/container.h"
#include "sim/chance.h"
#include "sim/loop.h"
#include "sim/network.h"
#include "sim/schedule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CLOSE_NS (20 * PAL_MILLISECOND_NS) /* the longest time until the system releases a cancelled request */

typedef struct sim_stream {
    sim_watch watch;
    sim_side *side; /* NULL once closed */
    pal_trace_role role;
    bool is_connecting; /* requests under way */
    bool is_receiving;
    bool is_sending;
    bool is_closing;
    bool is_sent; /* is_sending, and the result is in send_error */
    bool is_held; /* is_closing, and the system has not released the stream */
    pal_error send_error;
    uint8_t *unsent; /* what the network has not taken yet; NULL for nothing */
    size_t unsent_size, unsent_offset;
    pal_timer release; /* event: the system releases the stream */
} sim_stream;

static_assert(sizeof(sim_stream) <= sizeof(((pal_stream *)NULL)->storage), "pal_stream holds a stream");

static sim_stream *sim_of(pal_stream *stream) {
    return (sim_stream *)(void *)stream->storage;
}

static pal_stream *stream_of(sim_stream *sim) {
    return PAL_CONTAINER_OF((void *)sim, pal_stream, storage);
}

/* -- the trace -- */

static void stream_trace(const sim_stream *sim, pal_trace_operation operation, pal_error error) {
    pal_trace(.operation = operation, .role = sim->role, .socket = (uintptr_t)sim->side, .error = error);
}

static void stream_trace_connect(const sim_stream *sim, bool is_pending, pal_error error) {
    pal_trace(.operation = PAL_TRACE_CONNECT, .role = sim->role, .socket = (uintptr_t)sim->side,
              .address = &sim_side_peer(sim->side)->address, .is_pending = is_pending, .error = error);
}

PAL_TRACE_APART static void stream_trace_sent(const sim_stream *sim, const void *bytes, size_t size, size_t done, pal_error error) {
    pal_trace(.operation = PAL_TRACE_SEND, .role = sim->role, .socket = (uintptr_t)sim->side, .size = size,
              .bytes = done > 0 ? bytes : NULL, .done = done, .is_pending = done == 0 && error.status == PAL_OK, .error = error);
}

PAL_TRACE_APART static void stream_trace_received(const sim_stream *sim, size_t done, pal_error error) {
    pal_trace(.operation = PAL_TRACE_RECEIVE, .role = sim->role, .socket = (uintptr_t)sim->side, .size = PAL_RECEIVE_SIZE,
              .bytes = done > 0 ? sim_loop_of_watch(&sim->watch)->receive_buffer : NULL, .done = done, .error = error);
}

void pal_socket_close(pal_socket socket) {
    sim_listener *listener = sim_network_listener_of(socket);
    if (listener == NULL) {
        pal_trace(.operation = PAL_TRACE_CLOSE, .role = PAL_TRACE_ACCEPTED, .socket = socket.handle);
        sim_side_close((sim_side *)socket.handle, false);
        return;
    }
    pal_trace(.operation = PAL_TRACE_CLOSE, .role = PAL_TRACE_LISTENING, .socket = (uintptr_t)listener);
    sim_network_unlisten(listener);
    free(listener);
}

/* -- what is ready -- */

static bool stream_is_connected(const sim_stream *sim) {
    return sim->side->connection->stage == CONNECT_DONE;
}

static bool stream_can_send(const sim_stream *sim) {
    return sim->unsent != NULL && (sim->side->is_broken || sim_side_has_room(sim->side));
}

static bool stream_can_receive(const sim_stream *sim) {
    return sim->is_receiving &&
           (sim_side_peer(sim->side)->out.arrived > 0 || sim_side_is_broken(sim->side) || sim_side_is_at_end(sim->side));
}

static void stream_update(sim_stream *sim) {
    bool is_able;
    if (sim->is_closing)
        return; /* stream_end has done it */
    if (sim->is_connecting)
        is_able = stream_is_connected(sim);
    else
        is_able = sim->is_sent || stream_can_send(sim) || stream_can_receive(sim);
    if (is_able)
        sim_loop_set_ready(&sim->watch);
}

/* -- a share of a round -- */

static void stream_unsent_free(sim_stream *sim) {
    free(sim->unsent);
    sim->unsent = NULL;
}

/* Sends one more piece of the unsent bytes. */
static void stream_send_more(sim_stream *sim) {
    const uint8_t *bytes = sim->unsent + sim->unsent_offset;
    size_t size = sim->unsent_size - sim->unsent_offset;
    size_t taken = 0;
    if (sim->side->is_broken)
        sim->send_error = pal_error_of(PAL_RESET);
    else
        taken = sim_side_send(sim->side, bytes, size);
    stream_trace_sent(sim, bytes, size, taken, sim->send_error);
    sim->unsent_offset += taken;
    if (sim->send_error.status != PAL_OK || sim->unsent_offset == sim->unsent_size) {
        stream_unsent_free(sim);
        sim->is_sent = true;
    }
}

static void stream_answer_sent(sim_stream *sim, pal_error error) {
    sim->is_sending = sim->is_sent = false;
    sim_note("sent is answered", sim->side != NULL ? sim->side->connection->number : 0, (uint64_t)error.status);
    stream_of(sim)->handler->sent(stream_of(sim), error);
}

static void stream_receive_once(sim_stream *sim) {
    pal_stream *stream = stream_of(sim);
    uint8_t *buffer = sim_loop_of_watch(&sim->watch)->receive_buffer;
    size_t size = sim_side_receive(sim->side, buffer, PAL_RECEIVE_SIZE);
    sim->is_receiving = false;
    pal_error error = size > 0 ? pal_ok() : pal_error_of(sim_side_is_broken(sim->side) ? PAL_RESET : PAL_END);
    stream_trace_received(sim, size, error);
    stream->handler->received(stream, error, size > 0 ? buffer : NULL, size);
}

static void stream_cancel_received(sim_stream *sim) {
    if (!sim->is_receiving)
        return;
    sim->is_receiving = false;
    stream_of(sim)->handler->received(stream_of(sim), pal_error_of(PAL_CANCELLED), NULL, 0);
}

static void stream_cancel_sent(sim_stream *sim) {
    if (sim->is_sending)
        stream_answer_sent(sim, pal_error_of(PAL_CANCELLED));
}

/* The side is closed. Answers what was under way, in any order, then calls `closed`. */
static void stream_run_closing(sim_stream *sim) {
    pal_stream *stream = stream_of(sim);
    if (sim->is_held)
        return;
    stream_unsent_free(sim);
    if (sim->is_connecting) {
        sim->is_connecting = false;
        stream->handler->connected(stream, pal_error_of(PAL_CANCELLED));
    }
    bool is_sent_first = sim_draw(2) == 0;
    if (is_sent_first)
        stream_cancel_sent(sim);
    stream_cancel_received(sim);
    if (!is_sent_first)
        stream_cancel_sent(sim);
    stream->handler->closed(stream);
}

static void stream_run_connecting(sim_stream *sim) {
    if (!stream_is_connected(sim))
        return;
    pal_error error = sim->side->connection->error;
    sim->is_connecting = false;
    stream_trace_connect(sim, false, error);
    stream_of(sim)->handler->connected(stream_of(sim), error);
}

static void stream_run_sending(sim_stream *sim) {
    if (!sim->is_closing && stream_can_send(sim))
        stream_send_more(sim);
    if (!sim->is_closing && sim->is_sent)
        stream_answer_sent(sim, sim->send_error);
}

static void stream_run_receiving(sim_stream *sim) {
    if (!sim->is_closing && stream_can_receive(sim))
        stream_receive_once(sim);
}

static void stream_run(pal_source *source) {
    sim_stream *sim = PAL_CONTAINER_OF(source, sim_stream, watch.source);
    if (sim->is_closing) {
        stream_run_closing(sim);
        return;
    }
    if (sim->is_connecting) {
        stream_run_connecting(sim);
    } else if (sim_draw(2) == 0) { /* a system may answer either one first */
        stream_run_sending(sim);
        stream_run_receiving(sim);
    } else {
        stream_run_receiving(sim);
        stream_run_sending(sim);
    }
    stream_update(sim);
}

/* -- requests -- */

static void release_happens(pal_timer *event) {
    sim_stream *sim = PAL_CONTAINER_OF(event, sim_stream, release);
    sim->is_held = false;
    sim_watch_notify(&sim->watch);
}

static void stream_init(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_trace_role role) {
    stream->handler = handler;
    *sim_of(stream) = (sim_stream){
        .watch = {.source.run = stream_run, .news = &sim_loop_of(loop)->news}, .release.expired = release_happens, .role = role};
}

pal_error pal_stream_open(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_socket socket) {
    sim_side *side = (sim_side *)socket.handle;
    assert(side->is_open && side->watch == NULL);
    if (sim_strikes(PAL_SIM_MEMORY)) {
        pal_socket_close(socket);
        return pal_error_of(PAL_NO_MEMORY);
    }
    stream_init(stream, loop, handler, PAL_TRACE_ACCEPTED);
    sim_of(stream)->side = side;
    side->watch = &sim_of(stream)->watch;
    return pal_ok();
}

pal_error pal_stream_connect(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, const pal_address *address) {
    stream_init(stream, loop, handler, PAL_TRACE_CONNECTING);
    sim_stream *sim = sim_of(stream);
    sim->is_connecting = true;
    pal_error error = sim_network_connect(address, &sim->watch, &sim->side);
    pal_trace(.operation = PAL_TRACE_CREATE, .role = sim->role, .socket = (uintptr_t)sim->side, .address = address, .error = error);
    if (error.status == PAL_OK)
        stream_trace_connect(sim, true, pal_ok());
    return error;
}

void pal_stream_receive(pal_stream *stream) {
    sim_stream *sim = sim_of(stream);
    assert(!sim->is_closing && !sim->is_connecting && !sim->is_receiving);
    sim->is_receiving = true;
    stream_update(sim);
}

void pal_stream_send(pal_stream *stream, const void *bytes, size_t size) {
    sim_stream *sim = sim_of(stream);
    assert(!sim->is_closing && !sim->is_connecting && !sim->is_sending && size > 0);
    sim->is_sending = true;
    sim->send_error = sim->side->is_broken ? pal_error_of(PAL_RESET) : pal_ok();
    size_t taken = sim->side->is_broken ? 0 : sim_side_send(sim->side, bytes, size);
    stream_trace_sent(sim, bytes, size, taken, sim->send_error);
    sim->is_sent = sim->side->is_broken || taken == size;
    if (!sim->is_sent) {
        sim->unsent_size = size - taken;
        sim->unsent_offset = 0;
        sim->unsent = sim_strikes(PAL_SIM_MEMORY) ? NULL : malloc(sim->unsent_size);
        if (sim->unsent != NULL) {
            memcpy(sim->unsent, (const uint8_t *)bytes + taken, sim->unsent_size);
        } else {
            sim->send_error = pal_error_of(PAL_NO_MEMORY);
            sim->is_sent = true;
        }
    }
    stream_update(sim);
}

void pal_stream_shutdown(pal_stream *stream) {
    sim_stream *sim = sim_of(stream);
    assert(!sim->is_closing && !sim->is_connecting && !sim->is_sending);
    stream_trace(sim, PAL_TRACE_SHUTDOWN, pal_ok());
    sim_side_end(sim->side);
}

static void stream_end(sim_stream *sim, bool is_reset) {
    assert(!sim->is_closing);
    stream_trace(sim, is_reset ? PAL_TRACE_RESET : PAL_TRACE_CLOSE, pal_ok());
    sim->is_closing = true;
    sim_watch_forget(&sim->watch);
    if (sim_strikes(PAL_SIM_CANCELS)) {
        /* The cancelled receive already has its bytes, which are dropped, and the system still owns the memory. */
        if (sim->is_receiving)
            sim_side_receive(sim->side, NULL, PAL_RECEIVE_SIZE);
        sim->is_held = true;
        sim_event_start(&sim->release, sim_now_ns() + 1 + sim_draw(CLOSE_NS));
    }
    sim_side_close(sim->side, is_reset);
    sim->side = NULL;
    if (!sim->is_held)
        sim_loop_set_ready(&sim->watch);
}

void pal_stream_close(pal_stream *stream) {
    stream_end(sim_of(stream), false);
}

void pal_stream_reset(pal_stream *stream) {
    stream_end(sim_of(stream), true);
}
