/* Memory that is counted and may run out. */
#include "sim/chance.h"

#include <assert.h>
#include <stdlib.h>

static void *block_count(void *block) {
    sim_counts()->blocks += block != NULL;
    return block;
}

void *pal_sim_malloc(size_t size) {
    return pal_sim_strikes(PAL_SIM_MEMORY) ? NULL : block_count(malloc(size));
}

void *pal_sim_calloc(size_t count, size_t size) {
    return pal_sim_strikes(PAL_SIM_MEMORY) ? NULL : block_count(calloc(count, size));
}

void *pal_sim_realloc(void *block, size_t size) {
    assert(size > 0);
    if (pal_sim_strikes(PAL_SIM_MEMORY))
        return NULL;
    void *moved = realloc(block, size);
    return block == NULL ? block_count(moved) : moved;
}

void pal_sim_free(void *block) {
    if (block == NULL)
        return;
    assert(sim_counts()->blocks > 0);
    sim_counts()->blocks--;
    free(block);
}
