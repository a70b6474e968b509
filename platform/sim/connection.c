/* What travels between the two sides of a connection: bytes, ends and resets. */
#include "sim/connection.h"

#include "pal/clock.h"
#include "pal/container.h"
#include "sim/chance.h"
#include "sim/schedule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE ((size_t)65536) /* bytes, per direction */
#define KEPT_SIZE ((size_t)4096)    /* a larger buffer is freed when empty */
#define DELAY_NS UINT64_C(12000)
#define LONG_DELAY_NS (3 * PAL_SECOND_NS)

uint64_t sim_delay_ns(void) {
    if (sim_strikes(PAL_SIM_DELAYS))
        return 1 + sim_draw(sim_draw(8) == 0 ? LONG_DELAY_NS : 5 * PAL_MILLISECOND_NS);
    return 1 + sim_draw(DELAY_NS);
}

/* -- one direction -- */

static void pipe_clear(sim_pipe *pipe) {
    free(pipe->bytes);
    pipe->bytes = NULL;
    pipe->capacity = pipe->begin = pipe->size = pipe->arrived = 0;
}

static void pipe_put(sim_pipe *pipe, const void *bytes, size_t size) {
    if (pipe->begin + pipe->size + size > pipe->capacity && pipe->begin > 0) {
        memmove(pipe->bytes, pipe->bytes + pipe->begin, pipe->size);
        pipe->begin = 0;
    }
    if (pipe->size + size > pipe->capacity) {
        size_t capacity = pipe->capacity > 0 ? pipe->capacity : 512;
        while (capacity < pipe->size + size)
            capacity *= 2;
        uint8_t *grown = realloc(pipe->bytes, capacity);
        if (grown == NULL)
            sim_abort("no memory for what is under way");
        pipe->bytes = grown;
        pipe->capacity = capacity;
    }
    memcpy(pipe->bytes + pipe->begin + pipe->size, bytes, size);
    pipe->size += size;
}

static void pipe_take(sim_pipe *pipe, void *bytes, size_t size) {
    if (bytes != NULL)
        memcpy(bytes, pipe->bytes + pipe->begin, size);
    pipe->begin += size;
    pipe->size -= size;
    pipe->arrived -= size;
    if (pipe->size > 0)
        return;
    pipe->begin = 0;
    if (pipe->capacity > KEPT_SIZE)
        pipe_clear(pipe);
}

/* -- sides -- */

static void side_notify(sim_side *side) {
    if (side->watch != NULL)
        sim_watch_notify(side->watch);
}

static void side_note(const sim_side *side, const char *what, uint64_t value) {
    const sim_connection *connection = side->connection;
    sim_note(what, connection->number * 2 + (side == &connection->sides[1] ? 1 : 0), value);
}

static void connection_free_if_over(sim_connection *connection) {
    if (connection->sides[0].is_open || connection->sides[1].is_open)
        return;
    connection->released(connection);
    sim_connection_free(connection);
}

/* Breaks the connection for this side. Drops its bytes that have not arrived. */
static void side_break(sim_side *side) {
    side->is_broken = true;
    sim_event_stop(&side->arrival);
    size_t lost = side->out.size - side->out.arrived;
    side->out.size -= lost;
    side_note(side, "broken, lost", lost);
}

static void side_send_reset(sim_side *side) {
    if (side->is_broken)
        return;
    side_break(side);
    sim_event_start(&side->reset, sim_now_ns() + sim_delay_ns());
}

static void reset_arrived(pal_timer *event) {
    sim_side *side = PAL_CONTAINER_OF(event, sim_side, reset);
    sim_side *peer = sim_side_peer(side);
    side_note(peer, "reset arrives", 0);
    if (!peer->is_open || peer->is_broken)
        return;
    side_break(peer);
    if (sim_draw(2) == 0) /* some systems still deliver bytes that arrived before, others drop them */
        pipe_clear(&side->out);
    side_notify(peer);
}

static void arrival_start(sim_side *side) {
    const sim_pipe *out = &side->out;
    if (!side->arrival.running && (out->size > out->arrived || (out->is_ended && !out->is_end_arrived)))
        sim_event_start(&side->arrival, sim_now_ns() + sim_delay_ns());
}

static size_t slice_draw(size_t size) {
    if (size <= 1 || !sim_strikes(PAL_SIM_SLICES))
        return size;
    return 1 + (size_t)sim_draw(sim_draw(2) == 0 && size > 8 ? 8 : size);
}

