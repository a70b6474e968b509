/* Standard input, on a thread of its own. */
#include "pal/console.h"

#include "native.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

static struct {
    void (*deliver)(void *context, pal_error error, const uint8_t *bytes, size_t size);
    void *context;
} input;

static void *input_main(void *unused) {
    (void)unused;
    static uint8_t buffer[16384];
    for (;;) {
        ssize_t size = read(STDIN_FILENO, buffer, sizeof buffer);
        if (size > 0) {
            input.deliver(input.context, pal_ok(), buffer, (size_t)size);
        } else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};
            poll(&wait, 1, -1);
        } else if (size == 0 || errno != EINTR) {
            input.deliver(input.context, size == 0 ? pal_error_of(PAL_END) : pal_error_last(), NULL, 0);
            return NULL;
        }
    }
}

pal_error pal_input_start(void (*deliver)(void *context, pal_error error, const uint8_t *bytes, size_t size), void *context) {
    assert(input.deliver == NULL);
    input.deliver = deliver;
    input.context = context;
    return pal_thread_start_detached(input_main);
}
