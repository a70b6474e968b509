/* The result of a phase of the load generator, and how results are added up. */
#ifndef LOOPMSG_LOAD_RESULT_H
#define LOOPMSG_LOAD_RESULT_H

#include "loopmsg/histogram.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stdbool.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Why a connection failed or broke. */
typedef enum lm_load_error {
    LM_LOAD_REFUSED,
    LM_LOAD_CONNECT_TIMED_OUT,
    LM_LOAD_CONNECT_FAILED, /* for another reason */
    LM_LOAD_CLOSED,         /* the peer ended the stream */
    LM_LOAD_RESET,          /* by the peer, possibly before the connect was answered */
    LM_LOAD_TIMED_OUT,      /* no greeting or no answer within the timeout */
    LM_LOAD_WRONG,          /* an unexpected byte */
    LM_LOAD_BROKEN,         /* for another reason */
    LM_LOAD_ERROR_COUNT
} lm_load_error;

/* Returns the error as one lower-case word for machines, such as "refused" or "timed_out"; NULL past the last. Static storage; any
 * thread. */
const char *lm_load_error_name(lm_load_error error);

/* The first wrong byte of a phase. All numbers count from 0. */
typedef struct lm_load_wrong {
    bool is_found;
    bool is_greeting;    /* it is in the greeting, not in an answer; `message` is 0 */
    bool is_repeated;    /* `message` was answered completely, then the same answer seems to start again */
    uint64_t time_ns;    /* since the phase started */
    uint64_t connection; /* the connection's number; it stays the same when the connection is opened again */
    uint64_t message;    /* the message's number on its connection, over all phases */
    uint64_t offset;     /* in the answer as sent on the wire, framing included */
    int expected;        /* 0 to 255; -1: the answer was complete and no byte was due */
    int got;             /* 0 to 255 */
} lm_load_wrong;

/* The result of one phase. Times are in nanoseconds. sent = answered + lost. Over a megabyte: do not put it on a stack. */
typedef struct lm_load_result {
    int64_t begin_wall_ns;                /* pal_clock_wall_ns() at its start */
    uint64_t elapsed_ns;                  /* from its start to its planned end, or to the last answer if that is later */
    uint64_t processor_ns;                /* processor time of this process during the phase */
    uint64_t due;                         /* open loop: messages that became due; closed loop: as sent */
    uint64_t sent, answered;              /* messages */
    uint64_t lost;                        /* sent but not answered: the connection broke or the phase was stopped */
    uint64_t bytes_sent;                  /* of messages given to the system, framing included */
    uint64_t bytes_received;              /* of answers and greetings, framing included */
    uint64_t connected;                   /* connections opened, greeting included */
    uint64_t errors[LM_LOAD_ERROR_COUNT]; /* one for each connection that failed or broke */
    pal_error last_error; /* the system's reason for the last of REFUSED, CONNECT_FAILED, RESET, BROKEN; PAL_OK if there was none */
    lm_load_wrong wrong;
    lm_histogram connect;  /* from the attempt to the end of the greeting */
    lm_histogram response; /* of answered messages, from when they were due; closed loop: as service */
    lm_histogram service;  /* of answered messages, from when they were sent */
    lm_histogram lateness; /* open loop: from when a message was due to when the generator handled it */
} lm_load_result;

/* Adds FROM to RESULT. Counts and histograms add up. Start and wrong byte become the earlier, elapsed time the longer of the
 * two. */
void lm_load_result_add(lm_load_result *result, const lm_load_result *from);

/* Returns the sum of all errors of a result. */
uint64_t lm_load_errors(const lm_load_result *result);

PAL_PUBLIC_END

#endif
