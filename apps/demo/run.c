/* An act: the library's server and a client, on the loopback interface, in threads of this process. */
#include "demo/run.h"

#include "command_line/exit_codes.h"
#include "loopmsg/client.h"
#include "loopmsg/server.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/container.h"

#include <assert.h>
#include <string.h>

/* --- the server --------------------------------------------------------------------------------------------------------------- */

static void server_event(void *context, const lm_event *event) {
    if (event->kind == LM_EVENT_MESSAGE)
        demo_recorder_message(context, event->message->bytes, event->message->size);
}

static void answer_count(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    (void)context;
    (void)peer;
    char digits[UNIT_TEXT_SIZE];
    lm_buffer_append_text(answer, "got ");
    lm_buffer_append_text(answer, number_format(message->size, digits));
}

static void server_main(void *context) {
    lm_server_run(context);
}

static int server_open(const demo_act *act, demo_recorder *recorder, lm_server **server, pal_address *address) {
    static const char *const hosts[] = {"127.0.0.1", "::1"};
    pal_error error = pal_ok();
    pal_address failed;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        demo_recorder_open(recorder, act->holds);
        lm_server_settings settings = lm_server_defaults();
        bool is_address = pal_address_parse(hosts[i], 0, address);
        assert(is_address);
        (void)is_address;
        settings.addresses = address;
        settings.address_count = 1;
        settings.threads = 1;
        settings.conversation.framing = act->server_framing;
        settings.conversation.max_message = LM_MESSAGE_SIZE_MAX;
        settings.conversation.greeting = act->greeting;
        settings.answer = act->counts ? answer_count : NULL;
        settings.event = act->shows_messages ? server_event : NULL;
        settings.context = recorder;
        settings.drain_ns = PAL_SECOND_NS;
        failed = (pal_address){0}; /* no address, if the server fails for another reason */
        error = lm_server_open(server, &settings, &failed);
        if (error.status == PAL_OK) {
            (void)lm_server_addresses(*server, address, 1);
            return EXIT_DONE;
        }
        demo_recorder_close(recorder);
        if (error.status != PAL_ADDRESS_UNAVAILABLE && error.status != PAL_UNSUPPORTED)
            break;
    }
    bool has_address = failed.family != PAL_ANY_FAMILY;
    error_line(has_address ? "cannot listen on this machine's loopback interface: " : "cannot start the server: ",
               error_text(error));
    return exit_code_of(error);
}

/* --- the client --------------------------------------------------------------------------------------------------------------- */

typedef struct demo_client {
    const demo_act *act;
    pal_loop loop;
    pal_timer limit;
    lm_client client;  /* if it converses */
    pal_stream stream; /* if it does not */
    lm_buffer large;   /* a message of one repeated letter */
    size_t step, message_count;
    bool is_connected, is_sending, is_closing, is_late, has_no_memory;
    bool is_done;    /* it did all that the act asks */
    pal_error error; /* why it could not connect, or why its connection broke */
} demo_client;

static demo_client *demo_client_of(lm_client *client) {
    return PAL_CONTAINER_OF(client, demo_client, client);
}

static demo_client *demo_client_of_stream(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, demo_client, stream);
}

static void client_end(demo_client *self) {
    if (self->is_closing)
        return;
    self->is_closing = true;
    if (self->act->manner == DEMO_CONVERSES)
        lm_client_close(&self->client);
    else
        pal_stream_close(&self->stream);
}

static void limit_expired(pal_timer *timer) {
    demo_client *self = PAL_CONTAINER_OF(timer, demo_client, limit);
    self->is_late = true;
    client_end(self);
}

/* False if there is no memory. */
static bool step_send(demo_client *self, const demo_step *step) {
    size_t size = step->size > 0 ? step->size : strlen(step->text);
    const void *bytes = step->text;
    if (step->size > 0) {
        uint8_t *room = lm_buffer_reserve(&self->large, size);
        if (room == NULL)
            return false;
        memset(room, step->text[0], size);
        bytes = room;
    }
    self->is_sending = lm_client_send(&self->client, bytes, size, lm_framing_traits_of(self->act->client_framing)->ending);
    return self->is_sending;
}

/* Does the steps that are due, up to a send: the next step follows when that is done. */
static void client_go_on(demo_client *self) {
    const demo_act *act = self->act;
    while (!self->is_sending && !self->is_closing && self->step < act->step_count) {
        const demo_step *step = &act->steps[self->step];
        if (self->message_count < step->awaited)
            return;
        self->step++;
        if (step->text == NULL) {
            lm_client_shutdown(&self->client);
        } else if (!step_send(self, step)) {
            self->has_no_memory = true;
            client_end(self);
        }
    }
}

static void client_connected(lm_client *client, pal_error error, const pal_address *address) {
    (void)address;
    demo_client *self = demo_client_of(client);
    self->error = error;
    self->is_connected = error.status == PAL_OK;
    if (self->is_connected)
        client_go_on(self);
    else
        client_end(self);
}

