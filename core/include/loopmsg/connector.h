/* Connects to whichever of several addresses answers first: Happy Eyeballs (RFC 8305, 5).
 *
 * The first attempt begins at once, each further one 250 ms after the one before, or as soon as that has failed. The first that connects
 * wins, and the others are closed. So an address that never answers costs a quarter of a second, and one alone costs nothing: its stream is
 * the connector's own, and only further attempts take memory, one block each until they are closed.
 *
 * A caller-owned struct that must not move while open. All calls and callbacks on its loop's thread; those of lm_connector_open,
 * lm_connector_expired and attempt_failed may call back from inside. */
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
typedef struct lm_attempt lm_attempt; /* one after the first */

/* What connectors of one owner share. It outlives them. */
typedef struct lm_connector_plan {
    /* `connected` and `closed` are lm_connector_stream_connected and lm_connector_stream_closed; `received` and `sent` are the
     * owner's, and are always given the connector's own stream, whichever one has won. */
    pal_stream_handler stream;
    pal_loop *loop;
    const pal_address *addresses; /* in the order in which they are tried */
    size_t address_count;         /* 1 to 255 */
    uint64_t timeout_ns;          /* of each attempt; 0 for the system's own */

    /* An attempt begins. Must not close the connector. May be NULL. */
    void (*attempt_begun)(lm_connector *connector, const pal_address *address);

    /* One of them failed (TIMED_OUT when its time was over); others may be under way. May be NULL. */
    void (*attempt_failed)(lm_connector *connector, const pal_address *address, pal_error error);

    /* Answers lm_connector_open: connected to ADDRESS, or (error, ADDRESS NULL) every attempt has failed, the last for that reason. The
     * connector then closes by itself. */
    void (*connected)(lm_connector *connector, pal_error error, const pal_address *address);

    /* Every stream is closed: the memory is the caller's again, and may be opened again. */
    void (*closed)(lm_connector *connector);
} lm_connector_plan;

struct lm_connector {
    pal_stream stream;
    pal_timer timer;   /* until it is connected the connector's, its `expired` calling lm_connector_expired; then the owner's */
    uint64_t begun_ns; /* when it was opened */
    lm_attempt *others;
    uint8_t begun;     /* attempts */
    uint8_t in_flight; /* of them, those not yet answered */
    uint8_t address_first;
    uint8_t first_state; /* of the attempt on its own stream */
    uint8_t state;
};

#define LM_CONNECTOR_FIRST_WON 3u /* first_state when its own stream is the one that connected */

/* Begins to connect, with the address number FIRST and on around the list. `timer` has its `expired` and does not run. */
void lm_connector_open(lm_connector *connector, const lm_connector_plan *plan, size_t first);

/* The timer has expired before `connected` answered. */
void lm_connector_expired(lm_connector *connector);

/* Closes every stream, the connected one with a reset if IS_RESET. `closed` answers; but false when no stream was left, as inside an
 * attempt_failed of one that could not even begin: then it is closed. */
bool lm_connector_close(lm_connector *connector, bool is_reset);

/* The stream that connected, for pal_stream_receive, _send and _shutdown. */
static inline pal_stream *lm_connector_stream(lm_connector *connector) {
    return connector->first_state == LM_CONNECTOR_FIRST_WON ? &connector->stream : (pal_stream *)(void *)connector->others;
}

/* The number of the address that connected. */
size_t lm_connector_address(const lm_connector *connector);

/* For the plan's `stream`. */
void lm_connector_stream_connected(pal_stream *stream, pal_error error);
void lm_connector_stream_closed(pal_stream *stream);

/* Puts addresses that a resolver gave in its order of preference into the order for connecting: the families take turns, beginning with that
 * of the first; within a family the order stays (RFC 8305, 4). */
void lm_addresses_interleave(pal_address *addresses, size_t count);

PAL_PUBLIC_END

#endif
