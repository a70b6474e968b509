/* What a phase of the load generator brought, and how results of several are added up. */
#ifndef LOOPMSG_LOAD_RESULT_H
#define LOOPMSG_LOAD_RESULT_H

#include "loopmsg/histogram.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Why a connection failed or broke. Names for machines: "refused", "connect_timed_out" ...; NULL past the last. Static storage. */
typedef enum lm_load_error {
    LM_LOAD_REFUSED,
    LM_LOAD_CONNECT_TIMED_OUT,
    LM_LOAD_CONNECT_FAILED, /* for another reason */
    LM_LOAD_CLOSED,         /* the peer ended the stream */
    LM_LOAD_RESET,          /* by the peer, also before the connect was answered */
    LM_LOAD_TIMED_OUT,      /* no greeting or no answer within the timeout */
    LM_LOAD_WRONG,          /* a byte that is not the one expected */
    LM_LOAD_BROKEN,         /* for another reason */
    LM_LOAD_ERROR_COUNT
} lm_load_error;

/* The error as one lower-case word for machines, such as "timed_out"; NULL past the last. Static storage; any thread. */
const char *lm_load_error_name(lm_load_error error);

/* The first wrong byte of a phase. Everything is counted from 0. */
typedef struct lm_load_wrong {
    bool is_found;
    bool is_greeting;    /* it stands in the greeting, not in an answer; `message` is 0 */
    bool is_repeated;    /* `message` was answered to the end, and what followed begins like the same answer again */
    uint64_t time_ns;    /* since the phase began */
    uint64_t connection; /* the number of the connection, the same for its whole life and after it was opened again */
    uint64_t message;    /* of its connection, over all phases */
    uint64_t offset;     /* in the answer as it goes over the wire, framing included */
    int expected;        /* 0 to 255; -1: the answer was complete and nothing was due */
    int got;             /* 0 to 255 */
} lm_load_wrong;

/* What one phase brought. Times are nanoseconds. sent = answered + lost. Over a megabyte: nothing for a stack. */
typedef struct lm_load_result {
    int64_t begin_wall_ns;                /* pal_clock_wall_ns() at its begin */
    uint64_t elapsed_ns;                  /* from its begin to its planned end, or to the last answer where that came later */
    uint64_t processor_ns;                /* processor time this process used in it */
    uint64_t due;                         /* open loop: messages that became due; closed loop: as sent */
    uint64_t sent, answered;              /* messages */
    uint64_t lost;                        /* sent, but not answered, because the connection broke or the phase was stopped */
    uint64_t bytes_sent;                  /* of messages, framing included; of those handed to the system */
    uint64_t bytes_received;              /* of answers and greetings, framing included */
    uint64_t connected;                   /* connections opened, greeting included */
    uint64_t errors[LM_LOAD_ERROR_COUNT]; /* one for each connection that failed or broke */
    pal_error last_error; /* the system's reason for the last of REFUSED, CONNECT_FAILED, RESET, BROKEN; PAL_OK if there was none */
    lm_load_wrong wrong;
    lm_histogram connect;  /* from the attempt to the end of the greeting */
    lm_histogram response; /* of answered messages, from the moment they were due; closed loop: as service */
    lm_histogram service;  /* of answered messages, from the moment they were sent */
    lm_histogram lateness; /* open loop: from the moment a message was due to the generator's turning to it */
} lm_load_result;

/* Adds what FROM holds: counts and histograms; begin and wrong byte are the earlier one, elapsed the longer one. */
void lm_load_result_add(lm_load_result *result, const lm_load_result *from);

/* All errors of a result together. */
uint64_t lm_load_errors(const lm_load_result *result);

PAL_PUBLIC_END

#endif
