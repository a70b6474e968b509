/* The simulated machine: its clocks, its name, and name resolution. */
#include "pal/system.h"

#include "common/backend.h"
#include "sim/chance.h"
#include "sim/simulation.h"

#include <stdio.h>
#include <string.h>

#define READ_NS 20 /* the time to read a clock: so a loop that reads it until some time ends */
#define PROCESSORS 2
#define WALL_BEGIN_NS INT64_C(1767225600000000000) /* 2026-01-01 */

uint64_t pal_clock_now_ns(void) {
    sim_start();
    sim_work(READ_NS);
    return sim_now_ns();
}

int64_t pal_clock_wall_ns(void) {
    return WALL_BEGIN_NS + (int64_t)pal_clock_now_ns();
}

const char *pal_system_description(char *buffer, size_t size) {
    snprintf(buffer, size, "simulation");
    return buffer;
}

pal_error pal_host_name(char *buffer, size_t size) {
    snprintf(buffer, size, "simulation");
    return pal_ok();
}

unsigned pal_processor_count(void) {
    return PROCESSORS;
}

uint64_t pal_system_raise_descriptor_limit(void) {
    return UINT64_MAX;
}

uint64_t pal_system_processor_time_ns(void) {
    sim_start();
    sim_work(READ_NS);
    return sim_processor_ns();
}

pal_error pal_sockets_start(void) {
    return pal_ok();
}

/* Knows numeric hosts and localhost: there is no name server. */
pal_error pal_address_resolve(const char *host, uint16_t port, pal_family family, pal_address *addresses, size_t capacity,
                              size_t *count) {
    static const char *const local_hosts[] = {"::1", "127.0.0.1"};
    bool is_local = strcmp(host, "localhost") == 0;
    bool is_found = false;
    *count = 0;
    for (size_t i = 0; i < (is_local ? 2 : 1); i++) {
        pal_address address;
        if (!pal_address_parse(is_local ? local_hosts[i] : host, port, &address))
            continue;
        if (family != PAL_ANY_FAMILY && family != address.family)
            continue;
        is_found = true;
        if (*count < capacity)
            addresses[(*count)++] = address;
    }
    return is_found ? pal_ok() : pal_error_of(PAL_NAME_NOT_FOUND);
}
