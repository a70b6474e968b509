/* A server for many conversations at once. One loop accepts; worker loops run the conversations. A connection stays with its
 * worker, and workers share nothing.
 *
 * A server of lines that stops after its first conversation:
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

#define LM_THREADS_MAX 256 /* the most worker loops of a server */

typedef struct lm_server lm_server;

typedef enum lm_event_kind {
    LM_EVENT_ACCEPTED,     /* a conversation starts */
    LM_EVENT_MESSAGE,      /* a message arrived; its answer follows */
    LM_EVENT_CLOSED,       /* a conversation has ended, with its cause */
    LM_EVENT_TURNED_AWAY,  /* a new connection beyond max_connections was closed immediately */
    LM_EVENT_ACCEPT_FAILED /* accepting failed (`error`) and will be tried again */
} lm_event_kind;

typedef struct lm_event {
    lm_event_kind kind;
    unsigned lane; /* the reporting thread: the workers from 0 on, then the accepting one; a lane's events never overlap */
    const pal_address *peer;   /* NULL for ACCEPT_FAILED */
    const lm_message *message; /* MESSAGE */
    lm_cause cause;            /* CLOSED */
    pal_error error;           /* CLOSED with BROKEN, ACCEPT_FAILED */
    uint64_t received_bytes;   /* CLOSED: of the whole conversation */
    uint64_t sent_bytes;       /* CLOSED: given to the system to send */
} lm_event;

typedef struct lm_server_settings {
    const pal_address *addresses; /* where to listen; port 0 for a free one, the same on all; needed until lm_server_open returns */
    size_t address_count;         /* 1 to LM_ADDRESSES_MAX; 0 with sockets */

    /* In place of addresses: listening sockets, from pal_socket_listen or a service manager (pal/service.h). lm_server_open takes
     * them, even when it fails. The array is needed until it returns. */
    const pal_socket *sockets;
    size_t socket_count; /* at most LM_ADDRESSES_MAX; 0 with addresses */

    lm_conversation_settings conversation;

    /* Appends the answer to one message; without an append, the answer is empty. Called on worker threads, several at once. NULL
     * answers with LM_REPLY, and under raw with the message itself. */
    void (*answer)(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer);

    /* Reports an event. Called on the server's threads, several lanes at once. Everything in EVENT is lent for the call. May be
     * NULL. */
    void (*event)(void *context, const lm_event *event);

    /* Called at the end of each loop pass that called `event` for LANE: the place to write out collected events. May be NULL. */
    void (*events_done)(void *context, unsigned lane);

    void *context; /* for the three above */

    uint64_t delay_ns;        /* wait before each answer */
    uint64_t idle_timeout_ns; /* ends a conversation after this time without a whole message or a sent answer; 0 for never */
    uint64_t drain_ns;        /* time that lm_server_stop gives answers in flight */
    uint64_t max_connections; /* at once; 0 for unlimited */
    unsigned backlog;         /* 0 for the system's maximum */
    unsigned threads;         /* worker loops, at most LM_THREADS_MAX; 0 for one per processor */
} lm_server_settings;

/* Returns the defaults: framing auto, LM_GREETING, LM_REPLY and LM_FAREWELL, no limits, a drain of 5 s. Addresses are not set. */
lm_server_settings lm_server_defaults(void);

/* Binds, listens, and starts the workers. Connections wait until lm_server_run. Texts and context in SETTINGS must outlive the
 * server. Skips an address that this machine does not have (such as IPv6) if another can be bound; any other failure closes
 * everything. Writes an address that could not be bound to *FAILED; FAILED may be NULL. The caller ends *SERVER with
 * lm_server_close; on failure it is not set. Any thread.
 * Errors: ADDRESS_IN_USE, ADDRESS_UNAVAILABLE, DENIED, INVALID (a socket that does not listen), NO_DESCRIPTORS, NO_MEMORY ... */
pal_error lm_server_open(lm_server **server, const lm_server_settings *settings, pal_address *failed);

/* Returns the number of addresses it listens on. Writes at most CAPACITY of them to ADDRESSES, with their real ports. To call
 * before lm_server_run. */
size_t lm_server_addresses(const lm_server *server, pal_address *addresses, size_t capacity);

/* Accepts on the calling thread until lm_server_stop. Returns when the last conversation has ended. Call it once. */
void lm_server_run(lm_server *server);

/* Stops accepting, lets answers in flight finish, closes every conversation, and resets those that take longer than drain_ns.
 * Returns immediately. Any thread, also from the callbacks and before lm_server_run. Further calls do nothing. */
void lm_server_stop(lm_server *server);

/* Frees a server. lm_server_run must have returned or never been called. */
void lm_server_close(lm_server *server);

PAL_PUBLIC_END

#endif
