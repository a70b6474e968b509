/* The real system's threads, under other names. The simulation uses them and implements pal/thread.h itself. CMakeLists.txt
 * compiles the backend's thread.c a second time with these names. Private to platform/sim. */
#ifndef SIM_NATIVE_THREAD_H
#define SIM_NATIVE_THREAD_H

#include "pal/thread.h"

pal_error native_thread_start(pal_thread *thread, void (*run)(void *context), void *context);
void native_thread_join(pal_thread *thread);
void native_mutex_open(pal_mutex *mutex);
void native_mutex_close(pal_mutex *mutex);
void native_mutex_lock(pal_mutex *mutex);
void native_mutex_unlock(pal_mutex *mutex);
void native_condition_open(pal_condition *condition);
void native_condition_close(pal_condition *condition);
bool native_condition_wait(pal_condition *condition, pal_mutex *mutex, uint64_t deadline_ns);
void native_condition_wake_all(pal_condition *condition);

#endif
