/* A load generator. Its connections, spread over worker loops, send messages, check every answer and measure.
 *
 * Closed loop (rate 0): a connection sends its next message when an answer is complete. Open loop: message I of a phase is due I /
 * rate seconds after the phase started, on connection I modulo the number of connections, however late the answers are. Latency is
 * recorded twice: from when a message was due (response time) and from when it was sent (service time).
 *
 * The caller's thread runs the phases, and makes every call except lm_load_stop. Each worker has its own thread, loop, connections
 * and results. */
#ifndef LOOPMSG_LOAD_H
#define LOOPMSG_LOAD_H

#include "loopmsg/endpoint.h"
#include "loopmsg/framing.h"
#include "loopmsg/load_result.h"
#include "pal/address.h"
#include "pal/clock.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Limits of the settings. */
#define LM_LOAD_CONNECTIONS_MAX 1000000u
#define LM_LOAD_WORKERS_MAX 256u
#define LM_LOAD_PIPELINE_MAX 65536u /* messages in flight on one connection, also in an open loop */
#define LM_LOAD_RATE_MAX UINT64_C(1000000000)
#define LM_LOAD_INTERVAL_MIN_NS (10 * PAL_MILLISECOND_NS)

typedef struct lm_load lm_load;

typedef struct lm_load_settings {
    const pal_address *addresses; /* of one server, in order of preference, as a resolver returns them; copied */
    size_t address_count;         /* 1 to LM_ADDRESSES_MAX */
    uint64_t connections;         /* 1 to LM_LOAD_CONNECTIONS_MAX */
    uint64_t workers;             /* 1 to LM_LOAD_WORKERS_MAX; no more than connections are used */
    lm_framing_kind framing;      /* auto: messages are sent as lines, the greeting arrives bare */
    const char *greeting;         /* what the server sends first, without framing; NULL or "" for nothing; copied */
    const char *reply;            /* the answer to a message: a template that lm_template_parse accepts; never empty; copied */
    uint64_t size_min, size_max;  /* bytes of a message, at most LM_MESSAGE_SIZE_MAX; at least 1 under chunk and raw */
    uint64_t pipeline;            /* most messages in flight per connection; 1 to LM_LOAD_PIPELINE_MAX; 1 under chunk */
    uint64_t rate;                /* messages per second over all connections, at most LM_LOAD_RATE_MAX; 0 for a closed loop */
    uint64_t connect_rate;        /* connections opened per second, at most LM_LOAD_RATE_MAX; 0 for as fast as possible */
    uint64_t timeout_ns;          /* for each address to connect, for the greeting and for each answer; not 0 */
    uint64_t interval_ns;         /* length of a slice; at least LM_LOAD_INTERVAL_MIN_NS */
    uint64_t seed;                /* of the payloads */
    bool is_unverified;           /* answers are counted, not compared */
    bool has_no_reconnect;        /* a connection that breaks stays closed */
} lm_load_settings;

/* One slice of a phase. */
typedef struct lm_load_slice {
    uint64_t begin_ns;  /* since the phase started */
    uint64_t length_ns; /* interval_ns, except for the last slice and when the generator itself is late */
    uint64_t answered, errors;
    uint64_t open;                   /* connections open at its end */
    uint64_t p50_ns, p99_ns, max_ns; /* response time; 0 without an answer */
} lm_load_slice;

typedef struct lm_load_handler {
    /* A slice has ended; lent for the call. May be NULL. */
    void (*slice)(void *context, const lm_load_slice *slice);
    void *context;
} lm_load_handler;

/* Opens a load generator and starts its workers. HANDLER is copied. The caller ends *LOAD with lm_load_close; on failure it is not
 * set.
 * Errors: NO_DESCRIPTORS, NO_MEMORY, UNSUPPORTED (as pal_loop_open), OTHER. */
pal_error lm_load_open(lm_load **load, const lm_load_settings *settings, const lm_load_handler *handler);

/* Closes every connection, ends the workers and frees everything. */
void lm_load_close(lm_load *load);

/* Runs the first phase: opens the connections, without connect_rate at most 64 per worker at a time. The phase ends when each
 * connection was opened and greeted, or has failed once at every address; or when some have failed and none was opened for
 * timeout_ns. Blocks. Overwrites RESULT. The next phase tries failed connections again, unless has_no_reconnect. */
void lm_load_connect(lm_load *load, lm_load_result *result);

/* Runs another phase: sends for DURATION_NS, or MESSAGES messages over all connections, whichever ends first (0 for no limit; not
 * both 0). Then waits at most timeout_ns for missing answers. Ends early when no connection is left and none will be opened again.
 * A broken connection is opened again after 100 ms. Blocks. Overwrites RESULT. */
void lm_load_measure(lm_load *load, uint64_t duration_ns, uint64_t messages, lm_load_result *result);

/* Ends the current phase, without waiting for answers, and every later one. Any thread. */
void lm_load_stop(lm_load *load);

/* Returns the number of open connections. Between phases only. */
uint64_t lm_load_connections_open(lm_load *load);

/* Returns the poller that the workers use, such as "epoll". Static storage. */
const char *lm_load_poller(const lm_load *load);

PAL_PUBLIC_END

#endif
