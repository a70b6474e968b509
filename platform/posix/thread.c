/* POSIX threads. */
#include "pal/thread.h"

#include "native.h"
#include "pal/clock.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

typedef struct thread_state {
    pthread_t id;
    void (*run)(void *context);
    void *context;
} thread_state;

static_assert(sizeof(thread_state) <= sizeof(pal_thread), "pal_thread holds a thread");
static_assert(sizeof(pthread_mutex_t) <= sizeof(pal_mutex), "pal_mutex holds a mutex");
static_assert(sizeof(pthread_cond_t) <= sizeof(pal_condition), "pal_condition holds a condition");

static thread_state *thread_of(pal_thread *thread) {
    return (thread_state *)(void *)thread->storage;
}

static pthread_mutex_t *mutex_of(pal_mutex *mutex) {
    return (pthread_mutex_t *)(void *)mutex->storage;
}

static pthread_cond_t *condition_of(pal_condition *condition) {
    return (pthread_cond_t *)(void *)condition->storage;
}

static void *thread_main(void *context) {
    thread_state *state = context;
    state->run(state->context);
    return NULL;
}

/* EAGAIN: no resources for one more thread (pthread_create(3)). */
static pal_error thread_error(int code) {
    return code == EAGAIN ? (pal_error){PAL_NO_MEMORY, code} : pal_error_from_os(code);
}

pal_error pal_thread_start(pal_thread *thread, void (*run)(void *context), void *context) {
    thread_state *state = thread_of(thread);
    state->run = run;
    state->context = context;
    return thread_error(pthread_create(&state->id, NULL, thread_main, state));
}

void pal_thread_join(pal_thread *thread) {
    int code = pthread_join(thread_of(thread)->id, NULL);
    assert(code == 0);
    (void)code;
}

void pal_mutex_open(pal_mutex *mutex) {
    pthread_mutex_init(mutex_of(mutex), NULL); /* cannot fail with the default attributes */
}

void pal_mutex_close(pal_mutex *mutex) {
    int code = pthread_mutex_destroy(mutex_of(mutex));
    assert(code == 0);
    (void)code;
}

void pal_mutex_lock(pal_mutex *mutex) {
    int code = pthread_mutex_lock(mutex_of(mutex));
    assert(code == 0);
    (void)code;
}

void pal_mutex_unlock(pal_mutex *mutex) {
    int code = pthread_mutex_unlock(mutex_of(mutex));
    assert(code == 0);
    (void)code;
}

void pal_condition_open(pal_condition *condition) {
#ifdef __APPLE__
    pthread_cond_init(condition_of(condition), NULL); /* there is no pthread_condattr_setclock; see pal_condition_wait */
#else
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition_of(condition), &attributes);
    pthread_condattr_destroy(&attributes);
#endif
}

void pal_condition_close(pal_condition *condition) {
    int code = pthread_cond_destroy(condition_of(condition));
    assert(code == 0);
    (void)code;
}

bool pal_condition_wait(pal_condition *condition, pal_mutex *mutex, uint64_t deadline_ns) {
    if (deadline_ns == UINT64_MAX) {
        pthread_cond_wait(condition_of(condition), mutex_of(mutex));
        return true;
    }
#ifdef __APPLE__
    uint64_t now_ns = pal_clock_now_ns();
    uint64_t wait_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
    struct timespec relative = {.tv_sec = (time_t)(wait_ns / PAL_SECOND_NS), .tv_nsec = (long)(wait_ns % PAL_SECOND_NS)};
    return pthread_cond_timedwait_relative_np(condition_of(condition), mutex_of(mutex), &relative) != ETIMEDOUT;
#else
    struct timespec deadline = {.tv_sec = (time_t)(deadline_ns / PAL_SECOND_NS), .tv_nsec = (long)(deadline_ns % PAL_SECOND_NS)};
    return pthread_cond_timedwait(condition_of(condition), mutex_of(mutex), &deadline) != ETIMEDOUT;
#endif
}

void pal_condition_wake_all(pal_condition *condition) {
    pthread_cond_broadcast(condition_of(condition));
}

pal_error pal_thread_start_detached(void *(*run)(void *unused)) {
    pthread_t thread;
    int code = pthread_create(&thread, NULL, run, NULL);
    if (code == 0)
        pthread_detach(thread);
    return thread_error(code);
}
