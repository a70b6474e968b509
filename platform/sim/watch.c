/* The ring of watches that have news. */
#include "sim/watch.h"

#include "sim/chance.h"
#include "sim/schedule.h"

#include <stddef.h>

void sim_news_open(sim_news *news) {
    news->ring.next = news->ring.previous = &news->ring;
}

bool sim_news_is_empty(const sim_news *news) {
    return news->ring.next == &news->ring;
}

void sim_watch_notify(sim_watch *watch) {
    if (watch->has_news)
        return;
    /* Before or after the others: the system may report events in any order. */
    sim_watch *ring = &watch->news->ring;
    sim_watch *previous = sim_draw(2) == 0 ? ring : ring->previous;
    watch->has_news = true;
    watch->previous = previous;
    watch->next = previous->next;
    previous->next->previous = watch;
    previous->next = watch;
    sim_unblock(watch->news);
}

void sim_watch_forget(sim_watch *watch) {
    if (!watch->has_news)
        return;
    watch->has_news = false;
    watch->previous->next = watch->next;
    watch->next->previous = watch->previous;
}

sim_watch *sim_news_take(sim_news *news) {
    if (sim_news_is_empty(news))
        return NULL;
    sim_watch *watch = news->ring.next;
    sim_watch_forget(watch);
    return watch;
}
