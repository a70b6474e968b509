/* Child processes: CreateProcessW with pipes and a list of the handles that a child inherits. */
#include "process/process.h"
#include "windows/native.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static HANDLE handle_of(intptr_t value) {
    return (HANDLE)value;
}

static pal_error last_error(void) {
    DWORD code = GetLastError();
    if (code == ERROR_BROKEN_PIPE || code == ERROR_NO_DATA || code == ERROR_PIPE_NOT_CONNECTED)
        return (pal_error){PAL_RESET, (int)code};
    if (code == ERROR_ACCESS_DENIED)
        return (pal_error){PAL_DENIED, (int)code};
    if (code == ERROR_NOT_ENOUGH_MEMORY || code == ERROR_OUTOFMEMORY)
        return (pal_error){PAL_NO_MEMORY, (int)code};
    return (pal_error){PAL_OTHER, (int)code};
}

/* What quoting one argument can make of it at most: each byte doubled, two quotes, a space. */
static size_t argument_size_max(const char *argument) {
    return 2 * strlen(argument) + 3;
}

/* Appends one argument as CommandLineToArgvW takes it apart: backslashes are doubled where a quote follows, and only there. Everything is
 * ASCII or copied, so that UTF-8 stays as it is. */
static char *argument_append(char *end, const char *argument) {
    *end++ = '"';
    size_t backslashes = 0;
    for (const char *next = argument; *next != '\0'; next++) {
        if (*next == '"') {
            memset(end, '\\', backslashes + 1);
            end += backslashes + 1;
        }
        backslashes = *next == '\\' ? backslashes + 1 : 0;
        *end++ = *next;
    }
    memset(end, '\\', backslashes);
    end += backslashes;
    *end++ = '"';
    *end++ = ' ';
    return end;
}

/* The whole command line, to be freed; NULL with an error. A program's own name is quoted like the rest: it can hold no quote and does not
 * end in a backslash, for which alone the rules differ. */
static wchar_t *command_line_make(const char *const *arguments, pal_error *error) {
    size_t size = 1;
    for (size_t i = 0; arguments[i] != NULL; i++)
        size += argument_size_max(arguments[i]);
    char *line = malloc(size);
    wchar_t *wide = calloc(size, sizeof *wide); /* never more units than bytes */
    if (line == NULL || wide == NULL) {
        *error = pal_error_of(PAL_NO_MEMORY);
    } else {
        char *end = line;
        for (size_t i = 0; arguments[i] != NULL; i++)
            end = argument_append(end, arguments[i]);
        *end = '\0';
        *error = pal_ok();
        if (size > 32767 || MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, line, -1, wide, (int)size) == 0)
            *error = pal_error_of(PAL_INVALID);
    }
    free(line);
    if (error->status == PAL_OK)
        return wide;
    free(wide);
    return NULL;
}

static void pipes_close(HANDLE (*pipes)[2]) {
    for (size_t i = 0; i < 3; i++) {
        for (size_t end = 0; end < 2; end++) {
            if (pipes[i][end] != NULL)
                CloseHandle(pipes[i][end]);
        }
    }
}

/* [0] is the end that reads. Only the child's ends can be inherited. */
static pal_error pipes_open(HANDLE (*pipes)[2]) {
    memset(pipes, 0, 3 * sizeof pipes[0]);
    for (size_t i = 0; i < 3; i++) {
        if (!CreatePipe(&pipes[i][0], &pipes[i][1], NULL, 65536) ||
            !SetHandleInformation(pipes[i][i == 0 ? 0 : 1], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) {
            pal_error error = last_error();
            pipes_close(pipes);
            return error;
        }
    }
    return pal_ok();
}

/* How a child can be interrupted decides how it is started. With a console, the child shares it and leads a process group, to which
 * CTRL_BREAK can be sent and to nobody else. Without one there is nothing to share: the child gets an invisible console of its own,
 * in which Ctrl-C reaches it alone. (Wine, which implements no CTRL_BREAK, has the second way as long as no terminal is about.) */
static bool console_exists(void) {
    return GetConsoleCP() != 0;
}

/* The child begins in JOB, and inherits its three ends of PIPES and nothing else. */
static pal_error child_create(pal_child *child, HANDLE job, wchar_t *command_line, HANDLE (*pipes)[2]) {
    HANDLE inherited[3] = {pipes[0][0], pipes[1][1], pipes[2][1]};
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(NULL, 2, 0, &size); /* tells the size, and fails by design */
    LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(size);
    if (list == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    if (!InitializeProcThreadAttributeList(list, 2, 0, &size)) {
        pal_error error = last_error();
        free(list);
        return error;
    }
    STARTUPINFOEXW startup = {.lpAttributeList = list};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = inherited[0];
    startup.StartupInfo.hStdOutput = inherited[1];
    startup.StartupInfo.hStdError = inherited[2];
    child->has_console = !console_exists();
    DWORD flags = EXTENDED_STARTUPINFO_PRESENT | (child->has_console ? CREATE_NO_WINDOW : CREATE_NEW_PROCESS_GROUP);
    PROCESS_INFORMATION information = {0};
    pal_error error = pal_ok();
    if (!UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited, sizeof inherited, NULL, NULL) ||
        !UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, &job, sizeof job, NULL, NULL) ||
        !CreateProcessW(NULL, command_line, NULL, NULL, TRUE, flags, NULL, NULL, &startup.StartupInfo, &information))
        error = last_error();
    DeleteProcThreadAttributeList(list);
    free(list);
    if (error.status != PAL_OK)
        return error;
    CloseHandle(information.hThread);
    child->job = (intptr_t)job;
    child->handle = (intptr_t)information.hProcess;
    child->id = information.dwProcessId;
    return error;
}

