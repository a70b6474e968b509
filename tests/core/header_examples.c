/* The examples in the headers, compiled unchanged and run: the client greets the server, and the countdown ends. */
#include "loopmsg/client.h"
#include "loopmsg/server.h"
#include "pal/clock.h"
#include "pal/container.h"
#include "pal/loop.h"
#include "pal/thread.h"

#include <stdio.h>

#include "client_example.h"
#include "loop_example.h"
#include "server_example.h"

#define PORT_TRIES 16
#define WAIT_NS (30 * PAL_SECOND_NS)

typedef struct service {
    pal_address address;
    pal_mutex mutex; /* guards the others */
    pal_error error;
    bool has_ended;
} service;

static void service_run(void *context) {
    service *self = context;
    pal_error error = serve_once(&self->address);
    pal_mutex_lock(&self->mutex);
    self->error = error;
    self->has_ended = true;
    pal_mutex_unlock(&self->mutex);
}

static bool service_has_ended(service *self) {
    pal_mutex_lock(&self->mutex);
    bool has_ended = self->has_ended;
    pal_mutex_unlock(&self->mutex);
    return has_ended;
}

/* The client tries until it has found the server and ended it. */
static pal_status server_and_client_run(uint16_t port) {
    service serving = {.address = {.family = PAL_IPV4}};
    uint64_t deadline_ns = pal_clock_now_ns() + WAIT_NS;
    pal_thread thread;
    if (!pal_address_parse("127.0.0.1", port, &serving.address))
        return PAL_INVALID;
    pal_mutex_open(&serving.mutex);
    if (pal_thread_start(&thread, service_run, &serving).status != PAL_OK)
        return PAL_NO_MEMORY;
    while (!service_has_ended(&serving) && pal_clock_now_ns() < deadline_ns) {
        if (greet(&serving.address).status != PAL_OK)
            return PAL_OTHER;
    }
    if (!service_has_ended(&serving))
        return PAL_TIMED_OUT; /* the process ends, and its threads with it */
    pal_thread_join(&thread);
    pal_mutex_close(&serving.mutex);
    return serving.error.status;
}

/* The examples do not print their port, so they get one that was free a moment ago. 0 for none. */
static uint16_t port_find(void) {
    lm_server *server;
    pal_address address;
    lm_server_settings settings = lm_server_defaults();
    settings.addresses = &address;
    settings.address_count = 1;
    if (!pal_address_parse("127.0.0.1", 0, &address) || lm_server_open(&server, &settings, NULL).status != PAL_OK)
        return 0;
    lm_server_addresses(server, &address, 1);
    lm_server_close(server);
    return address.port;
}

int main(void) {
    pal_status status = PAL_ADDRESS_IN_USE;
    for (int i = 0; i < PORT_TRIES && status == PAL_ADDRESS_IN_USE; i++)
        status = server_and_client_run(port_find());
    if (status != PAL_OK) {
        fprintf(stderr, "the examples of server.h and client.h: %s\n", pal_status_name(status));
        return 1;
    }
    countdown counted = {.left = 3};
    if (count_down(&counted, 3).status != PAL_OK || counted.left != 0) {
        fprintf(stderr, "the example of loop.h: %u left\n", counted.left);
        return 1;
    }
    puts("all examples ran");
    return 0;
}
