/* One probe of one ADDRESS. Several run at the same time, on one loop and one thread. */
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
#define PROBE_HEARD_MAX 256u /* unexpected bytes that are kept */

/* The result of a probe, or of a part of one. */
typedef enum probe_result {
    PROBE_NOTHING, /* not tried, or given up because another attempt connected */
    PROBE_UP,
    PROBE_NAME_NOT_FOUND,
    PROBE_REFUSED,
    PROBE_UNREACHABLE,
    PROBE_FILTERED, /* no attempt to connect got an answer in time */
    PROBE_RESET,
    PROBE_CLOSED, /* closed before it sent what was expected */
    PROBE_SILENT, /* connected, but did not send what was expected in time */
    PROBE_OTHER_PROTOCOL,
    PROBE_FAILED /* this machine could not try */
} probe_result;

/* What is sent and expected. It outlives the probes. */
typedef struct probe_plan {
    lm_framing_kind framing;
    const char *message;
    lm_buffer greeting, answer; /* without framing */
    uint32_t max_message;       /* received; 0 for the framing's default */
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
    PROBE_NUDGE, /* no greeting came: the message is sent anyway, and the answer may show the protocol */
    PROBE_CLOSING
} probe_phase;

typedef struct probe {
    lm_client client;
    pal_timer timer;
    pal_loop *loop;
    const probe_plan *plan;
    const char *target;                /* ADDRESS as given */
    void (*ended)(struct probe *self); /* called when the probe is over and its client closed */
    void *owner;

    uint64_t number;      /* of this probe of the target, from 1 */
    uint64_t deadline_ns; /* of every part; UINT64_MAX for none */
    uint64_t timeout_ns;  /* of an attempt to connect, not beyond the deadline */
    uint64_t begun_ns, resolved_ns, ended_ns;
    pal_address addresses[LM_ADDRESSES_MAX];
    size_t address_count;
    lm_buffer sentence; /* why the look-up failed */
    probe_attempt attempts[LM_ADDRESSES_MAX];
    size_t attempt_count;
    probe_part greeting, exchange;
    bool is_greeted_late; /* the greeting arrived after its timeout */
    probe_phase phase;
    probe_result result;
    int exit_code;
} probe;

/* Looks up the target; blocks. Returns false if that fails: then the probe is over, and its exit_code is EXIT_USAGE if TARGET is
 * not an address. */
bool probe_resolve(probe *self);

/* Probes a target that was found; `ended` is called later. */
void probe_start(probe *self);

/* How long the probe took, without the look-ups of other targets. */
uint64_t probe_took_ns(const probe *self);

/* Frees what the probe holds. It must have ended, or never have started. */
void probe_free(probe *self);

#endif
