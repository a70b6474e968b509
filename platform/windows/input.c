/* Standard input, on a thread of its own. */
#include "pal/console.h"

#include "native.h"
#include "text.h"

#include <assert.h>

#define READ_SIZE 16384        /* bytes per ReadFile */
#define CONSOLE_READ_SIZE 4096 /* units per ReadConsoleW */
#define END_OF_INPUT 0x1A      /* Ctrl-Z at the start of a line ends the input */

static struct {
    void (*deliver)(void *context, pal_error error, const uint8_t *bytes, size_t size);
    void *context;
} input;

static void input_end(pal_error error) {
    input.deliver(input.context, error, NULL, 0);
}

/* Reads at least one unit into WIDE. Returns false with the error (PAL_END at the end). */
static bool console_read(HANDLE handle, wchar_t *wide, DWORD capacity, DWORD *count, pal_error *error) {
    for (;;) {
        SetLastError(ERROR_SUCCESS);
        *count = 0;
        if (!ReadConsoleW(handle, wide, capacity, count, NULL)) {
            *error = pal_error_last();
            return false;
        }
        if (*count > 0)
            return true;
        if (GetLastError() != ERROR_OPERATION_ABORTED) { /* that code means Ctrl-C: drop the line and continue */
            *error = pal_error_of(PAL_END);
            return false;
        }
    }
}

static void console_input(HANDLE handle) {
    static wchar_t wide[CONSOLE_READ_SIZE];
    static char text[CONSOLE_READ_SIZE * PAL_UTF8_PER_UTF16 + 1];
    DWORD kept = 0; /* 1: the first half of a character; the next read has the other */
    bool is_line_start = true;
    for (;;) {
        DWORD count;
        pal_error error;
        if (!console_read(handle, wide + kept, CONSOLE_READ_SIZE - kept, &count, &error)) {
            input_end(error);
            return;
        }
        count += kept;
        if (is_line_start && wide[0] == END_OF_INPUT) {
            input_end(pal_error_of(PAL_END));
            return;
        }
        is_line_start = wide[count - 1] == L'\n';
        kept = pal_is_high_surrogate(wide[count - 1]) ? 1 : 0;
        size_t size = pal_utf8_from_wide(wide, count - kept, text, sizeof text);
        if (size > 0)
            input.deliver(input.context, pal_ok(), (const uint8_t *)text, size);
        if (kept > 0)
            wide[0] = wide[count - 1];
    }
}

/* Interprets a read of no bytes: the end of a file, but in a pipe perhaps an empty write. */
static bool is_file_end(HANDLE handle) {
    return GetFileType(handle) != FILE_TYPE_PIPE || !PeekNamedPipe(handle, NULL, 0, NULL, NULL, NULL);
}

static void file_input(HANDLE handle) {
    static uint8_t bytes[READ_SIZE];
    for (;;) {
        DWORD size = 0;
        if (!ReadFile(handle, bytes, sizeof bytes, &size, NULL)) {
            DWORD code = GetLastError();
            bool is_end = code == ERROR_BROKEN_PIPE || code == ERROR_HANDLE_EOF; /* all writers have closed the pipe */
            input_end(is_end ? pal_error_of(PAL_END) : pal_error_from_os((int)code));
            return;
        }
        if (size > 0) {
            input.deliver(input.context, pal_ok(), bytes, size);
        } else if (is_file_end(handle)) {
            input_end(pal_error_of(PAL_END));
            return;
        }
    }
}

static unsigned __stdcall input_main(void *unused) {
    (void)unused;
    HANDLE handle = GetStdHandle(STD_INPUT_HANDLE);
    if (pal_console_is_terminal(PAL_STANDARD_INPUT))
        console_input(handle);
    else
        file_input(handle);
    return 0;
}

pal_error pal_input_start(void (*deliver)(void *context, pal_error error, const uint8_t *bytes, size_t size), void *context) {
    assert(input.deliver == NULL);
    input.deliver = deliver;
    input.context = context;
    return pal_thread_start_detached(input_main);
}
