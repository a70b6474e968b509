#include "serve/service.h"

#include "command_line/exit_codes.h"
#include "loopmsg/endpoint.h"
#include "network/interrupt.h"
#include "output/output.h"
#include "pal/clock.h"
#include "pal/service.h"

#define ENDING_NS (5 * PAL_SECOND_NS) /* what the end takes at most, besides the drain: the manager waits that long */

int service_take_sockets(const command_line *line, pal_socket *sockets, size_t *count) {
    static const char *const opening[] = {"ipv4", "ipv6", "backlog", NULL};
    pal_error error = pal_service_take_sockets(sockets, LM_ADDRESSES_MAX, count);
    if (error.status != PAL_OK) {
        error_line("cannot take the sockets of the service manager (LISTEN_PID, LISTEN_FDS): ", error_text(error));
        return exit_code_of(error);
    }
    if (*count == 0)
        return EXIT_DONE;
    const char *given = option_first_given(line, opening);
    bool has_address = line->positional_count > 0;
    if (!has_address && given == NULL)
        return EXIT_DONE;
    error_line(has_address ? "'" : "--", has_address ? line->positionals[0] : given, has_address ? "'" : "",
               " cannot go with sockets of the service manager (LISTEN_FDS): they listen already as its unit says");
    return EXIT_USAGE;
}

int service_watch(bool is_service, void (*interrupted)(void)) {
    if (!is_service)
        return interrupt_watch(interrupted);
    pal_error error = interrupt_watch_source(pal_service_connect, interrupted);
    if (error.status == PAL_OK)
        return EXIT_DONE;
    if (error.status == PAL_UNSUPPORTED)
        error_line("--service is for the service control manager of Windows; systemd needs no option");
    else
        error_line("--service needs a start by the service control manager, as after 'sc.exe create': ", error_text(error));
    return EXIT_USAGE;
}

static void notify_failure_report(pal_error error) {
    if (error.status != PAL_OK)
        error_line("cannot notify the service manager: ", error_text(error));
}

void service_notify_ready(void) {
    notify_failure_report(pal_service_notify_ready());
}

void service_notify_stopping(uint64_t drain_ns) {
    notify_failure_report(pal_service_notify_stopping(drain_ns + ENDING_NS));
}

void service_notify_ended(int code) {
    notify_failure_report(pal_service_notify_ended(code));
}

void service_unusable_report(pal_error error) {
    error_line("cannot serve on the sockets of the service manager (LISTEN_FDS): ", error_text(error),
               error.status == PAL_INVALID ? "; expected listening TCP sockets, as from ListenStream=9999 with Accept=no" : "");
}
