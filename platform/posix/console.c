/* Terminals, signals and standard streams. */
#include "pal/console.h"

#include "native.h"
#include "pal/file.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const int descriptors[] = {[PAL_STANDARD_INPUT] = 0, [PAL_STANDARD_OUTPUT] = 1, [PAL_STANDARD_ERROR] = 2};

/* One lock per stream: an output that nobody reads must not hold back an error. */
static pthread_mutex_t write_mutexes[] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

/* A socket could get the number of a closed standard descriptor, and a peer the transcript. So open a stand-in, for the wrong
 * direction: it fails like a closed one. */
static bool descriptor_occupy(int descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0)
        return true;
    /* open(2) returns the lowest free number: this one, because all below are open. */
    return open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == descriptor;
}

pal_error pal_console_open(int *argc, char ***argv) {
    (void)argc; /* UTF-8 already */
    (void)argv;
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        if (!descriptor_occupy(descriptor))
            return pal_error_last();
    }
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &ignore, NULL) == 0 ? pal_ok() : pal_error_last();
}

pal_error pal_console_write(pal_console_stream stream, const void *bytes, size_t size) {
    pal_file file = {.handle = descriptors[stream]};
    pthread_mutex_lock(&write_mutexes[stream]);
    pal_error error = pal_file_write(&file, bytes, size);
    pthread_mutex_unlock(&write_mutexes[stream]);
    return error;
}

bool pal_console_is_terminal(pal_console_stream stream) {
    return isatty(descriptors[stream]) == 1;
}

unsigned pal_console_width(pal_console_stream stream) {
    struct winsize size;
    return ioctl(descriptors[stream], TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static struct {
    void (*interrupted)(void *context);
    void *context;
    sigset_t signals;
} interrupt;

static void *interrupt_main(void *unused) {
    int number;
    while (sigwait(&interrupt.signals, &number) == 0) /* fails only for an invalid set */
        interrupt.interrupted(interrupt.context);
    return unused;
}

pal_error pal_interrupt_watch(void (*interrupted)(void *context), void *context) {
    assert(interrupt.interrupted == NULL);
    interrupt.interrupted = interrupted;
    interrupt.context = context;
    /* A thread that waits for signals may take locks; a handler may not (signal-safety(7)). Blocked signals also reach a process
     * that its shell started in the background with SIGINT ignored. */
    sigemptyset(&interrupt.signals);
    sigaddset(&interrupt.signals, SIGINT);
    sigaddset(&interrupt.signals, SIGTERM);
    int code = pthread_sigmask(SIG_BLOCK, &interrupt.signals, NULL);
    return code != 0 ? pal_error_from_os(code) : pal_thread_start_detached(interrupt_main);
}
