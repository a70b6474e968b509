/* A server that holds many conversations at once: one loop accepts, worker loops converse, each connection stays with the worker it was
 * handed to. Nothing is shared between workers.
 *
 * A server of lines that ends after its first conversation:
 *
 * @code{.c}
 * static void conversation_event(void *context, const lm_event *event) {
 *     lm_server **server = context;
 *     if (event->kind == LM_EVENT_CLOSED)
 *         lm_server_stop(*server);
 * }
 *
 * static pal_error serve_once(const pal_address *address) {
 *     lm_server *server = NULL;
 *     lm_server_settings settings = lm_server_defaults();
 *     settings.addresses = address;
 *     settings.address_count = 1;
 *     settings.conversation.framing = LM_FRAMING_LINE;
 *     settings.event = conversation_event;
 *     settings.context = &server;
 *     pal_error error = lm_server_open(&server, &settings, NULL);
 *     if (error.status != PAL_OK)
 *         return error;
 *     lm_server_run(server);
 *     lm_server_close(server);
 *     return error;
 * }
 * @endcode */
#ifndef LOOPMSG_SERVER_H
#define LOOPMSG_SERVER_H

#include "loopmsg/cause.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "pal/address.h"
#include "pal/public.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef struct lm_server lm_server;

typedef enum lm_event_kind {
    LM_EVENT_ACCEPTED,     /* a conversation begins */
    LM_EVENT_MESSAGE,      /* a message arrived, its answer follows */
    LM_EVENT_CLOSED,       /* a conversation has ended, with its cause */
    LM_EVENT_TURNED_AWAY,  /* a connection over max_connections was closed at once */
    LM_EVENT_ACCEPT_FAILED /* accepting failed (`error`) and will be tried again */
} lm_event_kind;

typedef struct lm_event {
    lm_event_kind kind;
    unsigned lane;             /* which thread tells it: events of one lane never run at the same time; 0 to settings.threads */
    const pal_address *peer;   /* NULL for ACCEPT_FAILED */
    const lm_message *message; /* MESSAGE */
    lm_cause cause;            /* CLOSED */
    pal_error error;           /* CLOSED with BROKEN, ACCEPT_FAILED */
    uint64_t received_bytes;   /* CLOSED: of the whole conversation */
    uint64_t sent_bytes;       /* CLOSED: given to the system to send */
} lm_event;

typedef struct lm_server_settings {
    const pal_address
        *addresses;       /* where to listen; port 0 asks for a free one, the same on all; needed until lm_server_open returns */
    size_t address_count; /* 1 to LM_ADDRESSES_MAX; 0 with sockets */

    /* In place of addresses: sockets that listen already, from pal_socket_listen or a service manager (pal/service.h). They are the
     * server's as soon as lm_server_open is called, also when that fails; needed until it returns. */
    const pal_socket *sockets;
    size_t socket_count; /* at most LM_ADDRESSES_MAX; 0 with addresses */

    lm_conversation_settings conversation;

    /* Appends the answer to one message; nothing makes an empty answer. Called on worker threads, several at once. NULL answers with
     * LM_REPLY, and with the message itself under raw. */
    void (*answer)(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer);

    /* Tells what happens, on worker threads, several lanes at once; everything in EVENT is lent for the call. May be NULL. */
    void (*event)(void *context, const lm_event *event);

    /* Called at the end of each loop pass in which `event` was called for LANE: the place to write out what was gathered. May be NULL. */
    void (*events_done)(void *context, unsigned lane);

    void *context; /* for the three above */

    uint64_t delay_ns;        /* waited before each answer */
    uint64_t idle_timeout_ns; /* ends a conversation in which no whole message comes and no answer goes for so long; 0 for never */
    uint64_t drain_ns;        /* how long lm_server_stop lets answers in flight finish */
    uint64_t max_connections; /* at once; 0 for no limit */
    unsigned backlog;         /* 0 for the system's maximum */
    unsigned threads;         /* worker loops; 0 for one a processor */
} lm_server_settings;

#define LM_THREADS_MAX 256

/* The original's greeting, reply and farewell under auto, no limits, a drain of 5 s, no addresses yet. */
lm_server_settings lm_server_defaults(void);

/* Binds, listens, and starts the workers; connections wait until lm_server_run. Texts and context in SETTINGS must outlive the server.
 * An address that this machine does not have (no IPv6) is passed over when another of several can be bound; any other failure closes
 * everything and names the address in *FAILED (may be NULL). *SERVER is the caller's to end with lm_server_close. */
pal_error lm_server_open(lm_server **server, const lm_server_settings *settings, pal_address *failed);

/* How many addresses it listens on, at most CAPACITY of them written to ADDRESSES with their real ports. */
size_t lm_server_addresses(const lm_server *server, pal_address *addresses, size_t capacity);

/* Accepts on the calling thread until lm_server_stop, and returns when the last conversation has ended. Once. */
void lm_server_run(lm_server *server);

/* Stops accepting, lets answers in flight finish, closes every conversation, resets those that take longer than drain_ns. Any thread, also
 * from the callbacks, also before lm_server_run; more than once is as good as once. Returns at once. */
void lm_server_stop(lm_server *server);

/* Frees a server that has run to its end or never ran. */
void lm_server_close(lm_server *server);

PAL_PUBLIC_END

#endif
