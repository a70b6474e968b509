/* One probe of one ADDRESS. Those of several run at once, on one loop and one thread. */
#ifndef APPS_PROBE_RUN_H
#define APPS_PROBE_RUN_H

#include "loopmsg/buffer.h"
#include "loopmsg/client.h"
#include "network/targets.h"
#include "pal/address.h"
#include "pal/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_TARGETS_MAX 16
#define PROBE_HEARD_MAX 256u /* bytes kept of what was not expected */

/* What became of a probe, or of a part of one. */
typedef enum probe_result {
    PROBE_NOTHING, /* not tried, or not over: an attempt that was given up when another one had connected */
    PROBE_UP,
    PROBE_NAME_NOT_FOUND,
    PROBE_REFUSED,
    PROBE_UNREACHABLE,
    PROBE_FILTERED, /* no answer in time to any attempt to connect */
    PROBE_RESET,
    PROBE_CLOSED, /* before it had said what it should */
    PROBE_SILENT, /* connected, and what it should say did not come in time */
    PROBE_OTHER_PROTOCOL,
    PROBE_FAILED /* this machine could not do it */
} probe_result;

/* What is to be said and heard. It outlives the probes. */
typedef struct probe_plan {
    lm_framing_kind framing;
    const char *message;
    lm_buffer greeting, answer; /* without framing */
    uint32_t max_message;       /* of what comes; 0 for the framing's default */
    uint64_t timeout_ns;        /* of each attempt to connect, of the greeting and of the answer */
    target_families families;
} probe_plan;

/* Times are on pal_clock_now_ns(). */
typedef struct probe_attempt {
    pal_address address;
    uint64_t begun_ns, ended_ns;
    probe_result result;
    pal_error error;
} probe_attempt;

/* A part of the conversation. */
typedef struct probe_part {
    uint64_t begun_ns, ended_ns; /* 0: not tried */
    probe_result result;
    pal_error error;
    lm_buffer heard;
} probe_part;

typedef enum probe_phase {
    PROBE_IDLE,
    PROBE_CONNECTING,
    PROBE_GREETING,
    PROBE_EXCHANGE,
    PROBE_NUDGE, /* it said nothing: perhaps it waits for the first word, and tells by its answer what it is */
    PROBE_CLOSING
} probe_phase;

typedef struct probe {
    lm_client client;
    pal_timer timer;
    pal_loop *loop;
    const probe_plan *plan;
    const char *target;                /* ADDRESS as given */
    void (*ended)(struct probe *self); /* it is over, and its client closed */
    void *owner;

    uint64_t number;      /* of this probe of the target, from 1 */
    uint64_t deadline_ns; /* no part may take longer; UINT64_MAX for none */
    uint64_t timeout_ns;  /* of an attempt to connect, with regard to that */
    uint64_t begun_ns, resolved_ns, ended_ns;
    pal_address addresses[LM_ADDRESSES_MAX];
    size_t address_count;
    lm_buffer sentence; /* why the target could not be looked up */
    probe_attempt attempts[LM_ADDRESSES_MAX];
    size_t attempt_count;
    probe_part greeting, exchange;
    bool is_greeted_late; /* the greeting came when it was no longer waited for */
    probe_phase phase;
    probe_result result;
    int exit_code;
} probe;

/* Looks the target up, which blocks. False when it was not found; then the probe is over, and its exit_code EXIT_USAGE if TARGET is no
 * address. */
bool probe_resolve(probe *self);

/* Probes a target that was found; `ended` answers. */
void probe_start(probe *self);

/* What it took, without the time in which other targets were looked up. */
uint64_t probe_took_ns(const probe *self);

/* Frees what it holds; it has ended, or was never started. */
void probe_free(probe *self);

#endif
