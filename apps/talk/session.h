/* One conversation of loopmsg talk: what messages and raw bytes share. There is one in a process, on one loop and one thread. */
#ifndef APPS_TALK_SESSION_H
#define APPS_TALK_SESSION_H

#include "loopmsg/buffer.h"
#include "loopmsg/client.h"
#include "network/targets.h"
#include "pal/address.h"
#include "pal/loop.h"
#include "talk/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct talk_settings {
    int framing;
    const char *farewell;
    uint64_t timeout_ns; /* 0 for none */
    bool has_no_greeting, is_plain, has_json;
    int trace;
    target_families families;
} talk_settings;

typedef enum talk_state {
    TALK_GREETING, /* waits for the server's greeting */
    TALK_IDLE,     /* ready for the next message; a person's messages never enter TALK_ANSWER */
    TALK_ANSWER,   /* waits for the answer to the last message */
    TALK_LEAVING,  /* sends the farewell */
    TALK_DRAINING  /* waits for the peer to close */
} talk_state;

typedef struct talk {
    lm_client client;
    pal_loop loop;
    pal_timer timer;
    input_source input;
    const talk_settings *settings;
    const char *target;               /* ADDRESS as given */
    void (*begin)(struct talk *self); /* called once connected */
    char peer[PAL_ADDRESS_TEXT_SIZE];
    lm_buffer attempts; /* each address tried, and why it failed */
    lm_buffer output;   /* what is being written */
    lm_buffer pending;  /* raw, to a terminal: a character that has arrived in part */
    bool is_person;     /* standard input is a terminal, and messages come from it */
    bool is_connected, is_ending;
    bool has_output_failed;
    bool is_sending; /* `sent` is pending */
    bool has_peer_ended;
    bool has_input_ended; /* raw */
    pal_error send_error; /* why a send failed; answers may still arrive before `ended` */
    int exit_code;

    talk_state state;
    char *const *messages; /* from the command line; none: standard input */
    size_t message_count;
    uint64_t message_number;             /* of the current message, from 1 */
    uint64_t received_bytes, sent_bytes; /* of messages, without framing */
} talk;

talk *talk_of(lm_client *client);

/* Ends the conversation; the program then exits with CODE. CAUSE is one word for --json. Only the first call has an effect. */
void talk_end(talk *self, int code, const char *cause);

/* Writes self->output. If that fails, ends the conversation and returns false. */
bool talk_output_write(talk *self);

/* For the handler tables of lm_client. */
void talk_attempt_failed(lm_client *client, const pal_address *address, pal_error error);
void talk_connected(lm_client *client, pal_error error, const pal_address *address);
void talk_closed(lm_client *client);

/* Reports why the connection ended early, and ends the conversation. WHEN ends the sentence, such as " before its greeting". */
void talk_end_broken(talk *self, lm_cause cause, pal_error error, const char *when);

/* Starts to read standard input; if that fails, ends the conversation. ARRIVED gets SELF. */
void talk_input_open(talk *self, lm_framing_kind kind, void (*arrived)(void *context));

/* Reports why standard input failed, and ends the conversation. */
void talk_end_input(talk *self, input_result result);

/* Sends a message; `sent` is called later. Without memory, ends the conversation and returns false. */
bool talk_send(talk *self, const void *bytes, size_t size, lm_ending ending);

/* Starts self->timer to expire in TIME_NS; 0 stops it. */
void talk_timer_start(talk *self, uint64_t time_ns);

#endif
