/* Threads, one of which runs at a time, with their mutexes and conditions. */
#include "pal/thread.h"

#include "common/loop.h"
#include "sim/chance.h"
#include "sim/schedule.h"
#include "sim/simulation.h"

#include <assert.h>

#define LOCK_NS 30
#define SWITCH_RARITY 24 /* one in this many locks lets another thread run first, like a preemptive system */

static_assert(sizeof(sim_thread *) <= sizeof(pal_thread), "pal_thread holds a thread's address");

static sim_thread **thread_of(pal_thread *thread) {
    return (sim_thread **)(void *)thread->storage;
}

pal_error pal_thread_start(pal_thread *thread, void (*run)(void *context), void *context) {
    sim_start();
    return sim_thread_start(thread_of(thread), run, context);
}

void pal_thread_join(pal_thread *thread) {
    sim_thread_join(*thread_of(thread));
}

typedef struct sim_mutex {
    bool is_locked;
} sim_mutex;

static sim_mutex *mutex_of(pal_mutex *mutex) {
    return (sim_mutex *)(void *)mutex->storage;
}

void pal_mutex_open(pal_mutex *mutex) {
    sim_start();
    mutex_of(mutex)->is_locked = false;
}

void pal_mutex_close(pal_mutex *mutex) {
    assert(!mutex_of(mutex)->is_locked);
    (void)mutex;
}

void pal_mutex_lock(pal_mutex *mutex) {
    sim_work(LOCK_NS);
    if (sim_draw(SWITCH_RARITY) == 0)
        sim_yield();
    while (mutex_of(mutex)->is_locked)
        sim_block(mutex, PAL_NO_DEADLINE);
    mutex_of(mutex)->is_locked = true;
}

void pal_mutex_unlock(pal_mutex *mutex) {
    assert(mutex_of(mutex)->is_locked);
    mutex_of(mutex)->is_locked = false;
    sim_unblock(mutex);
}

void pal_condition_open(pal_condition *condition) {
    (void)condition; /* it needs only its address */
}

void pal_condition_close(pal_condition *condition) {
    (void)condition;
}

bool pal_condition_wait(pal_condition *condition, pal_mutex *mutex, uint64_t deadline_ns) {
    pal_mutex_unlock(mutex);
    bool is_woken = sim_block(condition, deadline_ns);
    pal_mutex_lock(mutex);
    return is_woken;
}

void pal_condition_wake_all(pal_condition *condition) {
    sim_unblock(condition);
}
