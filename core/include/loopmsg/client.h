/* One connection of a client. It connects to the first address that answers, frames the messages it sends, and delivers those it
 * receives.
 *
 * The caller owns the struct, and must not move it from lm_client_open until `closed`. All calls and callbacks are on its loop's
 * thread.
 *
 * A client that sends one line, prints every line it receives, and closes when the server has ended the connection:
 *
 * @code{.c}
 * static void greeter_connected(lm_client *client, pal_error error, const pal_address *address) {
 *     (void)address;
 *     if (error.status != PAL_OK || !lm_client_send(client, "hello", 5, LM_ENDING_LF))
 *         lm_client_close(client);
 * }
 *
 * static void greeter_message(lm_client *client, const lm_message *message) {
 *     (void)client;
 *     printf("%.*s\n", (int)message->size, (const char *)message->bytes);
 * }
 *
 * static void greeter_sent(lm_client *client, pal_error error) {
 *     if (error.status == PAL_OK)
 *         lm_client_shutdown(client);
 * }
 *
 * static void greeter_ended(lm_client *client, lm_cause cause, pal_error error) {
 *     (void)cause, (void)error;
 *     lm_client_close(client);
 * }
 *
 * static void greeter_closed(lm_client *client) {
 *     pal_loop_stop(client->loop);
 * }
 *
 * static const lm_client_handler greeter = {.connected = greeter_connected,
 *                                           .message = greeter_message,
 *                                           .sent = greeter_sent,
 *                                           .ended = greeter_ended,
 *                                           .closed = greeter_closed};
 *
 * static pal_error greet(const pal_address *address) {
 *     static lm_client client;
 *     pal_loop loop;
 *     pal_error error = pal_loop_open(&loop);
 *     if (error.status != PAL_OK)
 *         return error;
 *     lm_client_settings settings = {.addresses = address, .address_count = 1, .framing = LM_FRAMING_LINE};
 *     lm_client_open(&client, &loop, &greeter, &settings);
 *     pal_loop_run(&loop);
 *     pal_loop_close(&loop);
 *     return error;
 * }
 * @endcode */
#ifndef LOOPMSG_CLIENT_H
#define LOOPMSG_CLIENT_H

#include "loopmsg/cause.h"
#include "loopmsg/connector.h"
#include "loopmsg/endpoint.h"
#include "loopmsg/framing.h"
#include "pal/loop.h"
#include "pal/public.h"
#include "pal/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef struct lm_client lm_client;

/* Every callback but the first two is required. Each may close the client, except attempt_begun and `closed`. */
typedef struct lm_client_handler {
    /* An attempt at one address starts; others may still be under way. May be NULL. */
    void (*attempt_begun)(lm_client *client, const pal_address *address);

    /* The attempt at one address failed (TIMED_OUT: its time is over). The client tries the next address. May be NULL. */
    void (*attempt_failed)(lm_client *client, const pal_address *address, pal_error error);

    /* Answers lm_client_open: connected to ADDRESS; or every address failed: ADDRESS is NULL, ERROR the last reason. */
    void (*connected)(lm_client *client, pal_error error, const pal_address *address);

    /* A message arrived; lent for the call. */
    void (*message)(lm_client *client, const lm_message *message);

    /* Answers lm_client_send: PAL_OK when the system has taken it all, otherwise why it cannot. Messages that arrived before may
     * still be delivered. */
    void (*sent)(lm_client *client, pal_error error);

    /* No more messages arrive: END, TOO_LONG, TRUNCATED, NO_MEMORY, or BROKEN with its error. Called once. After END, sending may
     * still work. */
    void (*ended)(lm_client *client, lm_cause cause, pal_error error);

    /* Answers lm_client_close. The struct is the caller's again. */
    void (*closed)(lm_client *client);
} lm_client_handler;

typedef struct lm_client_settings {
    const pal_address *addresses; /* in order of preference, as a resolver returns them; copied */
    size_t address_count;         /* 1 to LM_ADDRESSES_MAX */
    lm_framing_kind framing;
    uint32_t max_message;        /* bytes of a received message, at most LM_MESSAGE_SIZE_MAX; 0 for the framing's default */
    uint64_t connect_timeout_ns; /* for each address; 0 for the system's own */
} lm_client_settings;

/* For the caller to read: `handler` and `loop`. All else is private. */
struct lm_client {
    const lm_client_handler *handler;
    pal_loop *loop;
    lm_connector connector;
    lm_connector_plan plan;
    pal_post post;
    pal_error last_error;
    lm_framing framing;
    lm_buffer output;
    pal_address addresses[LM_ADDRESSES_MAX];
    lm_ending ending; /* of the last message received */
    uint8_t state;
};

/* Starts to connect; `connected` answers. Address families take turns; an attempt starts 250 ms after the one before, or as soon as
 * that has failed (RFC 8305). HANDLER must outlive the client; SETTINGS are needed only during the call. Every client that was
 * opened must be closed, also one that could not connect. */
void lm_client_open(lm_client *client, pal_loop *loop, const lm_client_handler *handler, const lm_client_settings *settings);

/* Sends one message, framed; `sent` answers, and only then the next may be sent. To call while connected, until lm_client_shutdown.
 * BYTES are free on return; SIZE must fit 32 bits. Returns false without memory; then nothing is sent, and `sent` does not answer.
 *
 * ENDING is used where a message is a line or bare. Under auto, LM_ENDING_NONE means the ending of the peer's last message, so a
 * server of lines receives lines. Under chunk, raw, and auto without an ending, SIZE must not be 0: no byte would be sent. */
bool lm_client_send(lm_client *client, const void *bytes, size_t size, lm_ending ending);

/* Ends the sending half; messages still arrive. To call once, while connected and no send is under way. */
void lm_client_shutdown(lm_client *client);

/* Closes the connection; `closed` answers, and no other callback is called before it. To call once. */
void lm_client_close(lm_client *client);

PAL_PUBLIC_END

#endif
