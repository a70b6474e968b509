/* Why a conversation ended, on either side. */
#ifndef LOOPMSG_CAUSE_H
#define LOOPMSG_CAUSE_H

#include "pal/public.h"

PAL_PUBLIC_BEGIN

typedef enum lm_cause {
    LM_CAUSE_FAREWELL,  /* the peer sent the farewell */
    LM_CAUSE_END,       /* the peer ended the stream */
    LM_CAUSE_BROKEN,    /* the connection broke, for the reason in `error` */
    LM_CAUSE_TOO_LONG,  /* a message exceeded max_message */
    LM_CAUSE_TRUNCATED, /* the stream ended inside a message */
    LM_CAUSE_IDLE,      /* idle_timeout_ns passed */
    LM_CAUSE_STOPPED,   /* the server was stopped */
    LM_CAUSE_NO_MEMORY  /* memory ran out */
} lm_cause;

/* Returns the cause as one lower-case word for machines, such as "too_long"; NULL past the last. Static storage; any thread. */
const char *lm_cause_name(lm_cause cause);

PAL_PUBLIC_END

#endif
