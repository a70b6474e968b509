/* The child of process.c: does what its first argument names. */
#include "pal/console.h"
#include "pal/thread.h"

#include <stdlib.h>
#include <string.h>

static pal_mutex mutex;
static pal_condition changed;
static unsigned interrupts; /* guarded by the mutex, as is the next */
static bool is_input_ended;

static void print(pal_console_stream stream, const char *text) {
    pal_console_write(stream, text, strlen(text));
}

static int arguments_print(int count, char **arguments) {
    for (int i = 2; i < count; i++) {
        print(PAL_STANDARD_OUTPUT, arguments[i]);
        print(PAL_STANDARD_OUTPUT, "\n");
    }
    return 0;
}

/* SIZE bytes, each its offset modulo 251, to both streams in turn. */
static int bytes_print(size_t size) {
    char bytes[4096];
    for (size_t at = 0; at < size;) {
        size_t part = size - at < sizeof bytes ? size - at : sizeof bytes;
        for (size_t i = 0; i < part; i++)
            bytes[i] = (char)((at + i) % 251);
        pal_console_write(PAL_STANDARD_OUTPUT, bytes, part);
        pal_console_write(PAL_STANDARD_ERROR, bytes, part);
        at += part;
    }
    return 0;
}

static void input_deliver(void *context, pal_error error, const uint8_t *bytes, size_t size) {
    (void)context;
    (void)error;
    if (size > 0) {
        pal_console_write(PAL_STANDARD_OUTPUT, bytes, size);
        return;
    }
    pal_mutex_lock(&mutex);
    is_input_ended = true;
    pal_condition_wake_all(&changed);
    pal_mutex_unlock(&mutex);
}

static int input_echo(void) {
    if (pal_input_start(input_deliver, NULL).status != PAL_OK)
        return 1;
    pal_mutex_lock(&mutex);
    while (!is_input_ended)
        pal_condition_wait(&changed, &mutex, UINT64_MAX);
    pal_mutex_unlock(&mutex);
    return 0;
}

static void interrupt_count(void *context) {
    (void)context;
    pal_mutex_lock(&mutex);
    interrupts++;
    pal_condition_wake_all(&changed);
    pal_mutex_unlock(&mutex);
}

static int interrupts_await(unsigned count) {
    if (pal_interrupt_watch(interrupt_count, NULL).status != PAL_OK)
        return 1;
    print(PAL_STANDARD_OUTPUT, "ready\n");
    pal_mutex_lock(&mutex);
    for (unsigned seen = 0; seen < count;) {
        while (interrupts == seen)
            pal_condition_wait(&changed, &mutex, UINT64_MAX);
        seen = interrupts;
        print(PAL_STANDARD_OUTPUT, seen == 1 ? "interrupted once\n" : "interrupted again\n");
    }
    pal_mutex_unlock(&mutex);
    return 42;
}

int main(int argc, char **argv) {
    if (pal_console_open(&argc, &argv).status != PAL_OK || argc < 2)
        return 1;
    pal_mutex_open(&mutex);
    pal_condition_open(&changed);
    const char *what = argv[1];
    if (strcmp(what, "arguments") == 0)
        return arguments_print(argc, argv);
    if (strcmp(what, "bytes") == 0)
        return bytes_print((size_t)strtoul(argv[2], NULL, 10));
    if (strcmp(what, "echo") == 0)
        return input_echo();
    if (strcmp(what, "exit") == 0)
        return (int)strtol(argv[2], NULL, 10);
    if (strcmp(what, "interrupts") == 0)
        return interrupts_await((unsigned)strtoul(argv[2], NULL, 10));
    return 1;
}
