/* A client's connection: one address after the other until one answers, then messages both ways. */
#include "loopmsg/client.h"

#include "pal/clock.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum {
    CLIENT_OPENING,    /* the post that starts it is on its way */
    CLIENT_CONNECTING, /* the stream connects */
    CLIENT_TURNING,    /* the stream of a failed attempt is being closed; the next address follows */
    CLIENT_CONNECTED,
    CLIENT_FAILED, /* between two attempts or after the last: there is no stream */
    CLIENT_CLOSING
};

static lm_client *client_of_stream(pal_stream *stream) {
    return (lm_client *)(void *)((unsigned char *)stream - offsetof(lm_client, stream));
}

static lm_client *client_of_timer(pal_timer *timer) {
    return (lm_client *)(void *)((unsigned char *)timer - offsetof(lm_client, connect_timer));
}

static lm_client *client_of_post(pal_post *post) {
    return (lm_client *)(void *)((unsigned char *)post - offsetof(lm_client, post));
}

static const pal_stream_handler stream_handler;

/* The attempt at the next address failed and its stream, if there was one, is gone. False when the callback closed the client. */
static bool client_tell_failed(lm_client *client, pal_error error) {
    const pal_address *address = &client->addresses[client->address_next++];
    client->last_error = error;
    client->state = CLIENT_FAILED;
    if (client->handler->attempt_failed != NULL)
        client->handler->attempt_failed(client, address, error);
    return client->state == CLIENT_FAILED;
}

/* Begins to connect to the next address; tells of each that cannot even begin, and in the end that none is left. */
static void client_try_next(lm_client *client) {
    while (client->address_next < client->address_count) {
        const pal_address *address = &client->addresses[client->address_next];
        pal_error error = pal_stream_connect(&client->stream, client->loop, &stream_handler, address);
        if (error.status == PAL_OK) {
            client->state = CLIENT_CONNECTING;
            if (client->connect_timeout_ns > 0)
                pal_timer_start(client->loop, &client->connect_timer, pal_clock_now_ns() + client->connect_timeout_ns);
            return;
        }
        if (!client_tell_failed(client, error))
            return;
    }
    client->state = CLIENT_FAILED;
    client->handler->connected(client, client->last_error, NULL);
}

static void client_closed(lm_client *client) {
    pal_timer_stop(client->loop, &client->connect_timer);
    lm_framing_close(&client->framing);
    lm_buffer_free(&client->output);
    client->handler->closed(client);
}

static void client_post_run(pal_post *post) {
    lm_client *client = client_of_post(post);
    if (client->state == CLIENT_CLOSING)
        client_closed(client);
    else
        client_try_next(client);
}

/* An attempt has failed: its stream must be closed before the next begins. */
static void client_turn(lm_client *client, pal_error error) {
    client->last_error = error;
    client->state = CLIENT_TURNING;
    pal_stream_close(&client->stream);
}

static void connect_timer_expired(pal_timer *timer) {
    client_turn(client_of_timer(timer), pal_error_of(PAL_TIMED_OUT));
}

static void stream_connected(pal_stream *stream, pal_error error) {
    lm_client *client = client_of_stream(stream);
    if (client->state != CLIENT_CONNECTING)
        return; /* given up */
    pal_timer_stop(client->loop, &client->connect_timer);
    if (error.status != PAL_OK) {
        client_turn(client, error);
        return;
    }
    client->state = CLIENT_CONNECTED;
    pal_stream_receive(stream);
    client->handler->connected(client, pal_ok(), &client->addresses[client->address_next]);
}

/* Tells what the framing found until it wants more, or `message` closes the client. */
static lm_framing_result client_take(lm_client *client, const uint8_t *bytes, size_t size) {
    for (;;) {
        lm_message message;
        lm_framing_result result = lm_framing_next(&client->framing, &bytes, &size, &message);
        if (result != LM_FRAMING_MESSAGE)
            return result;
        client->ending = message.ending;
        client->handler->message(client, &message);
        if (client->state != CLIENT_CONNECTED)
            return LM_FRAMING_MORE;
    }
}

