#include "bench/progress.h"

#include "loopmsg/text.h"
#include "output/append.h"
#include "output/measured.h"
#include "output/units.h"
#include "pal/clock.h"
#include "pal/console.h"
#include "report/report.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define BAR_SIZE_MIN 8u /* columns; with fewer there is no bar */
#define BAR_SIZE_MAX 40u
#define LINE_SIZE_MAX 1000u /* columns, however wide the terminal is */

static const char *const stage_names[] = {
    [BENCH_CONNECTING] = "connecting", [BENCH_WARMUP] = "warm-up", [BENCH_MEASURING] = "measuring"};

/* Answers per second in a slice. */
static double slice_rate(const lm_load_slice *slice) {
    return slice->length_ns == 0 ? 0 : (double)slice->answered * (double)PAL_SECOND_NS / (double)slice->length_ns;
}

/* Writes LINE, unless memory ran out, and frees it. Write errors are ignored: there is no other stream to report them on. */
static void line_write(lm_buffer *line) {
    if (!line->failed)
        (void)pal_console_write(PAL_STANDARD_ERROR, line->bytes, line->size);
    lm_buffer_free(line);
}

/* --- how far it is ------------------------------------------------------------------------------------------------------------ */

typedef struct position {
    bool is_known;
    double part;                     /* done of the stage, 0 to 1 */
    uint64_t left_ns, left_messages; /* 0 if unknown */
} position;

static position position_of(const bench_progress *progress, const lm_load_slice *slice) {
    const bench_plan *plan = progress->plan;
    uint64_t done = progress->before_ns + slice->begin_ns + slice->length_ns;
    uint64_t whole = plan->duration_ns;
    bool is_time = true;
    if (progress->stage == BENCH_WARMUP) {
        done = slice->begin_ns + slice->length_ns;
        whole = plan->warmup_ns;
    } else if (progress->stage == BENCH_CONNECTING) {
        done = slice->open;
        whole = plan->load.connections;
        is_time = false;
    } else if (plan->duration_ns == 0) {
        done = progress->answered;
        whole = plan->messages;
        is_time = false;
    }
    if (whole == 0)
        return (position){0};
    uint64_t left = done < whole ? whole - done : 0;
    return (position){.is_known = true,
                      .part = (double)(whole - left) / (double)whole,
                      .left_ns = is_time ? left : 0,
                      .left_messages = is_time ? 0 : left};
}

/* --- the bar ------------------------------------------------------------------------------------------------------------------ */

/* "4 s left", "1200 left" */
static void left_append(lm_buffer *line, const bench_progress *progress, const position *at) {
    if (!at->is_known)
        return;
    if (progress->stage == BENCH_CONNECTING)
        text_append(line, "  ", number_text(at->left_messages), " to open");
    else if (at->left_messages > 0)
        text_append(line, "  ", number_text(at->left_messages), " left");
    else
        text_append(line, "  ", number_text((at->left_ns + PAL_SECOND_NS / 2) / PAL_SECOND_NS), " s left");
}

/* The most important first: a narrow terminal cuts off the rest. */
static void figures_append(lm_buffer *line, const bench_progress *progress, const lm_load_slice *slice) {
    if (progress->stage != BENCH_CONNECTING)
        text_append(line, "  ", count_text(slice_rate(slice)), "/s");
    text_append(line, "  ", number_text(progress->errors), progress->errors == 1 ? " error" : " errors");
    if (slice->answered > 0)
        text_append(line, "  p99 ", time_text(slice->p99_ns), "  p50 ", time_text(slice->p50_ns));
}

static void bar_append(lm_buffer *line, double part, size_t columns) {
    size_t filled = (size_t)(part * (double)columns + 0.5);
    for (size_t i = 0; i < columns; i++)
        lm_buffer_append_text(line, i < filled ? "\xe2\x96\x88" : "\xe2\x96\x91"); /* U+2588, U+2591 */
}

/* Columns that fit before the terminal wraps the line. */
static size_t line_size(void) {
    size_t width = pal_console_width(PAL_STANDARD_ERROR);
    return width <= 1 ? 1 : width > LINE_SIZE_MAX ? LINE_SIZE_MAX : width - 1;
}

