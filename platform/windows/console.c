/* Arguments, output and control events. Standard input is in input.c. */
#include "pal/console.h"

#include "native.h"
#include "pal/file.h"
#include "pal/utf8.h"
#include "text.h"

#include <assert.h>
#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define CONSOLE_STEP_SIZE 4096 /* bytes of UTF-8 per WriteConsoleW */
#define CONSOLE_WIDTH 80

static const DWORD handle_names[] = {
    [PAL_STANDARD_INPUT] = STD_INPUT_HANDLE,
    [PAL_STANDARD_OUTPUT] = STD_OUTPUT_HANDLE,
    [PAL_STANDARD_ERROR] = STD_ERROR_HANDLE,
};

/* One lock per stream: an output that nobody reads must not hold back an error. */
static SRWLOCK write_locks[3] = {SRWLOCK_INIT, SRWLOCK_INIT, SRWLOCK_INIT};

/* The first bytes of a character; the next write to that console has the rest. */
typedef struct incomplete_character {
    uint8_t bytes[PAL_UTF8_UNFINISHED_MAX];
    size_t size;
} incomplete_character;

static incomplete_character incomplete_characters[3]; /* by stream; under its write lock */

/* Returns one argument as UTF-8; NULL without memory. */
static char *argument_copy(const wchar_t *wide) {
    size_t count = wcslen(wide);
    size_t size = count * PAL_UTF8_PER_UTF16 + 1;
    char *text = malloc(size);
    if (text != NULL)
        pal_utf8_from_wide(wide, count, text, size);
    return text;
}

/* The arguments live until the process ends. Nothing is freed when memory runs out either: then the process ends immediately. */
static pal_error arguments_read(int *argc, char ***argv) {
    int count = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    if (wide == NULL)
        return pal_error_last();
    char **arguments = calloc((size_t)count + 1, sizeof *arguments);
    if (arguments == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    *argc = count;
    *argv = arguments;
    for (int i = 0; i < count; i++) {
        arguments[i] = argument_copy(wide[i]);
        if (arguments[i] == NULL)
            return pal_error_of(PAL_NO_MEMORY);
    }
    LocalFree(wide);
    return pal_ok();
}

static bool is_console(HANDLE handle) {
    DWORD mode;
    return GetConsoleMode(handle, &mode) != 0;
}

/* Consoles before Windows 10 have no colours: a failure here is no error. */
static void console_enable_colours(HANDLE handle) {
    DWORD mode;
    if (GetConsoleMode(handle, &mode))
        SetConsoleMode(handle, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

/* This program's writes bypass the C library. Its streams may be used too, and must not turn LF into CRLF. */
static void stream_set_binary(FILE *stream) {
    int descriptor = _fileno(stream);
    if (descriptor >= 0) /* negative for a process that was started without this stream */
        _setmode(descriptor, _O_BINARY);
}

pal_error pal_console_open(int *argc, char ***argv) {
    stream_set_binary(stdin);
    stream_set_binary(stdout);
    stream_set_binary(stderr);
    console_enable_colours(GetStdHandle(STD_OUTPUT_HANDLE));
    console_enable_colours(GetStdHandle(STD_ERROR_HANDLE));
    return arguments_read(argc, argv);
}

static pal_error file_write(HANDLE handle, const uint8_t *bytes, size_t size) {
    pal_file file = {.handle = (intptr_t)handle};
    return pal_file_write(&file, bytes, size);
}

/* Writes whole characters. Ill-formed UTF-8 appears as U+FFFD. */
static pal_error console_write_step(HANDLE handle, const uint8_t *bytes, size_t size) {
    wchar_t wide[CONSOLE_STEP_SIZE]; /* a byte of UTF-8 makes at most one unit of UTF-16 */
    int count = size > 0 ? MultiByteToWideChar(CP_UTF8, 0, (const char *)bytes, (int)size, wide, CONSOLE_STEP_SIZE) : 0;
    for (int offset = 0; offset < count;) {
        DWORD written = 0;
        if (!WriteConsoleW(handle, wide + offset, (DWORD)(count - offset), &written, NULL))
            return pal_error_last();
        if (written == 0)
            return pal_error_of(PAL_OTHER);
        offset += (int)written;
    }
    return pal_ok();
}

static pal_error console_write(HANDLE handle, incomplete_character *incomplete, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        uint8_t step[CONSOLE_STEP_SIZE];
        size_t step_size = incomplete->size;
        memcpy(step, incomplete->bytes, step_size);
        size_t taken = size < sizeof step - step_size ? size : sizeof step - step_size;
        memcpy(step + step_size, bytes, taken);
        step_size += taken;
        bytes += taken;
        size -= taken;

        incomplete->size = pal_utf8_unfinished_size(step, step_size);
        step_size -= incomplete->size;
        memcpy(incomplete->bytes, step + step_size, incomplete->size);
        pal_error error = console_write_step(handle, step, step_size);
        if (error.status != PAL_OK)
            return error;
    }
    return pal_ok();
}

pal_error pal_console_write(pal_console_stream stream, const void *bytes, size_t size) {
    HANDLE handle = GetStdHandle(handle_names[stream]);
    AcquireSRWLockExclusive(&write_locks[stream]);
    pal_error error =
        is_console(handle) ? console_write(handle, &incomplete_characters[stream], bytes, size) : file_write(handle, bytes, size);
    ReleaseSRWLockExclusive(&write_locks[stream]);
    return error;
}

bool pal_console_is_terminal(pal_console_stream stream) {
    return is_console(GetStdHandle(handle_names[stream]));
}

unsigned pal_console_width(pal_console_stream stream) {
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(GetStdHandle(handle_names[stream]), &info))
        return CONSOLE_WIDTH;
    int width = info.srWindow.Right - info.srWindow.Left + 1;
    return width > 0 ? (unsigned)width : CONSOLE_WIDTH;
}

static struct {
    void (*interrupted)(void *context);
    void *context;
} interrupt;

/* The system calls this on a thread of its own. */
static BOOL WINAPI control_event(DWORD event) {
    switch (event) {
    case CTRL_C_EVENT:
    case CTRL_BREAK_EVENT:
        interrupt.interrupted(interrupt.context);
        return TRUE;
    case CTRL_CLOSE_EVENT:
    case CTRL_SHUTDOWN_EVENT:
        /* The process ends when this returns, or after some seconds (HandlerRoutine). So wait: the program uses this time to end in
         * good order, and then ends the process itself. */
        interrupt.interrupted(interrupt.context);
        Sleep(INFINITE);
        return TRUE;
    default:
        return FALSE;
    }
}

pal_error pal_interrupt_watch(void (*interrupted)(void *context), void *context) {
    assert(interrupt.interrupted == NULL);
    interrupt.interrupted = interrupted;
    interrupt.context = context;
    return SetConsoleCtrlHandler(control_event, TRUE) ? pal_ok() : pal_error_last();
}
