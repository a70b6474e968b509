/* The version of the library and the program. */
#ifndef LOOPMSG_VERSION_H
#define LOOPMSG_VERSION_H

/* "major.minor.patch". Static storage. */
const char *lm_version(void);

#endif
