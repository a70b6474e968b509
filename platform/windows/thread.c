/* Threads by _beginthreadex, slim reader-writer locks, condition variables. */
#include "pal/thread.h"

#include "native.h"
#include "pal/clock.h"

#include <assert.h>
#include <process.h>

typedef struct thread_state {
    HANDLE handle;
    void (*run)(void *context);
    void *context;
} thread_state;

static_assert(sizeof(thread_state) <= sizeof(pal_thread), "pal_thread holds a thread");
static_assert(sizeof(SRWLOCK) <= sizeof(pal_mutex), "pal_mutex holds a mutex");
static_assert(sizeof(CONDITION_VARIABLE) <= sizeof(pal_condition), "pal_condition holds a condition");

static thread_state *thread_of(pal_thread *thread) {
    return (thread_state *)(void *)thread->storage;
}

static SRWLOCK *mutex_of(pal_mutex *mutex) {
    return (SRWLOCK *)(void *)mutex->storage;
}

static CONDITION_VARIABLE *condition_of(pal_condition *condition) {
    return (CONDITION_VARIABLE *)(void *)condition->storage;
}

static unsigned __stdcall thread_main(void *context) {
    thread_state *state = context;
    state->run(state->context);
    return 0;
}

/* EAGAIN (too many threads) or EACCES (too little memory): either way, no resources for one more. */
static pal_error thread_error(void) {
    return (pal_error){PAL_NO_MEMORY, (int)_doserrno};
}

pal_error pal_thread_start(pal_thread *thread, void (*run)(void *context), void *context) {
    thread_state *state = thread_of(thread);
    state->run = run;
    state->context = context;
    state->handle = (HANDLE)_beginthreadex(NULL, 0, thread_main, state, 0, NULL);
    return state->handle != NULL ? pal_ok() : thread_error();
}

void pal_thread_join(pal_thread *thread) {
    thread_state *state = thread_of(thread);
    WaitForSingleObject(state->handle, INFINITE);
    CloseHandle(state->handle);
    state->handle = NULL;
}

void pal_mutex_open(pal_mutex *mutex) {
    InitializeSRWLock(mutex_of(mutex));
}

void pal_mutex_close(pal_mutex *mutex) {
    (void)mutex; /* the system keeps nothing for it */
}

void pal_mutex_lock(pal_mutex *mutex) {
    AcquireSRWLockExclusive(mutex_of(mutex));
}

void pal_mutex_unlock(pal_mutex *mutex) {
    ReleaseSRWLockExclusive(mutex_of(mutex));
}

void pal_condition_open(pal_condition *condition) {
    InitializeConditionVariable(condition_of(condition));
}

void pal_condition_close(pal_condition *condition) {
    (void)condition; /* the system keeps nothing for it */
}

bool pal_condition_wait(pal_condition *condition, pal_mutex *mutex, uint64_t deadline_ns) {
    DWORD milliseconds = pal_milliseconds_until(deadline_ns);
    if (SleepConditionVariableSRW(condition_of(condition), mutex_of(mutex), milliseconds, 0))
        return true;
    /* The wait may end within the last clock tick before the deadline. Then this is a wake-up without a reason. */
    return pal_clock_now_ns() < deadline_ns;
}

void pal_condition_wake_all(pal_condition *condition) {
    WakeAllConditionVariable(condition_of(condition));
}

pal_error pal_thread_start_detached(unsigned(__stdcall *run)(void *unused)) {
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, run, NULL, 0, NULL);
    if (thread == NULL)
        return thread_error();
    CloseHandle(thread);
    return pal_ok();
}
