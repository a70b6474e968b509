#include "loopmsg/version.h"

const char *lm_version(void) {
    return LOOPMSG_VERSION; /* the build gives it */
}
