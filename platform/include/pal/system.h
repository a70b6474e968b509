/* The machine, the limits of this process, and its end. Any thread. */
#ifndef PAL_SYSTEM_H
#define PAL_SYSTEM_H

#include "pal/public.h"
#include "pal/status.h"

#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* Writes the system's name, version and processor, such as "Linux 6.1.0 x86_64" or "Windows 10.0.19045 x86_64". Always terminated,
 * cut to SIZE bytes. Returns BUFFER. */
const char *pal_system_description(char *buffer, size_t size);

/* Writes this machine's name in UTF-8. Always terminated, cut to SIZE > 0 bytes; empty on an error. Errors: OTHER. */
pal_error pal_host_name(char *buffer, size_t size);

/* Returns how many processors this process may use; at least 1. */
unsigned pal_processor_count(void);

/* Raises this process's limit of open descriptors as far as the system allows (RLIMIT_NOFILE). Returns the limit now in force;
 * UINT64_MAX where there is none. */
uint64_t pal_system_raise_descriptor_limit(void);

/* Returns the processor time that this process has used, user and system, in nanoseconds; 0 where unknown. */
uint64_t pal_system_processor_time_ns(void);

/* Ends the process immediately with CODE, without cleaning up. Bytes already written stay written. */
PAL_NORETURN void pal_process_exit(int code);

PAL_PUBLIC_END

#endif