pal_error pal_child_start(pal_child *child, const char *const *arguments) {
    *child = (pal_child){0};
    pal_error error;
    wchar_t *command_line = command_line_make(arguments, &error);
    if (command_line == NULL)
        return error;
    HANDLE pipes[3][2];
    error = pipes_open(pipes);
    if (error.status == PAL_OK) {
        HANDLE job = CreateJobObjectW(NULL, NULL);
        error = job != NULL ? child_create(child, job, command_line, pipes) : last_error();
        if (error.status != PAL_OK) {
            if (job != NULL)
                CloseHandle(job);
            pipes_close(pipes);
        }
    }
    free(command_line);
    if (error.status != PAL_OK)
        return error;
    CloseHandle(pipes[0][0]);
    CloseHandle(pipes[1][1]);
    CloseHandle(pipes[2][1]);
    child->input = (pal_pipe)pipes[0][1];
    child->outputs[0] = (pal_pipe)pipes[1][0];
    child->outputs[1] = (pal_pipe)pipes[2][0];
    return pal_ok();
}

size_t pal_pipe_read(pal_pipe pipe, void *bytes, size_t size) {
    DWORD count = 0;
    BOOL is_read;
    do
        is_read = ReadFile(handle_of(pipe), bytes, (DWORD)size, &count, NULL);
    while (is_read && count == 0); /* the child wrote nothing, which is not the end */
    return is_read ? count : 0;
}

pal_error pal_pipe_write(pal_pipe pipe, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        DWORD part = size < 65536 ? (DWORD)size : 65536;
        DWORD count = 0;
        if (!WriteFile(handle_of(pipe), next, part, &count, NULL))
            return last_error();
        next += count;
        size -= count;
    }
    return pal_ok();
}

void pal_pipe_close(pal_pipe pipe) {
    CloseHandle(handle_of(pipe));
}

void pal_child_await(const pal_child *child) {
    WaitForSingleObject(handle_of(child->handle), INFINITE);
}

int pal_child_release(pal_child *child) {
    DWORD code = 0;
    GetExitCodeProcess(handle_of(child->handle), &code);
    CloseHandle(handle_of(child->handle));
    CloseHandle(handle_of(child->job));
    child->handle = child->job = 0;
    return (int)code;
}

/* Ctrl-C in a borrowed console is sent to us as well. A process without a console has no other that this could hide. */
static BOOL WINAPI own_interrupt_ignore(DWORD event) {
    return event == CTRL_C_EVENT;
}

static BOOL CALLBACK own_interrupt_prepare(PINIT_ONCE once, PVOID parameter, PVOID *context) {
    (void)once;
    (void)parameter;
    (void)context;
    return SetConsoleCtrlHandler(own_interrupt_ignore, TRUE);
}

/* Borrows the child's console to press Ctrl-C in it. One at a time: a process has but one console. */
static void console_interrupt(DWORD process_id) {
    static INIT_ONCE prepared = INIT_ONCE_STATIC_INIT;
    static SRWLOCK lock = SRWLOCK_INIT;
    static const DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE handles[3];
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < 3; i++)
        handles[i] = GetStdHandle(names[i]);
    FreeConsole(); /* none is there to lose; but Wine still counts one that could not be opened at the start */
    if (InitOnceExecuteOnce(&prepared, own_interrupt_prepare, NULL, NULL) && AttachConsole(process_id)) {
        GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
        FreeConsole();
    }
    for (size_t i = 0; i < 3; i++)
        SetStdHandle(names[i], handles[i]); /* AttachConsole may have set them to the console */
    ReleaseSRWLockExclusive(&lock);
}

void pal_child_interrupt(const pal_child *child) {
    if (child->has_console)
        console_interrupt(child->id);
    else
        GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, child->id);
}

/* With all that it has started, which may hold its ends of the pipes: else these would not end. Wine's console host is such a process. */
void pal_child_kill(const pal_child *child) {
    TerminateJobObject(handle_of(child->job), 137); /* 128 + SIGKILL, as elsewhere */
}
