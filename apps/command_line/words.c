#include "command_line/words.h"

#include <stdint.h>
#include <string.h>

#define WORD_SIZE_MAX 32

/* How many letters must be changed, added, removed or swapped with their neighbour to make one of the other (Damerau 1964, restricted to
 * changes that do not overlap). */
static size_t word_distance(const char *from, const char *to) {
    size_t from_size = strlen(from);
    size_t to_size = strlen(to);
    if (from_size > WORD_SIZE_MAX || to_size > WORD_SIZE_MAX)
        return SIZE_MAX;
    size_t rows[3][WORD_SIZE_MAX + 1]; /* of the table of distances: the one before last, the last and this one, in turn */
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
            distance = 0; /* a beginning, as some programs take it */
        size_t longer = size > strlen(words[i]) ? size : strlen(words[i]);
        if (distance < least && distance <= longer / 2) { /* with more changes it is another word */
            least = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
