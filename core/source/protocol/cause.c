#include "loopmsg/cause.h"

#include <stddef.h>

static const char *const names[] = {
    [LM_CAUSE_FAREWELL] = "farewell",   [LM_CAUSE_END] = "end",
    [LM_CAUSE_BROKEN] = "broken",       [LM_CAUSE_TOO_LONG] = "too_long",
    [LM_CAUSE_TRUNCATED] = "truncated", [LM_CAUSE_IDLE] = "idle",
    [LM_CAUSE_STOPPED] = "stopped",     [LM_CAUSE_NO_MEMORY] = "no_memory",
};

const char *lm_cause_name(lm_cause cause) {
    return (size_t)cause < sizeof names / sizeof names[0] ? names[cause] : NULL;
}
