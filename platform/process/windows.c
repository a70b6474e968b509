/* Child processes: CreateProcessW, with pipes and a list of inherited handles. */
#include "process/process.h"
#include "windows/native.h"
#include "windows/text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static HANDLE handle_of(intptr_t value) {
    return (HANDLE)value;
}

/* The largest size of a quoted argument: each byte doubled, two quotes, a space. */
static size_t argument_size_max(const char *argument) {
    return 2 * strlen(argument) + 3;
}

/* Appends one argument for CommandLineToArgvW: backslashes are doubled only before a quote. Added bytes are ASCII, so UTF-8 stays
 * valid. */
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

/* Returns the whole command line, which the caller must free(); NULL with an error. The program's name is quoted like the rest: its
 * rules differ only for a quote inside or a backslash at the end, and it has neither. */
static wchar_t *command_line_make(const char *const *arguments, pal_error *error) {
    size_t size = 1;
    for (size_t i = 0; arguments[i] != NULL; i++)
        size += argument_size_max(arguments[i]);
    char *line = malloc(size);
    if (line == NULL) {
        *error = pal_error_of(PAL_NO_MEMORY);
        return NULL;
    }
    char *end = line;
    for (size_t i = 0; arguments[i] != NULL; i++)
        end = argument_append(end, arguments[i]);
    *end = '\0';
    wchar_t *wide = pal_wide_from_utf8(line, error);
    free(line);
    return wide;
}

static void pipes_close(HANDLE (*pipes)[2]) {
    for (size_t i = 0; i < 3; i++) {
        for (size_t end = 0; end < 2; end++) {
            if (pipes[i][end] != NULL)
                CloseHandle(pipes[i][end]);
        }
    }
}

/* [0] is the reading end. Only the child's ends can be inherited. */
static pal_error pipes_open(HANDLE (*pipes)[2]) {
    memset(pipes, 0, 3 * sizeof pipes[0]);
    for (size_t i = 0; i < 3; i++) {
        if (!CreatePipe(&pipes[i][0], &pipes[i][1], NULL, 65536) ||
            !SetHandleInformation(pipes[i][i == 0 ? 0 : 1], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) {
            pal_error error = pal_error_last();
            pipes_close(pipes);
            return error;
        }
    }
    return pal_ok();
}

/* The way to interrupt a child decides how it is started. If this process has a console, the child shares it and leads a process
 * group, which alone receives CTRL_BREAK. Otherwise the child gets an invisible console of its own, in which Ctrl-C reaches it
 * alone. (Wine has no CTRL_BREAK; without a terminal, the second way works there.) */
static bool console_exists(void) {
    return GetConsoleCP() != 0;
}

/* The child starts in JOB, and inherits its three ends of PIPES and nothing else. */
static pal_error child_create(pal_child *child, HANDLE job, wchar_t *command_line, HANDLE (*pipes)[2]) {
    HANDLE inherited[3] = {pipes[0][0], pipes[1][1], pipes[2][1]};
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(NULL, 2, 0, &size); /* writes the size, and fails by design */
    LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(size);
    if (list == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    if (!InitializeProcThreadAttributeList(list, 2, 0, &size)) {
        pal_error error = pal_error_last();
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
        error = pal_error_last();
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
        error = job != NULL ? child_create(child, job, command_line, pipes) : pal_error_last();
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
    while (is_read && count == 0); /* an empty write of the child is not the end */
    return is_read ? count : 0;
}

pal_error pal_pipe_write(pal_pipe pipe, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        DWORD part = size < 65536 ? (DWORD)size : 65536;
        DWORD count = 0;
        if (!WriteFile(handle_of(pipe), next, part, &count, NULL))
            return pal_error_last();
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

/* Ctrl-C in a borrowed console also reaches this process: ignore it. A process without a console receives no other Ctrl-C. */
static BOOL WINAPI own_interrupt_ignore(DWORD event) {
    return event == CTRL_C_EVENT;
}

static BOOL CALLBACK own_interrupt_prepare(PINIT_ONCE once, PVOID parameter, PVOID *context) {
    (void)once;
    (void)parameter;
    (void)context;
    return SetConsoleCtrlHandler(own_interrupt_ignore, TRUE);
}

/* Attaches to the child's console to send Ctrl-C in it. One at a time: a process has only one console. */
static void console_interrupt(DWORD process_id) {
    static INIT_ONCE prepared = INIT_ONCE_STATIC_INIT;
    static SRWLOCK lock = SRWLOCK_INIT;
    static const DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE handles[3];
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < 3; i++)
        handles[i] = GetStdHandle(names[i]);
    FreeConsole(); /* there is none; but Wine still counts one that could not be opened at the start */
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

/* Kills also the processes that it has started: they may hold its ends of the pipes, which then would not end. Wine's console host
 * is one. */
void pal_child_kill(const pal_child *child) {
    TerminateJobObject(handle_of(child->job), 137); /* 128 + SIGKILL, as elsewhere */
}