static void client_take_end(lm_client *client) {
    lm_message message;
    lm_framing_result result = lm_framing_end(&client->framing, &message);
    if (result == LM_FRAMING_MESSAGE) {
        client->handler->message(client, &message);
        if (client->state != CLIENT_CONNECTED)
            return;
    }
    static const lm_cause causes[] = {
        [LM_FRAMING_MESSAGE] = LM_CAUSE_END,
        [LM_FRAMING_MORE] = LM_CAUSE_END,
        [LM_FRAMING_TOO_LONG] = LM_CAUSE_TOO_LONG,
        [LM_FRAMING_TRUNCATED] = LM_CAUSE_TRUNCATED,
    };
    client->handler->ended(client, causes[result], pal_ok());
}

static void stream_received(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size) {
    lm_client *client = client_of_stream(stream);
    if (client->state != CLIENT_CONNECTED)
        return; /* closing */
    if (error.status == PAL_END) {
        client_take_end(client);
        return;
    }
    if (error.status != PAL_OK) {
        client->handler->ended(client, LM_CAUSE_BROKEN, error);
        return;
    }
    lm_framing_result result = client_take(client, bytes, size);
    if (client->state != CLIENT_CONNECTED)
        return;
    if (result == LM_FRAMING_TOO_LONG)
        client->handler->ended(client, LM_CAUSE_TOO_LONG, pal_ok());
    else if (result == LM_FRAMING_NO_MEMORY)
        client->handler->ended(client, LM_CAUSE_NO_MEMORY, pal_error_of(PAL_NO_MEMORY));
    else
        pal_stream_receive(stream);
}

static void stream_sent(pal_stream *stream, pal_error error) {
    lm_client *client = client_of_stream(stream);
    if (client->state == CLIENT_CONNECTED)
        client->handler->sent(client, error);
}

static void stream_closed(pal_stream *stream) {
    lm_client *client = client_of_stream(stream);
    if (client->state == CLIENT_CLOSING) {
        client_closed(client);
        return;
    }
    assert(client->state == CLIENT_TURNING);
    if (client_tell_failed(client, client->last_error))
        client_try_next(client);
}

static const pal_stream_handler stream_handler = {
    .connected = stream_connected, .received = stream_received, .sent = stream_sent, .closed = stream_closed};

void lm_client_open(lm_client *client, pal_loop *loop, const lm_client_handler *handler, const lm_client_settings *settings) {
    assert(settings->address_count >= 1 && settings->address_count <= LM_ADDRESSES_MAX);
    *client = (lm_client){
        .handler = handler,
        .loop = loop,
        .post.run = client_post_run,
        .connect_timer.expired = connect_timer_expired,
        .address_count = settings->address_count,
        .connect_timeout_ns = settings->connect_timeout_ns,
        .state = CLIENT_OPENING,
    };
    memcpy(client->addresses, settings->addresses, settings->address_count * sizeof *client->addresses);
    lm_framing_open(&client->framing, settings->framing, settings->max_message);
    pal_loop_post(loop, &client->post);
}

bool lm_client_send(lm_client *client, const void *bytes, size_t size, lm_ending ending) {
    assert(client->state == CLIENT_CONNECTED);
    lm_buffer_clear(&client->output);
    if (client->framing.kind == LM_FRAMING_AUTO && ending == LM_ENDING_NONE)
        ending = client->ending;
    lm_framing_append(client->framing.kind, &client->output, bytes, size, ending);
    bool has_memory = !client->output.failed;
    if (has_memory)
        pal_stream_send(&client->stream, client->output.bytes, client->output.size);
    return has_memory; /* the stream copied what it could not send at once: `output` serves the next message */
}

void lm_client_shutdown(lm_client *client) {
    assert(client->state == CLIENT_CONNECTED);
    pal_stream_shutdown(&client->stream);
}

void lm_client_close(lm_client *client) {
    assert(client->state != CLIENT_CLOSING);
    int state = client->state;
    client->state = CLIENT_CLOSING;
    pal_timer_stop(client->loop, &client->connect_timer);
    if (state == CLIENT_CONNECTING || state == CLIENT_CONNECTED)
        pal_stream_close(&client->stream);
    else if (state == CLIENT_FAILED)
        pal_loop_post(client->loop, &client->post);
    /* OPENING: its post is still to come; TURNING: its stream is being closed. */
}
