#include "loopmsg/client.h"

#include "pal/container.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum {
    CLIENT_OPENING,    /* the post that starts it is pending */
    CLIENT_CONNECTING, /* the connector connects, or closes after a failure */
    CLIENT_CONNECTED,
    CLIENT_FAILED, /* there is no stream */
    CLIENT_CLOSING
};

static lm_client *client_of(lm_connector *connector) {
    return PAL_CONTAINER_OF(connector, lm_client, connector);
}

static lm_client *client_of_stream(pal_stream *stream) {
    return client_of(PAL_CONTAINER_OF(stream, lm_connector, stream));
}

static lm_client *client_of_post(pal_post *post) {
    return PAL_CONTAINER_OF(post, lm_client, post);
}

static void client_closed(lm_client *client) {
    lm_framing_close(&client->framing);
    lm_buffer_free(&client->output);
    client->handler->closed(client);
}

static void client_post_run(pal_post *post) {
    lm_client *client = client_of_post(post);
    if (client->state == CLIENT_CLOSING) {
        client_closed(client);
        return;
    }
    client->state = CLIENT_CONNECTING;
    lm_connector_open(&client->connector, &client->plan, 0);
}

static void client_timer_expired(pal_timer *timer) {
    lm_connector_expired(PAL_CONTAINER_OF(timer, lm_connector, timer));
}

static void client_attempt_begun(lm_connector *connector, const pal_address *address) {
    lm_client *client = client_of(connector);
    if (client->handler->attempt_begun != NULL)
        client->handler->attempt_begun(client, address);
}

static void client_attempt_failed(lm_connector *connector, const pal_address *address, pal_error error) {
    lm_client *client = client_of(connector);
    if (client->handler->attempt_failed != NULL)
        client->handler->attempt_failed(client, address, error);
}

static void client_connected(lm_connector *connector, pal_error error, const pal_address *address) {
    lm_client *client = client_of(connector);
    assert(client->state == CLIENT_CONNECTING);
    client->last_error = error;
    if (error.status != PAL_OK)
        return; /* `connected` reports it when the streams are closed */
    client->state = CLIENT_CONNECTED;
    pal_stream_receive(lm_connector_stream(connector));
    client->handler->connected(client, error, address);
}

static void client_connector_closed(lm_connector *connector) {
    lm_client *client = client_of(connector);
    if (client->state == CLIENT_CLOSING) {
        client_closed(client);
        return;
    }
    assert(client->state == CLIENT_CONNECTING);
    client->state = CLIENT_FAILED;
    client->handler->connected(client, client->last_error, NULL);
}

/* Delivers what the framing finds, until it needs more bytes or `message` closes the client. */
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

/* Reports that no more messages arrive, because the framing gave RESULT. */
static void client_report_end(lm_client *client, lm_framing_result result) {
    static const lm_cause causes[] = {
        [LM_FRAMING_MESSAGE] = LM_CAUSE_END, /* the last one */
        [LM_FRAMING_MORE] = LM_CAUSE_END,
        [LM_FRAMING_TOO_LONG] = LM_CAUSE_TOO_LONG,
        [LM_FRAMING_TRUNCATED] = LM_CAUSE_TRUNCATED,
        [LM_FRAMING_NO_MEMORY] = LM_CAUSE_NO_MEMORY,
    };
    pal_error error = result == LM_FRAMING_NO_MEMORY ? pal_error_of(PAL_NO_MEMORY) : pal_ok();
    client->handler->ended(client, causes[result], error);
}

static void client_take_end(lm_client *client) {
    lm_message message;
    lm_framing_result result = lm_framing_end(&client->framing, &message);
    if (result == LM_FRAMING_MESSAGE)
        client->handler->message(client, &message);
    if (client->state == CLIENT_CONNECTED)
        client_report_end(client, result);
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
    if (result == LM_FRAMING_MORE)
        pal_stream_receive(lm_connector_stream(&client->connector));
    else
        client_report_end(client, result);
}

static void stream_sent(pal_stream *stream, pal_error error) {
    lm_client *client = client_of_stream(stream);
    if (client->state == CLIENT_CONNECTED)
        client->handler->sent(client, error);
}

void lm_client_open(lm_client *client, pal_loop *loop, const lm_client_handler *handler, const lm_client_settings *settings) {
    assert(settings->address_count >= 1 && settings->address_count <= LM_ADDRESSES_MAX);
    *client = (lm_client){
        .handler = handler,
        .loop = loop,
        .post.run = client_post_run,
        .connector.timer.expired = client_timer_expired,
        .plan = {.stream = {.connected = lm_connector_stream_connected,
                            .received = stream_received,
                            .sent = stream_sent,
                            .closed = lm_connector_stream_closed},
                 .loop = loop,
                 .addresses = client->addresses,
                 .address_count = settings->address_count,
                 .timeout_ns = settings->connect_timeout_ns,
                 .attempt_begun = client_attempt_begun,
                 .attempt_failed = client_attempt_failed,
                 .connected = client_connected,
                 .closed = client_connector_closed},
        .state = CLIENT_OPENING,
    };
    memcpy(client->addresses, settings->addresses, settings->address_count * sizeof *client->addresses);
    lm_addresses_interleave(client->addresses, settings->address_count);
    lm_framing_open(&client->framing, settings->framing, settings->max_message);
    pal_loop_post(loop, &client->post);
}

bool lm_client_send(lm_client *client, const void *bytes, size_t size, lm_ending ending) {
    assert(client->state == CLIENT_CONNECTED);
    lm_buffer_clear(&client->output);
    if (ending == LM_ENDING_NONE && client->framing.traits->turns_to_lines)
        ending = client->ending;
    lm_framing_append(client->framing.traits->kind, &client->output, bytes, size, ending);
    bool has_memory = !client->output.failed;
    if (has_memory)
        pal_stream_send(lm_connector_stream(&client->connector), client->output.bytes, client->output.size);
    return has_memory; /* the stream has copied the rest: `output` is free for the next message */
}

void lm_client_shutdown(lm_client *client) {
    assert(client->state == CLIENT_CONNECTED);
    pal_stream_shutdown(lm_connector_stream(&client->connector));
}

void lm_client_close(lm_client *client) {
    assert(client->state != CLIENT_CLOSING);
    int state = client->state;
    client->state = CLIENT_CLOSING;
    if (state == CLIENT_CONNECTING || state == CLIENT_CONNECTED) {
        if (lm_connector_close(&client->connector, false))
            return;
    } else if (state == CLIENT_OPENING) {
        return; /* its post is pending */
    }
    pal_loop_post(client->loop, &client->post); /* there is no stream */
}
