/* Threads, mutexes and condition variables: caller-owned structs that must not move until they are joined or closed. Any thread may
 * call these functions. */
#ifndef PAL_THREAD_H
#define PAL_THREAD_H

#include "pal/public.h"
#include "pal/status.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

typedef struct pal_thread {
    alignas(8) unsigned char storage[32];
} pal_thread;

typedef struct pal_mutex {
    alignas(8) unsigned char storage[64];
} pal_mutex;

typedef struct pal_condition {
    alignas(8) unsigned char storage[64];
} pal_condition;

/* Starts a thread that calls RUN(CONTEXT). Every thread must be joined once, by any other thread; joining waits for its end.
 * Errors: NO_MEMORY, OTHER (pthread_create(3), _beginthreadex). */
pal_error pal_thread_start(pal_thread *thread, void (*run)(void *context), void *context);
void pal_thread_join(pal_thread *thread);

/* Mutexes are not recursive: the thread that locked one unlocks it before it locks it again. No function of a mutex can fail. Close
 * it only while nobody holds it. */
void pal_mutex_open(pal_mutex *mutex);
void pal_mutex_close(pal_mutex *mutex);
void pal_mutex_lock(pal_mutex *mutex);
void pal_mutex_unlock(pal_mutex *mutex);

/* No function of a condition can fail. Close it only while nobody waits for it. */
void pal_condition_open(pal_condition *condition);
void pal_condition_close(pal_condition *condition);

/* Releases MUTEX, which the caller holds, waits, and locks it again. May wake without a reason: check what you wait for.
 * DEADLINE_NS is a time of pal_clock_now_ns(), UINT64_MAX for none. Returns false when it has passed. */
bool pal_condition_wait(pal_condition *condition, pal_mutex *mutex, uint64_t deadline_ns);

/* Ends the waits of all threads that wait now. */
void pal_condition_wake_all(pal_condition *condition);

PAL_PUBLIC_END

#endif
