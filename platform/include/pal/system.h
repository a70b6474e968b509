/* What this machine is, what it allows this process, and how the process ends. Any thread. */
#ifndef PAL_SYSTEM_H
#define PAL_SYSTEM_H

#include "pal/public.h"
#include "pal/status.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* The system in a few words, such as "Linux 6.1.0 x86_64" or "Windows 10.0.19045 x86_64". Always terminated. */
const char *pal_system_description(char *buffer, size_t size);

/* This machine's name in UTF-8. Always terminated. */
pal_error pal_host_name(char *buffer, size_t size);

/* Processors this process may run on; at least 1. */
unsigned pal_processor_count(void);

/* Raises this process's limit of open descriptors as far as the system lets it (RLIMIT_NOFILE), and tells the limit now in force;
 * UINT64_MAX where there is none to speak of. */
uint64_t pal_system_raise_descriptor_limit(void);

/* Processor time that this process has used so far, user and system, in nanoseconds. */
uint64_t pal_system_processor_time_ns(void);

/* Ends the process at once with CODE, after what was written; no cleaning up. */
PAL_NORETURN void pal_process_exit(int code);

PAL_PUBLIC_END

#endif
