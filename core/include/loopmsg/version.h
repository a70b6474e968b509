/* The version of these headers, as macros, and of the library in use, as a function. Below 1.0.0, any minor version may change the
 * interface. */
#ifndef LOOPMSG_VERSION_H
#define LOOPMSG_VERSION_H

#include "pal/public.h"

PAL_PUBLIC_BEGIN

/* CMakeLists.txt reads these three. */
#define LOOPMSG_VERSION_MAJOR 0
#define LOOPMSG_VERSION_MINOR 1
#define LOOPMSG_VERSION_PATCH 0

/* The version as one number, for conditions of the preprocessor: LOOPMSG_VERSION_NUMBER >= LOOPMSG_VERSION_NUMBER_OF(0, 2, 0). Each
 * part is below 1000. */
#define LOOPMSG_VERSION_NUMBER_OF(major, minor, patch) ((major)*1000000 + (minor)*1000 + (patch))
#define LOOPMSG_VERSION_NUMBER LOOPMSG_VERSION_NUMBER_OF(LOOPMSG_VERSION_MAJOR, LOOPMSG_VERSION_MINOR, LOOPMSG_VERSION_PATCH)

/* Returns "major.minor.patch" of the library. Static storage; any thread. */
const char *lm_version(void);

PAL_PUBLIC_END

#endif
