#include "output/output.h"

#include "output/append.h"
#include "output/line_writer.h"
#include "pal/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Open between error_lines_detach and error_lines_attach. */
static line_writer error_writer;
static bool is_detached;

pal_error error_lines_detach(void) {
    assert(!is_detached);
    pal_error error = line_writer_open(&error_writer, PAL_STANDARD_ERROR, NULL, NULL);
    is_detached = error.status == PAL_OK;
    return error;
}

bool error_lines_attach(void) {
    if (!is_detached)
        return true;
    is_detached = false;
    return line_writer_close(&error_writer);
}

static void parts_write(const char *prefix, const char *const *parts) {
    lm_buffer line = {0};
    lm_buffer_append_text(&line, prefix);
    line_append_all(&line, parts);
    /* Write errors are ignored: there is no other stream to report them on. */
    if (is_detached)
        line_writer_offer(&error_writer, &line);
    else if (!line.failed)
        (void)pal_console_write(PAL_STANDARD_ERROR, line.bytes, line.size);
    lm_buffer_free(&line);
}

void error_line_write(const char *const *parts) {
    parts_write(output_has_colour(PAL_STANDARD_ERROR) ? "\x1b[1;31mloopmsg:\x1b[0m " : "loopmsg: ", parts);
}

void error_sentence(lm_buffer *sentence) {
    const char *text = lm_buffer_text(sentence);
    error_line(sentence->failed ? "out of memory" : text);
}

void notice_line_write(const char *const *parts) {
    parts_write("", parts);
}

void loop_error_append(lm_buffer *sentence, const char *what, pal_error error) {
    const char *poller = pal_loop_poller_named();
    if (error.status == PAL_UNSUPPORTED && poller != NULL)
        text_append(sentence, "LOOPMSG_POLLER: '", poller, "' is not a poller of this system; unset it to use the default");
    else
        text_append(sentence, what, ": ", error_text(error));
}

void loop_error_line(pal_error error) {
    lm_buffer sentence = {0};
    loop_error_append(&sentence, "cannot open an event loop", error);
    error_sentence(&sentence);
    lm_buffer_free(&sentence);
}

bool output_has_colour(pal_console_stream stream) {
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (no_colour != NULL && no_colour[0] != '\0')
        return false;
    if (terminal != NULL && strcmp(terminal, "dumb") == 0)
        return false;
    return pal_console_is_terminal(stream);
}

bool output_write(lm_buffer *buffer) {
    pal_error error = pal_ok();
    if (buffer->failed)
        error = pal_error_of(PAL_NO_MEMORY);
    else if (buffer->size > 0)
        error = pal_console_write(PAL_STANDARD_OUTPUT, buffer->bytes, buffer->size);
    lm_buffer_clear(buffer);
    if (error.status == PAL_OK)
        return true;
    error_line("cannot write to standard output: ", output_error_text(error));
    return false;
}
