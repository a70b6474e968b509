/* Connects to the first of several addresses that answers: Happy Eyeballs (RFC 8305, 5).
 *
 * The first attempt starts immediately; each further one starts 250 ms after the one before, or as soon as that has failed. The
 * first that connects wins, and the others are closed. So an address that never answers costs a quarter of a second. The first
 * attempt uses the connector's own stream; each further one allocates one block until it is closed.
 *
 * The caller owns the struct, and must not move it from lm_connector_open until `closed`. All calls and callbacks are on its loop's
 * thread. lm_connector_open and lm_connector_expired may call back, such as attempt_failed, before they return. */
#ifndef LOOPMSG_CONNECTOR_H
#define LOOPMSG_CONNECTOR_H

#include "pal/address.h"
#include "pal/clock.h"
#include "pal/loop.h"
#include "pal/public.h"
#include "pal/status.h"
#include "pal/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

#define LM_ATTEMPT_DELAY_NS (250 * PAL_MILLISECOND_NS)

typedef struct lm_connector lm_connector;
typedef struct lm_attempt lm_attempt; /* any attempt after the first */

/* What connectors of one owner share. It must outlive them. */
typedef struct lm_connector_plan {
    /* `connected` and `closed` are lm_connector_stream_connected and lm_connector_stream_closed. `received` and `sent` are the
     * owner's; they always receive the connector's own stream, whichever attempt has won. */
    pal_stream_handler stream;
    pal_loop *loop;
    const pal_address *addresses; /* tried in this order */
    size_t address_count;         /* 1 to 255 */
    uint64_t timeout_ns;          /* of each attempt; 0 for the system's own */

    /* An attempt starts. Must not close the connector. May be NULL. */
    void (*attempt_begun)(lm_connector *connector, const pal_address *address);

    /* An attempt failed (TIMED_OUT: its time is over); others may be under way. May be NULL. */
    void (*attempt_failed)(lm_connector *connector, const pal_address *address, pal_error error);

    /* Answers lm_connector_open: connected to ADDRESS; or every attempt failed: ADDRESS is NULL, ERROR the last reason, and the
     * connector closes by itself. */
    void (*connected)(lm_connector *connector, pal_error error, const pal_address *address);

    /* Every stream is closed. The memory is the caller's again; the connector may be opened again. */
    void (*closed)(lm_connector *connector);
} lm_connector_plan;

struct lm_connector {
    pal_stream stream;
    pal_timer timer;    /* the connector's until it has connected (`expired` calls lm_connector_expired), then the owner's */
    uint64_t begun_ns;  /* when it was opened */
    lm_attempt *others; /* the attempts after the first */
    uint8_t begun;      /* attempts started */
    uint8_t in_flight;  /* attempts not yet answered */
    uint8_t address_first;
    uint8_t first_state; /* of the attempt on its own stream */
    uint8_t state;
};

#define LM_CONNECTOR_FIRST_WON 3u /* first_state when its own stream has connected */

/* Starts to connect, from address number FIRST on and around the list. `timer.expired` must be set, and the timer must not run. */
void lm_connector_open(lm_connector *connector, const lm_connector_plan *plan, size_t first);

/* To call when the timer expires before `connected` has answered. */
void lm_connector_expired(lm_connector *connector);

/* Closes every stream, the connected one with a reset if IS_RESET. Returns true when `closed` will answer. Returns false when no
 * stream is left, as inside attempt_failed for an attempt that could not start: then the connector is closed already. */
bool lm_connector_close(lm_connector *connector, bool is_reset);

/* Returns the connected stream, for pal_stream_receive, _send and _shutdown. To call once `connected` has reported success. */
static inline pal_stream *lm_connector_stream(lm_connector *connector) {
    return connector->first_state == LM_CONNECTOR_FIRST_WON ? &connector->stream : (pal_stream *)(void *)connector->others;
}

/* Returns the number of the connected address in the plan. To call once `connected` has reported success. */
size_t lm_connector_address(const lm_connector *connector);

/* For the plan's `stream`. */
void lm_connector_stream_connected(pal_stream *stream, pal_error error);
void lm_connector_stream_closed(pal_stream *stream);

/* Reorders a resolver's addresses for connecting: the families take turns, starting with the first address's family. Within a
 * family the order stays (RFC 8305, 4). */
void lm_addresses_interleave(pal_address *addresses, size_t count);

PAL_PUBLIC_END

#endif
