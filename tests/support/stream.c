#include "support/stream.h"

#include "pal/container.h"
#include "support/random.h"

#include <stdlib.h>
#include <string.h>

static test_stream *stream_of(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, test_stream, stream);
}

/* What holds in every callback of a stream. */
static test_stream *answer_begin(pal_stream *pal, bool was_asked) {
    test_stream *stream = stream_of(pal);
    test_callback_begin(stream->loop);
    if (stream->is_in_call)
        test_loop_fail(stream->loop, "a request was answered from inside a call");
    if (stream->closed_count > 0)
        test_loop_fail(stream->loop, "a callback came after closed");
    if (!was_asked)
        test_loop_fail(stream->loop, "an answer came that nobody waited for");
    return stream;
}

/* After a close, unanswered requests are cancelled, whatever the system has done with them. So a callback that continues after
 * PAL_OK never makes a request on a closing stream. */
static void check_cancelled(test_stream *stream, pal_error error) {
    if (stream->is_closing && error.status != PAL_CANCELLED)
        test_loop_fail(stream->loop, "a request under way was not cancelled by close");
    if (!stream->is_closing && error.status == PAL_CANCELLED)
        test_loop_fail(stream->loop, "a request was cancelled without a close");
}

static void connected(pal_stream *pal, pal_error error) {
    test_stream *stream = answer_begin(pal, stream_of(pal)->is_connecting);
    check_cancelled(stream, error);
    stream->is_connecting = false;
    stream->connected_count++;
    stream->connected_error = error;
    if (stream->on_connected != NULL)
        stream->on_connected(stream);
    test_callback_end(stream->loop);
}

static void record_bytes(test_stream *stream, const uint8_t *bytes, size_t size) {
    if (size == 0 || size > PAL_RECEIVE_SIZE)
        test_loop_fail(stream->loop, "received lent no bytes or too many");
    if (stream->checks_pattern && !test_pattern_matches(stream->pattern_seed, stream->received_bytes, bytes, size))
        test_loop_fail(stream->loop, "other bytes were received than were sent");
    if (stream->received_bytes < sizeof stream->text - 1) {
        size_t room = sizeof stream->text - 1 - (size_t)stream->received_bytes;
        memcpy(stream->text + stream->received_bytes, bytes, size < room ? size : room);
    }
    stream->received_bytes += size;
}

static void received(pal_stream *pal, pal_error error, const uint8_t *bytes, size_t size) {
    test_stream *stream = answer_begin(pal, stream_of(pal)->is_receiving);
    check_cancelled(stream, error);
    stream->is_receiving = false;
    stream->received_count++;
    stream->received_error = error;
    if (error.status == PAL_OK)
        record_bytes(stream, bytes, size);
    else
        stream->ended_count++;
    if (stream->on_received != NULL)
        stream->on_received(stream, bytes, error.status == PAL_OK ? size : 0);
    test_callback_end(stream->loop);
}

static void sent(pal_stream *pal, pal_error error) {
    test_stream *stream = answer_begin(pal, stream_of(pal)->is_sending);
    check_cancelled(stream, error);
    stream->is_sending = false;
    stream->sent_count++;
    stream->sent_error = error;
    if (stream->on_sent != NULL)
        stream->on_sent(stream);
    test_callback_end(stream->loop);
}

static void closed(pal_stream *pal) {
    test_stream *stream = answer_begin(pal, stream_of(pal)->is_closing);
    if (stream->is_connecting || stream->is_receiving || stream->is_sending)
        test_loop_fail(stream->loop, "closed came before the answer to a request");
    stream->is_closing = false;
    stream->closed_count++;
    test_loop *loop = stream->loop;
    memset(stream->stream.storage, 0xdd, sizeof stream->stream.storage);
    if (stream->on_closed != NULL)
        stream->on_closed(stream);
    test_callback_end(loop);
}

static const pal_stream_handler handler = {.connected = connected, .received = received, .sent = sent, .closed = closed};

void test_stream_init(test_stream *stream, test_loop *loop) {
    memset(stream, 0, sizeof *stream);
    stream->loop = loop;
}

pal_error test_stream_open(test_stream *stream, pal_socket socket) {
    return pal_stream_open(&stream->stream, &stream->loop->loop, &handler, socket);
}

