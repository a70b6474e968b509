/* A load generator: connections over worker loops that send messages, check every answer and measure.
 *
 * Closed loop (rate 0): a connection sends its next message when an answer is complete. Open loop: message I of a phase is due I / rate
 * seconds after its begin, on connection I modulo the number of connections, however late the answers are. Latency is kept twice: from
 * the moment a message was due (response time), and from the moment it was sent (service time).
 *
 * The caller's thread runs the phases; each worker has a thread, a loop, connections and results of its own. */
#ifndef LOOPMSG_LOAD_H
#define LOOPMSG_LOAD_H

#include "loopmsg/endpoint.h"
#include "loopmsg/framing.h"
#include "loopmsg/load_result.h"
#include "pal/address.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_LOAD_CONNECTIONS_MAX 1000000u
#define LM_LOAD_WORKERS_MAX 256u
#define LM_LOAD_PIPELINE_MAX 65536u /* messages in flight on one connection, also in an open loop */
#define LM_LOAD_RATE_MAX UINT64_C(1000000000)
#define LM_LOAD_INTERVAL_MIN_NS UINT64_C(10000000)

typedef struct lm_load lm_load;

typedef struct lm_load_settings {
    const pal_address *addresses; /* of one server, in their order of preference, as a resolver gives them; copied */
    size_t address_count;         /* 1 to LM_ADDRESSES_MAX */
    uint64_t connections;         /* 1 to LM_LOAD_CONNECTIONS_MAX */
    uint64_t workers;             /* 1 to LM_LOAD_WORKERS_MAX; no more than connections are used */
    lm_framing_kind framing;      /* auto: messages go out as lines, the greeting comes bare */
    const char *greeting;         /* what the server sends first, without framing; NULL or "" for nothing. Copied */
    const char *reply;            /* the answer to a message: a template that was parsed; no answer may be empty. Copied */
    uint64_t size_min, size_max;  /* of messages; at least 1 under chunk and raw */
    uint64_t pipeline;            /* messages in flight on one connection at most; 1 to LM_LOAD_PIPELINE_MAX, 1 under chunk */
    uint64_t rate;                /* messages a second over all connections, at most LM_LOAD_RATE_MAX; 0 for a closed loop */
    uint64_t connect_rate;        /* connections opened a second, at most LM_LOAD_RATE_MAX; 0 for as fast as they go */
    uint64_t timeout_ns;          /* for each address to connect, for the greeting and for each answer; not 0 */
    uint64_t interval_ns;         /* length of a slice; at least LM_LOAD_INTERVAL_MIN_NS */
    uint64_t seed;                /* of the payloads */
    bool is_unverified;           /* answers are counted, not compared */
    bool has_no_reconnect;        /* a connection that breaks stays closed */
} lm_load_settings;

/* One piece of a phase, as it ends. */
typedef struct lm_load_slice {
    uint64_t begin_ns;  /* since the phase began */
    uint64_t length_ns; /* interval_ns, but for the last piece and a generator that is late itself */
    uint64_t answered, errors;
    uint64_t open;                   /* connections that are open at its end */
    uint64_t p50_ns, p99_ns, max_ns; /* response time; 0 without an answer */
} lm_load_slice;

typedef struct lm_load_handler {
    /* A slice has ended; lent for the call, on the thread that runs the phase. May be NULL. */
    void (*slice)(void *context, const lm_load_slice *slice);
    void *context;
} lm_load_handler;

/* Makes ready and starts the workers. Errors: NO_DESCRIPTORS, NO_MEMORY, UNSUPPORTED (as pal_loop_open), OTHER. HANDLER is copied. */
pal_error lm_load_open(lm_load **load, const lm_load_settings *settings, const lm_load_handler *handler);

/* Closes every connection, ends the workers and frees all. */
void lm_load_close(lm_load *load);

/* First phase: opens the connections, up to 64 of a worker at a time unless connect_rate says otherwise. Ends when each was opened and
 * greeted, or has failed once at every address, or when some have failed and none was opened for timeout_ns. Blocks, fills RESULT
 * (overwriting it). Those that failed are tried again in the next phase, unless has_no_reconnect. */
void lm_load_connect(lm_load *load, lm_load_result *result);

/* Another phase: sends for DURATION_NS, or MESSAGES messages over all connections, whichever ends first (0: no such limit; not both), then
 * waits at most timeout_ns for the answers that are missing. Blocks, fills RESULT (overwriting it). Ends early when no connection is left
 * and none will be opened again. A broken connection is opened again after 100 ms. */
void lm_load_measure(lm_load *load, uint64_t duration_ns, uint64_t messages, lm_load_result *result);

/* Ends the phase that runs, without waiting for answers, and all that follow. Any thread. */
void lm_load_stop(lm_load *load);

/* Connections that are open now; between phases. */
uint64_t lm_load_connections_open(lm_load *load);

/* The poller that the workers use. Static storage. */
const char *lm_load_poller(const lm_load *load);

PAL_PUBLIC_END

#endif
