/* The service control manager. Its dispatcher occupies a thread while the service lives, and calls back on that thread. */
#include "pal/service.h"

#include "native.h"
#include "pal/clock.h"

#include <assert.h>

static struct {
    void (*interrupted)(void *context);
    void *context;
    SERVICE_STATUS_HANDLE handle; /* NULL when the process is not a service */
    HANDLE answered;              /* the manager has called back, or will not */
    pal_error error;
} service;

pal_error pal_service_take_sockets(pal_socket *sockets, size_t capacity, size_t *count) {
    (void)sockets;
    (void)capacity;
    *count = 0;
    return pal_ok();
}

static pal_error service_state_report(DWORD state, DWORD accepted, DWORD wait_ms, int exit_code) {
    if (service.handle == NULL)
        return pal_ok();
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwControlsAccepted = accepted,
        .dwWin32ExitCode = exit_code == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR,
        .dwServiceSpecificExitCode = (DWORD)exit_code,
        .dwWaitHint = wait_ms,
    };
    return SetServiceStatus(service.handle, &status) ? pal_ok() : pal_error_last();
}

static DWORD WINAPI control_handle(DWORD control, DWORD type, void *data, void *context) {
    (void)type;
    (void)data;
    (void)context;
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        service.interrupted(service.context);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

/* The dispatcher calls this on a thread of its own. It may return immediately: other threads do the work. */
static void WINAPI service_main(DWORD count, wchar_t **arguments) {
    /* The first argument is the name of the installed service (ServiceMain). */
    service.handle = RegisterServiceCtrlHandlerExW(count > 0 ? arguments[0] : L"", control_handle, NULL);
    service.error = service.handle != NULL ? service_state_report(SERVICE_START_PENDING, 0, 0, 0) : pal_error_last();
    SetEvent(service.answered);
}

static unsigned __stdcall dispatcher_main(void *unused) {
    (void)unused;
    static wchar_t name[] = L""; /* ignored in a process of one service (SERVICE_TABLE_ENTRYW) */
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    if (!StartServiceCtrlDispatcherW(table)) {
        service.error = pal_error_last();
        SetEvent(service.answered);
    }
    return 0;
}

/* Sets no handler of console events: the default one keeps a service alive when a user logs off, and the manager requests the
 * stop. */
pal_error pal_service_connect(void (*interrupted)(void *context), void *context) {
    assert(service.interrupted == NULL);
    service.interrupted = interrupted;
    service.context = context;
    service.answered = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (service.answered == NULL)
        return pal_error_last();
    pal_error error = pal_thread_start_detached(dispatcher_main);
    if (error.status != PAL_OK)
        return error;
    WaitForSingleObject(service.answered, INFINITE);
    return service.error;
}

pal_error pal_service_notify_ready(void) {
    return service_state_report(SERVICE_RUNNING, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN, 0, 0);
}

pal_error pal_service_notify_stopping(uint64_t within_ns) {
    uint64_t wait_ms = within_ns / PAL_MILLISECOND_NS;
    return service_state_report(SERVICE_STOP_PENDING, 0, wait_ms < INFINITE ? (DWORD)wait_ms : INFINITE - 1, 0);
}

pal_error pal_service_notify_ended(int exit_code) {
    return service_state_report(SERVICE_STOPPED, 0, 0, exit_code);
}
