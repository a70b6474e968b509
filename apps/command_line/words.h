/* Words that are not known: which one was meant. Any thread. */
#ifndef APPS_COMMAND_LINE_WORDS_H
#define APPS_COMMAND_LINE_WORDS_H

#include <stddef.h>

/* The one of COUNT words that is closest to WRITTEN, or NULL if none is close. */
const char *word_nearest(const char *written, const char *const *words, size_t count);

/* Reports that ARGUMENT is an unknown WHAT, such as "command", and suggests the closest of COUNT words, or gives ADVICE if none is
 * close. An option may be given with its dashes and its value. */
void word_unknown_report(const char *what, const char *argument, const char *const *words, size_t count, const char *advice);

#endif
