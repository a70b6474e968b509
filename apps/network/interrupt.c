#include "network/interrupt.h"

#include "command_line/exit_codes.h"
#include "output/output.h"
#include "pal/console.h"
#include "pal/system.h"
#include "pal/thread.h"

/* Static, because the thread of the interrupts lives as long as the process. */
static struct {
    pal_mutex mutex; /* guards has_come: Windows reports each interrupt on a new thread */
    bool has_come;
    void (*first)(void);
} watch;

static void interrupted(void *context) {
    (void)context;
    pal_mutex_lock(&watch.mutex);
    bool is_first = !watch.has_come;
    watch.has_come = true;
    pal_mutex_unlock(&watch.mutex);
    if (!is_first || watch.first == NULL)
        pal_process_exit(EXIT_INTERRUPTED);
    watch.first();
}

pal_error interrupt_watch_source(interrupt_source *source, void (*first)(void)) {
    watch.first = first;
    pal_mutex_open(&watch.mutex);
    return source(interrupted, NULL);
}

int interrupt_watch(void (*first)(void)) {
    pal_error error = interrupt_watch_source(pal_interrupt_watch, first);
    if (error.status == PAL_OK)
        return EXIT_DONE;
    error_line(INTERRUPT_FAILURE, error_text(error));
    return EXIT_FAILED;
}

bool interrupt_has_come(void) {
    pal_mutex_lock(&watch.mutex);
    bool has_come = watch.has_come;
    pal_mutex_unlock(&watch.mutex);
    return has_come;
}
