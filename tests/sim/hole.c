/* An address that swallows connections: its backlog is full, and nobody accepts. */
#include "sim/run.h"

#include "pal/container.h"
#include "support/random.h"

static sim_hole *hole_of(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, sim_hole, filler);
}

static void filler_connected(pal_stream *stream, pal_error error) {
    sim_hole *hole = hole_of(stream);
    hole->is_open = error.status == PAL_OK;
    pal_loop_stop(&hole->run->loop);
}

static void filler_closed(pal_stream *stream) {
    pal_listener_close(&hole_of(stream)->listener);
}

static void hole_accepted(pal_listener *listener, pal_error error, pal_socket socket, const pal_address *peer) {
    sim_hole *hole = PAL_CONTAINER_OF(listener, sim_hole, listener);
    (void)error, (void)socket, (void)peer;
    sim_fail(hole->run, "a paused listener accepted, with the hole open:", hole->is_open);
}

static void hole_closed(pal_listener *listener) {
    sim_hole *hole = PAL_CONTAINER_OF(listener, sim_hole, listener);
    pal_loop_stop(&hole->run->loop);
}

static const pal_stream_handler filler_handler = {.connected = filler_connected, .closed = filler_closed};
static const pal_listener_handler hole_handler = {.accepted = hole_accepted, .closed = hole_closed};

void sim_hole_open(sim_hole *hole, sim_run *run) {
    hole->run = run;
    pal_address any = {0};
    pal_address_parse(test_random_below(&run->random, 2) == 0 ? "127.0.0.1" : "::1", 0, &any);
    if (pal_listener_open(&hole->listener, &run->loop, &hole_handler, &any, 1).status != PAL_OK) {
        sim_fail(run, "the hole could not be opened, run", 0);
        return;
    }
    pal_listener_pause(&hole->listener);
    hole->address = pal_listener_address(&hole->listener);
    if (pal_stream_connect(&hole->filler, &run->loop, &filler_handler, &hole->address).status == PAL_OK)
        pal_loop_run(&run->loop);
    if (!hole->is_open)
        sim_fail(run, "the hole could not be filled, port", hole->address.port);
}

void sim_hole_close(sim_hole *hole) {
    if (!hole->is_open)
        return;
    pal_stream_close(&hole->filler);
    pal_loop_run(&hole->run->loop);
}
