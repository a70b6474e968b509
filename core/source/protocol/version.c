#include "loopmsg/version.h"

#define TEXT(value) #value
#define DOTTED(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *lm_version(void) {
    return DOTTED(LOOPMSG_VERSION_MAJOR, LOOPMSG_VERSION_MINOR, LOOPMSG_VERSION_PATCH);
}