static void client_message(lm_client *client, const lm_message *message) {
    (void)message;
    demo_client *self = demo_client_of(client);
    self->message_count++;
    client_go_on(self);
}

static void client_sent(lm_client *client, pal_error error) {
    demo_client *self = demo_client_of(client);
    self->is_sending = false;
    if (error.status == PAL_OK)
        client_go_on(self); /* otherwise `ended` reports why */
}

static void client_ended(lm_client *client, lm_cause cause, pal_error error) {
    demo_client *self = demo_client_of(client);
    self->is_done = cause == LM_CAUSE_END && self->step == self->act->step_count;
    self->error = error;
    client_end(self);
}

static void client_closed(lm_client *client) {
    pal_loop_stop(&demo_client_of(client)->loop);
}

static const lm_client_handler client_handler = {
    .connected = client_connected, .message = client_message, .sent = client_sent, .ended = client_ended, .closed = client_closed};

/* A client that resets or closes early. */
static void stream_connected(pal_stream *stream, pal_error error) {
    demo_client *self = demo_client_of_stream(stream);
    self->error = error;
    self->is_connected = error.status == PAL_OK;
    self->is_done = self->is_connected && self->act->manner == DEMO_LEAVES;
    if (self->is_connected && self->act->manner == DEMO_RESETS)
        pal_stream_receive(stream);
    else
        client_end(self);
}

static void stream_received(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size) {
    (void)bytes;
    (void)size;
    demo_client *self = demo_client_of_stream(stream);
    if (self->is_closing)
        return;
    self->error = error;
    self->is_done = error.status == PAL_OK;
    self->is_closing = true;
    pal_stream_reset(stream);
}

static void stream_closed(pal_stream *stream) {
    pal_loop_stop(&demo_client_of_stream(stream)->loop);
}

static const pal_stream_handler stream_handler = {
    .connected = stream_connected, .received = stream_received, .closed = stream_closed};

/* Runs the client until it ends; its loop is open. */
static void client_run(demo_client *self, const pal_address *address, uint64_t deadline_ns) {
    const demo_act *act = self->act;
    self->limit.expired = limit_expired;
    if (act->manner == DEMO_CONVERSES) {
        lm_client_settings settings = {
            .addresses = address, .address_count = 1, .framing = act->client_framing, .max_message = LM_MESSAGE_SIZE_MAX};
        lm_client_open(&self->client, &self->loop, &client_handler, &settings);
    } else {
        self->error = pal_stream_connect(&self->stream, &self->loop, &stream_handler, address);
        if (self->error.status != PAL_OK)
            return;
    }
    pal_timer_start(&self->loop, &self->limit, deadline_ns);
    pal_loop_run(&self->loop);
    pal_timer_stop(&self->loop, &self->limit);
}

/* --- both --------------------------------------------------------------------------------------------------------------------- */

/* Returns EXIT_DONE; otherwise reports what went wrong and returns the exit code. */
static int act_judge(const demo_client *client, const demo_recorder *recorder, bool is_over) {
    if (client->has_no_memory) {
        error_line("out of memory");
        return EXIT_FAILED;
    }
    if (!client->is_done && client->error.status != PAL_OK) {
        error_line("the client's connection failed: ", error_text(client->error));
        return exit_code_of(client->error);
    }
    if (client->is_late || !is_over || recorder->is_late) {
        char limit[UNIT_TEXT_SIZE];
        error_line("the conversation did not end within ", time_format(DEMO_LIMIT_NS, limit));
        return EXIT_TIMED_OUT;
    }
    if (!client->is_done) {
        error_line("the server ended the conversation early");
        return EXIT_RESET;
    }
    if (recorder->record.dropped > 0) {
        error_line("there were more events than fit into the record");
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

/* The server is open; closes it. */
static int act_converse(demo_recorder *recorder, demo_client *client, lm_server *server, const pal_address *address) {
    pal_thread thread;
    pal_error error = pal_thread_start(&thread, server_main, server);
    bool is_over = false;
    if (error.status == PAL_OK) {
        client_run(client, address, recorder->deadline_ns);
        is_over = client->is_connected && demo_recorder_wait(recorder);
        lm_server_stop(server);
        pal_thread_join(&thread);
    }
    lm_server_close(server);
    demo_recorder_close(recorder);
    if (error.status == PAL_OK)
        return act_judge(client, recorder, is_over);
    error_line("cannot start a thread: ", error_text(error));
    return EXIT_FAILED;
}

int demo_act_run(const demo_act *act, demo_recorder *recorder) {
    recorder->record.count = 0;
    demo_client client = {.act = act, .error = pal_ok()};
    pal_error error = pal_loop_open(&client.loop);
    if (error.status != PAL_OK) {
        loop_error_line(error);
        return EXIT_FAILED;
    }
    lm_server *server = NULL;
    pal_address address;
    int code = server_open(act, recorder, &server, &address);
    if (code == EXIT_DONE)
        code = act_converse(recorder, &client, server, &address);
    pal_loop_close(&client.loop);
    lm_buffer_free(&client.large);
    return code;
}
