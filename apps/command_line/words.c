#include "command_line/words.h"

#include "output/output.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WORD_SIZE_MAX 32

/* How many letters to change, add, remove or swap with their neighbour to turn one word into the other (Damerau 1964, restricted to
 * changes that do not overlap). */
static size_t word_distance(const char *from, const char *to) {
    size_t from_size = strlen(from);
    size_t to_size = strlen(to);
    if (from_size > WORD_SIZE_MAX || to_size > WORD_SIZE_MAX)
        return SIZE_MAX;
    size_t rows[3][WORD_SIZE_MAX + 1]; /* of the table of distances: the last two and this one, in turn */
    for (size_t j = 0; j <= to_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= from_size; i++) {
        size_t *row = rows[i % 3];
        const size_t *last = rows[(i + 2) % 3];
        const size_t *before_last = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= to_size; j++) {
            size_t best = last[j - 1] + (from[i - 1] != to[j - 1] ? 1 : 0);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] && before_last[j - 2] + 1 < best)
                best = before_last[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[from_size % 3][to_size];
}

const char *word_nearest(const char *written, const char *const *words, size_t count) {
    const char *nearest = NULL;
    size_t least = WORD_SIZE_MAX;
    size_t size = strlen(written);
    for (size_t i = 0; i < count; i++) {
        size_t distance = word_distance(written, words[i]);
        if (size >= 3 && strncmp(written, words[i], size) == 0)
            distance = 0; /* an abbreviation, which some programs accept */
        size_t longer = size > strlen(words[i]) ? size : strlen(words[i]);
        if (distance < least && distance <= longer / 2) { /* otherwise it is another word */
            least = distance;
            nearest = words[i];
        }
    }
    return nearest;
}

void word_unknown_report(const char *what, const char *argument, const char *const *words, size_t count, const char *advice) {
    char word[2 * WORD_SIZE_MAX]; /* what is cut off here is too long to be close to any */
    size_t dashes = strspn(argument, "-");
    (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(argument + dashes, "="), argument + dashes);
    const char *nearest = word_nearest(word, words, count);
    if (nearest != NULL)
        error_line("unknown ", what, " '", argument, "'; did you mean ", dashes > 0 ? "--" : "", nearest, "?");
    else
        error_line("unknown ", what, " '", argument, "'; ", advice);
}
