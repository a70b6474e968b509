/* Timers in a pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986). Starting is O(1), stopping and expiring O(log n) amortised.
 * The links lie in the timers, so starting one never fails. */
#include "common/timers.h"

#include <assert.h>
#include <stddef.h>

static bool timer_before(const pal_timer *a, const pal_timer *b) {
    if (a->deadline_ns != b->deadline_ns)
        return a->deadline_ns < b->deadline_ns;
    return a->sequence < b->sequence;
}

/* Melds two heaps. Their roots have neither sibling nor previous. */
static pal_timer *timers_meld(pal_timer *a, pal_timer *b) {
    if (a == NULL)
        return b;
    if (b == NULL)
        return a;
    pal_timer *parent = timer_before(b, a) ? b : a;
    pal_timer *child = parent == a ? b : a;
    child->previous = parent;
    child->sibling = parent->child;
    if (child->sibling != NULL)
        child->sibling->previous = child;
    parent->child = child;
    return parent;
}

/* Melds a list of siblings: pairs from the left, then all pairs from the right. */
static pal_timer *timers_meld_siblings(pal_timer *first) {
    pal_timer *pairs = NULL; /* a stack, linked by sibling */
    while (first != NULL) {
        pal_timer *a = first;
        pal_timer *b = a->sibling;
        first = b != NULL ? b->sibling : NULL;
        a->sibling = a->previous = NULL;
        if (b != NULL)
            b->sibling = b->previous = NULL;
        pal_timer *pair = timers_meld(a, b);
        pair->sibling = pairs;
        pairs = pair;
    }
    pal_timer *root = NULL;
    while (pairs != NULL) {
        pal_timer *next = pairs->sibling;
        pairs->sibling = NULL;
        root = timers_meld(root, pairs);
        pairs = next;
    }
    return root;
}

static pal_timer **timers_heap_of(pal_timers *timers, const pal_timer *timer) {
    return timers->is_in_run && timer->sequence >= timers->run_sequence ? &timers->started : &timers->root;
}

void pal_timers_insert(pal_timers *timers, pal_timer *timer) {
    assert(!timer->running);
    timer->sequence = timers->sequence++;
    timer->child = timer->sibling = timer->previous = NULL;
    timer->running = true;
    pal_timer **heap = timers_heap_of(timers, timer);
    *heap = timers_meld(*heap, timer);
}

void pal_timers_remove(pal_timers *timers, pal_timer *timer) {
    assert(timer->running);
    pal_timer **heap = timers_heap_of(timers, timer);
    pal_timer *children = timers_meld_siblings(timer->child);
    if (timer == *heap) {
        *heap = children;
    } else {
        assert(timer->previous != NULL);
        if (timer->previous->child == timer)
            timer->previous->child = timer->sibling;
        else
            timer->previous->sibling = timer->sibling;
        if (timer->sibling != NULL)
            timer->sibling->previous = timer->previous;
        *heap = timers_meld(*heap, children);
    }
    timer->child = timer->sibling = timer->previous = NULL;
    timer->running = false;
}

void pal_timers_run(pal_timers *timers, uint64_t now_ns) {
    /* A timer started meanwhile may be due already, even before all others. It is kept apart, so that it neither prolongs this loop
     * nor overtakes timers that wait. */
    assert(!timers->is_in_run && timers->started == NULL);
    timers->run_sequence = timers->sequence;
    timers->is_in_run = true;
    while (timers->root != NULL && timers->root->deadline_ns <= now_ns) {
        pal_timer *timer = timers->root;
        pal_timers_remove(timers, timer);
        timer->expired(timer);
    }
    timers->is_in_run = false;
    timers->root = timers_meld(timers->root, timers->started);
    timers->started = NULL;
}