static void arrival_happens(pal_timer *event) {
    sim_side *side = PAL_CONTAINER_OF(event, sim_side, arrival);
    sim_side *peer = sim_side_peer(side);
    sim_pipe *out = &side->out;
    size_t slice = slice_draw(out->size - out->arrived);
    if (slice > 0 && sim_strikes(PAL_SIM_RESETS)) {
        side_note(side, "breaks on the way", slice);
        side_send_reset(peer);
        if (!side->is_broken && sim_draw(2) == 0) { /* otherwise the reset reports it */
            side_break(side);
            side_notify(side);
        }
        side_notify(peer);
        return;
    }
    out->arrived += slice;
    side_note(peer, "arrive", slice);
    if (out->is_ended && out->arrived == out->size && (slice == 0 || sim_draw(2) == 0)) {
        out->is_end_arrived = true;
        side_note(peer, "end arrives", 0);
    }
    if (!peer->is_open && slice > 0) { /* nobody takes the bytes */
        pipe_clear(out);
        side_send_reset(peer);
        return;
    }
    side_notify(peer);
    arrival_start(side);
}

static void room_arrived(pal_timer *event) {
    sim_side *side = PAL_CONTAINER_OF(event, sim_side, room);
    side->lacks_room = false;
    side_note(side, "room for", side->out.limit - side->out.size);
    side_notify(side);
}

static void side_init(sim_side *side, sim_connection *connection) {
    *side = (sim_side){
        .connection = connection, .arrival.expired = arrival_happens, .room.expired = room_arrived, .reset.expired = reset_arrived};
    side->out.limit = sim_strikes(PAL_SIM_BUFFERS) ? 1 + (size_t)sim_draw(sim_draw(2) == 0 ? 16 : 2048) : BUFFER_SIZE;
}

void sim_connection_init(sim_connection *connection) {
    side_init(&connection->sides[0], connection);
    side_init(&connection->sides[1], connection);
}

void sim_connection_free(sim_connection *connection) {
    sim_event_stop(&connection->connect);
    for (size_t i = 0; i < 2; i++) {
        sim_side *side = &connection->sides[i];
        sim_event_stop(&side->arrival);
        sim_event_stop(&side->room);
        sim_event_stop(&side->reset);
        pipe_clear(&side->out);
    }
    free(connection);
}

bool sim_side_has_room(const sim_side *side) {
    return !side->lacks_room;
}

size_t sim_side_send(sim_side *side, const void *bytes, size_t size) {
    assert(!side->is_broken && !side->out.is_ended);
    sim_pipe *out = &side->out;
    size_t room = out->limit - out->size;
    size_t taken = size < room ? size : room;
    if (taken > 1 && sim_strikes(PAL_SIM_PARTS))
        taken = 1 + (size_t)sim_draw(taken);
    if (taken > 0)
        pipe_put(out, bytes, taken);
    side_note(side, "sends", taken);
    if (taken < size) {
        side->lacks_room = true;
        if (out->size < out->limit)
            sim_event_start(&side->room, sim_now_ns() + sim_delay_ns());
    }
    arrival_start(side);
    return taken;
}

void sim_side_end(sim_side *side) {
    if (side->is_broken || side->out.is_ended)
        return;
    side_note(side, "ends", 0);
    side->out.is_ended = true;
    arrival_start(side);
}

size_t sim_side_receive(sim_side *side, void *bytes, size_t size) {
    sim_side *peer = sim_side_peer(side);
    sim_pipe *in = &peer->out;
    size_t taken = in->arrived < size ? in->arrived : size;
    if (taken == 0)
        return 0;
    taken = slice_draw(taken);
    pipe_take(in, bytes, taken);
    side_note(side, "receives", taken);
    if (peer->lacks_room && !peer->room.running)
        sim_event_start(&peer->room, sim_now_ns() + sim_delay_ns());
    return taken;
}

bool sim_side_is_at_end(sim_side *side) {
    const sim_pipe *in = &sim_side_peer(side)->out;
    return in->is_end_arrived && in->size == 0;
}

bool sim_side_is_broken(sim_side *side) {
    return side->is_broken && sim_side_peer(side)->out.arrived == 0;
}

void sim_side_close(sim_side *side, bool is_reset) {
    assert(side->is_open);
    sim_side *peer = sim_side_peer(side);
    side_note(side, is_reset ? "is reset" : "is closed", peer->out.arrived);
    if (is_reset || peer->out.arrived > 0) {
        pipe_clear(&peer->out);
        sim_event_stop(&peer->arrival);
        side_send_reset(side);
    } else {
        sim_side_end(side);
    }
    side->is_open = false;
    side->watch = NULL;
    sim_counts()->sockets--;
    connection_free_if_over(side->connection);
}
