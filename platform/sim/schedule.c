/* Which thread runs. Threads are real, but only one runs at a time: it passes the turn on when it yields, blocks or ends. The seed
 * draws the next among those that can run. When none can, the clock jumps to the next event or deadline. */
#include "sim/schedule.h"

#include "common/loop.h"
#include "sim/chance.h"
#include "sim/native_thread.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

typedef enum thread_state { THREAD_ABLE, THREAD_BLOCKED, THREAD_ENDED } thread_state;

struct sim_thread {
    struct sim_thread *next; /* in the order of their starts */
    thread_state state;
    unsigned number;
    const void *address; /* BLOCKED: what it waits for */
    uint64_t deadline_ns;
    bool is_late; /* the deadline has passed without sim_unblock */
    void (*run)(void *context);
    void *context;
    pal_thread native;
    pal_condition turn; /* native: has_turn has changed */
    bool has_turn;      /* guarded by the gate */
};

static struct {
    pal_mutex gate; /* native: every turn starts and ends in it, so each thread sees what the one before wrote */
    sim_thread *first, *last;
    unsigned started; /* threads in total */
    uint64_t switches;
    pal_timers events;
} schedule;

static _Thread_local sim_thread *self;

static sim_thread *thread_add(void) {
    sim_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return NULL;
    thread->number = schedule.started++;
    native_condition_open(&thread->turn);
    if (schedule.last != NULL)
        schedule.last->next = thread;
    else
        schedule.first = thread;
    schedule.last = thread;
    return thread;
}

static void thread_remove(sim_thread *thread) {
    sim_thread *previous = NULL;
    for (sim_thread *each = schedule.first; each != thread; each = each->next)
        previous = each;
    if (previous != NULL)
        previous->next = thread->next;
    else
        schedule.first = thread->next;
    if (schedule.last == thread)
        schedule.last = previous;
    native_condition_close(&thread->turn);
    free(thread);
}

void sim_schedule_open(void) {
    assert(schedule.first == NULL);
    native_mutex_open(&schedule.gate);
    schedule.started = 0;
    schedule.switches = 0;
    schedule.events = (pal_timers){0};
    self = thread_add();
    if (self == NULL)
        sim_abort("no memory for a thread");
    sim_set_thread(self->number);
}

void sim_schedule_close(void) {
    assert(self == schedule.first && self == schedule.last);
    thread_remove(self);
    self = NULL;
    native_mutex_close(&schedule.gate);
}

uint64_t sim_switches(void) {
    return schedule.switches;
}

void sim_event_start(pal_timer *event, uint64_t deadline_ns) {
    if (event->running)
        pal_timers_remove(&schedule.events, event);
    event->deadline_ns = deadline_ns;
    pal_timers_insert(&schedule.events, event);
}

void sim_event_stop(pal_timer *event) {
    if (event->running)
        pal_timers_remove(&schedule.events, event);
}

/* -- turns -- */

static _Noreturn void schedule_deadlock(void) {
    for (const sim_thread *thread = schedule.first; thread != NULL; thread = thread->next) {
        static const char *const states[] = {"can run", "waits without a deadline", "has ended"};
        fprintf(stderr, "thread %u %s\n", thread->number, states[thread->state]);
    }
    sim_abort("deadlock: no thread can run, and no event is pending");
}

/* Counts the threads that can run. *NEXT_NS is the first deadline of the others. */
static unsigned threads_count_able(uint64_t *next_ns) {
    unsigned able = 0;
    *next_ns = PAL_NO_DEADLINE;
    for (sim_thread *thread = schedule.first; thread != NULL; thread = thread->next) {
        if (thread->state == THREAD_BLOCKED && thread->deadline_ns <= sim_now_ns()) {
            thread->state = THREAD_ABLE;
            thread->is_late = true;
        }
        if (thread->state == THREAD_ABLE)
            able++;
        else if (thread->state == THREAD_BLOCKED && thread->deadline_ns < *next_ns)
            *next_ns = thread->deadline_ns;
    }
    return able;
}

static sim_thread *thread_choose(void) {
    for (;;) {
        while (schedule.events.root != NULL && schedule.events.root->deadline_ns <= sim_now_ns())
            pal_timers_run(&schedule.events, sim_now_ns());
        uint64_t next_ns;
        unsigned able = threads_count_able(&next_ns);
        if (able > 0) {
            uint64_t drawn = able > 1 ? sim_draw(able) : 0;
            for (sim_thread *thread = schedule.first;; thread = thread->next) {
                if (thread->state == THREAD_ABLE && drawn-- == 0)
                    return thread;
            }
        }
        if (schedule.events.root != NULL && schedule.events.root->deadline_ns < next_ns)
            next_ns = schedule.events.root->deadline_ns;
        if (next_ns == PAL_NO_DEADLINE)
            schedule_deadlock();
        sim_jump(next_ns);
    }
}

static void turn_await(sim_thread *thread) {
    native_mutex_lock(&schedule.gate);
    while (!thread->has_turn)
        native_condition_wait(&thread->turn, &schedule.gate, UINT64_MAX);
    thread->has_turn = false;
    native_mutex_unlock(&schedule.gate);
    sim_set_thread(thread->number);
}

static void turn_give(sim_thread *thread) {
    schedule.switches++;
    native_mutex_lock(&schedule.gate);
    thread->has_turn = true;
    native_condition_wake_all(&thread->turn);
    native_mutex_unlock(&schedule.gate);
}

void sim_yield(void) {
    sim_thread *next = thread_choose();
    if (next == self)
        return;
    turn_give(next);
    turn_await(self);
}

bool sim_block(const void *address, uint64_t deadline_ns) {
    self->state = THREAD_BLOCKED;
    self->address = address;
    self->deadline_ns = deadline_ns;
    self->is_late = false;
    sim_yield();
    assert(self->state == THREAD_ABLE);
    return !self->is_late;
}

void sim_unblock(const void *address) {
    for (sim_thread *thread = schedule.first; thread != NULL; thread = thread->next) {
        if (thread->state == THREAD_BLOCKED && thread->address == address)
            thread->state = THREAD_ABLE;
    }
}

/* -- threads -- */

static void thread_main(void *context) {
    self = context;
    turn_await(self);
    sim_note("thread starts", self->number, 0);
    self->run(self->context);
    sim_note("thread ends", self->number, 0);
    self->state = THREAD_ENDED;
    sim_unblock(self);
    turn_give(thread_choose());
}

pal_error sim_thread_start(sim_thread **thread, void (*run)(void *context), void *context) {
    sim_thread *started = sim_strikes(PAL_SIM_MEMORY) ? NULL : thread_add();
    if (started == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    started->run = run;
    started->context = context;
    pal_error error = native_thread_start(&started->native, thread_main, started);
    if (error.status != PAL_OK) {
        thread_remove(started);
        return error;
    }
    *thread = started;
    sim_counts()->threads++;
    sim_yield();
    return pal_ok();
}

void sim_thread_join(sim_thread *thread) {
    while (thread->state != THREAD_ENDED)
        sim_block(thread, PAL_NO_DEADLINE);
    native_thread_join(&thread->native); /* it has passed on the turn and only returns */
    thread_remove(thread);
    sim_counts()->threads--;
}
