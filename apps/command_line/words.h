/* Which word was meant: for "did you mean". */
#ifndef APPS_COMMAND_LINE_WORDS_H
#define APPS_COMMAND_LINE_WORDS_H

#include <stddef.h>

/* Of COUNT words the one that WRITTEN was probably meant to be, or NULL when none is close. */
const char *word_nearest(const char *written, const char *const *words, size_t count);

#endif