pal_error test_stream_connect(test_stream *stream, const pal_address *address) {
    stream->is_in_call = true;
    stream->is_connecting = true;
    pal_error error = pal_stream_connect(&stream->stream, &stream->loop->loop, &handler, address);
    stream->is_in_call = false;
    if (error.status != PAL_OK)
        stream->is_connecting = false;
    return error;
}

void test_stream_receive(test_stream *stream) {
    stream->is_in_call = true;
    stream->is_receiving = true;
    pal_stream_receive(&stream->stream);
    stream->is_in_call = false;
}

void test_stream_send(test_stream *stream, const void *bytes, size_t size) {
    stream->is_in_call = true;
    stream->is_sending = true;
    pal_stream_send(&stream->stream, bytes, size);
    stream->is_in_call = false;
}

void test_stream_shutdown(test_stream *stream) {
    stream->is_in_call = true;
    pal_stream_shutdown(&stream->stream);
    stream->is_in_call = false;
}

void test_stream_close(test_stream *stream) {
    stream->is_in_call = true;
    stream->is_closing = true;
    pal_stream_close(&stream->stream);
    stream->is_in_call = false;
}

void test_stream_reset(test_stream *stream) {
    stream->is_in_call = true;
    stream->is_closing = true;
    pal_stream_reset(&stream->stream);
    stream->is_in_call = false;
}

void test_stream_close_wait(test_stream *stream) {
    test_stream_close(stream);
    test_loop_until(stream->loop, stream->closed_count, 1);
}

void test_stream_connect_wait(test_stream *stream, test_loop *loop, const pal_address *address) {
    test_stream_init(stream, loop);
    assert_ok(test_stream_connect(stream, address));
    test_loop_until(loop, stream->connected_count, 1);
    assert_ok(stream->connected_error);
}

void test_streams_connect(test_stream *streams, size_t count, test_loop *loop, const pal_address *address) {
    for (size_t i = 0; i < count; i++)
        test_stream_connect_wait(&streams[i], loop, address);
}

void test_streams_close_wait(test_stream *streams, size_t count) {
    for (size_t i = 0; i < count; i++)
        test_stream_close_wait(&streams[i]);
}

void test_stream_expect_pattern(test_stream *stream, uint64_t seed) {
    stream->checks_pattern = true;
    stream->pattern_seed = seed;
}

static void drain_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    if (size > 0)
        test_stream_receive(stream);
}

void test_stream_drain(test_stream *stream) {
    stream->on_received = drain_received;
    test_stream_receive(stream);
}

static void echo_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    if (size > 0)
        test_stream_send(stream, bytes, size);
    else if (stream->received_error.status == PAL_END)
        test_stream_shutdown(stream);
}

static void echo_sent(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK)
        test_stream_receive(stream);
}

void test_stream_echo(test_stream *stream) {
    stream->on_received = echo_received;
    stream->on_sent = echo_sent;
    test_stream_receive(stream);
}

static void close_once(test_stream *stream) {
    if (!stream->is_closing)
        test_stream_close(stream);
}

static void serve_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    if (size > 0)
        test_stream_send(stream, bytes, size);
    else
        close_once(stream);
}

static void serve_sent(test_stream *stream) {
    if (stream->sent_error.status == PAL_OK)
        test_stream_receive(stream);
    else
        close_once(stream);
}

void test_stream_serve(test_stream *stream) {
    stream->on_received = serve_received;
    stream->on_sent = serve_sent;
    test_stream_receive(stream);
}

#define FILL_SIZE ((size_t)8 << 20)
#define FILL_SENDS 32  /* limits what a test sends to a system that takes everything: 256 MiB */
#define FILL_PASSES 20 /* a send that is unanswered by then waits for the peer */

bool test_stream_fill(test_stream *stream) {
    uint8_t *bytes = calloc(1, FILL_SIZE);
    assert_non_null(bytes);
    for (int i = 0; i < FILL_SENDS && !stream->is_sending; i++) {
        test_stream_send(stream, bytes, FILL_SIZE);
        test_loop_passes(stream->loop, FILL_PASSES);
        if (!stream->is_sending)
            assert_ok(stream->sent_error);
    }
    free(bytes);
    if (!stream->is_sending)
        print_message("skipped: this system takes whatever it is given, so that no send waits\n");
    return stream->is_sending;
}