/* The bytes of TEXT that fit SIZE columns, one per byte. Cuts only at two blanks, because half a number is another number. */
static size_t size_cut(const lm_buffer *text, size_t size) {
    if (text->size <= size)
        return text->size;
    while (size > 0 && (size + 1 >= text->size || text->bytes[size] != ' ' || text->bytes[size + 1] != ' '))
        size--;
    return size;
}

/* Draws TEXT over the current line, with a bar after its first BAR_AT bytes. Cuts it to the terminal's width and fills it with
 * blanks, because some terminals have no command to clear a line. */
static void line_draw(const lm_buffer *text, size_t bar_at, const position *at) {
    size_t size = line_size();
    size_t used = size_cut(text, size);
    size_t bar_size = at->is_known ? size - used : 0;
    bar_size = bar_size > BAR_SIZE_MAX ? BAR_SIZE_MAX : bar_size < BAR_SIZE_MIN ? 0 : bar_size;
    bar_at = bar_at < used ? bar_at : used;
    lm_buffer line = {0};
    lm_buffer_append_text(&line, "\r");
    lm_buffer_append(&line, text->bytes, bar_at);
    bar_append(&line, at->part, bar_size);
    lm_buffer_append(&line, text->bytes + bar_at, used - bar_at);
    blanks_append(&line, used + bar_size < size ? size - used - bar_size : 0);
    line_write(&line);
}

static void bar_draw(const bench_progress *progress, const lm_load_slice *slice) {
    position at = position_of(progress, slice);
    lm_buffer text = {0};
    text_append(&text, stage_names[progress->stage], " ");
    if (progress->names_address) {
        lm_text_sanitise(&text, progress->address, strlen(progress->address));
        text_append(&text, " ");
    }
    size_t bar_at = text.size;
    left_append(&text, progress, &at);
    figures_append(&text, progress, slice);
    if (!text.failed)
        line_draw(&text, bar_at, &at);
    lm_buffer_free(&text);
}

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

static void slice_write(const bench_progress *progress, const lm_load_slice *slice) {
    lm_buffer text = {0};
    lm_buffer line = {0};
    char time[UNIT_TEXT_SIZE];
    uint64_t end_ns = slice->begin_ns + slice->length_ns + (progress->stage == BENCH_MEASURING ? progress->before_ns : 0);
    (void)snprintf(time, sizeof time, "%7.2f s", (double)end_ns / (double)PAL_SECOND_NS);
    text_append(&text, time);
    if (progress->stage != BENCH_MEASURING)
        text_append(&text, "  ", stage_names[progress->stage]);
    if (progress->names_address)
        text_append(&text, "  ", progress->address);
    text_append(&text, "  ", count_text(slice_rate(slice)), "/s");
    if (slice->answered > 0)
        text_append(&text, "  p50 ", time_text(slice->p50_ns), "  p99 ", time_text(slice->p99_ns), "  max ",
                    time_text(slice->max_ns));
    text_append(&text, "  ", number_text(slice->errors), slice->errors == 1 ? " error  " : " errors  ", number_text(slice->open),
                " open");
    lm_text_sanitise(&line, text.bytes, text.size);
    lm_buffer_append_text(&line, "\n");
    line.failed = line.failed || text.failed;
    line_write(&line);
    lm_buffer_free(&text);
}

void bench_progress_slice(bench_progress *progress, const lm_load_slice *slice) {
    assert(progress->plan != NULL && (progress->address != NULL || !progress->names_address));
    progress->answered += slice->answered;
    progress->errors += slice->errors;
    if (progress->has_lines)
        slice_write(progress, slice);
    else if (progress->has_bar)
        bar_draw(progress, slice);
}

void bench_progress_end(bench_progress *progress) {
    if (!progress->has_bar)
        return;
    lm_buffer line = {0};
    lm_buffer_append_text(&line, "\r");
    blanks_append(&line, line_size());
    lm_buffer_append_text(&line, "\r");
    line_write(&line);
}
