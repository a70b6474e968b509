/* How the network wakes a loop: it notifies a watch, and the loop's next pass finds that in its news. Private to platform/sim. */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "common/loop.h"

/* A stream or listener on a loop. */
typedef struct sim_watch {
    pal_source source;
    struct sim_news *news; /* of its loop; NULL for a listener that no loop has adopted yet */
    struct sim_watch *next, *previous;
    bool has_news;
} sim_watch;

/* The watches of one loop that have news. A loop waits at its address. */
typedef struct sim_news {
    sim_watch ring; /* the head of their ring, not one of them */
} sim_news;

void sim_news_open(sim_news *news);
bool sim_news_is_empty(const sim_news *news);

/* Takes the first watch out; NULL for none. */
sim_watch *sim_news_take(sim_news *news);

/* Gives the watch news: its loop's next pass sets it ready. */
void sim_watch_notify(sim_watch *watch);

/* Drops the watch's news. */
void sim_watch_forget(sim_watch *watch);

#endif
