/* The version of the library and the program. */
#ifndef LOOPMSG_VERSION_H
#define LOOPMSG_VERSION_H

#include "pal/public.h"

PAL_PUBLIC_BEGIN

/* "major.minor.patch". Static storage. */
const char *lm_version(void);

PAL_PUBLIC_END

#endif
