/* The picture as text: the server's calls on the left, the client's on the right, and a lane for each direction between them. What
 * was sent stays in its lane until it is received. Like TCP, a lane keeps the order of bytes, and does not keep sends apart. */
#include "demo/text.h"

#include "output/append.h"
#include "output/units.h"
#include "output/wrap.h"

#include <assert.h>

#define CELL_LINES_MAX 12u
#define GAP_SIZE_MAX 12u
#define HANGING_SIZE 2u /* columns before the further lines of a cell: as wide as the number of a step */

/* Box drawing and arrow heads of WGL4, which the fonts of consoles have. */
#define ACROSS "\xe2\x94\x80"
#define UPRIGHT "\xe2\x94\x82"
#define CROSSING "\xe2\x94\xbc"
#define HEAD_LEFT "\xe2\x97\x84"
#define HEAD_RIGHT "\xe2\x96\xba"
#define LOST "\xc3\x97"

typedef struct columns {
    unsigned width; /* of each side */
    unsigned gap;   /* between them */
} columns;

static columns places_of(unsigned width) {
    assert(width >= DEMO_WIDTH_MIN);
    unsigned gap = width >= 72 ? GAP_SIZE_MAX : width >= 56 ? 10 : 8;
    return (columns){.width = (width - gap) / 2, .gap = gap};
}

/* --- cells -------------------------------------------------------------------------------------------------------------------- */

typedef struct cell {
    lm_buffer text;
    size_t count;
    wrap_line lines[CELL_LINES_MAX];
} cell;

/* Wraps the text into lines. All but the first are indented by HANGING_SIZE, and shorter by that. */
static void cell_part(cell *self, unsigned width) {
    wrap rest = {.bytes = self->text.bytes, .size = self->text.size, .cuts_words = true};
    wrap_line line;
    while (self->count < CELL_LINES_MAX && wrap_next(&rest, self->count == 0 ? width : width - HANGING_SIZE, &line))
        self->lines[self->count++] = line;
}

static void cell_make(cell *self, const demo_picture *picture, const demo_row *row, int side, unsigned width) {
    *self = (cell){0};
    size_t event = row->events[side];
    if (event == DEMO_NONE)
        return;
    text_append(&self->text, picture->record->events[event].is_message ? "  " : ""); /* a message has no step */
    demo_call_append(&self->text, &picture->record->events[event], row->times);
    size_t size = self->text.size;
    lm_buffer_append_text(&self->text, "\n");
    demo_bytes_append(&self->text, &picture->record->events[event]);
    if (self->text.size == size + 1)
        self->text.size = size;
    cell_part(self, width);
}

/* Appends a line of a cell; returns how many columns it has. */
static size_t cell_line_append(lm_buffer *output, const cell *self, size_t number) {
    if (number >= self->count)
        return 0;
    const wrap_line *line = &self->lines[number];
    size_t indent = number > 0 ? HANGING_SIZE : 0;
    blanks_append(output, indent);
    lm_buffer_append(output, line->bytes, line->size);
    return indent + line->columns;
}

/* --- lanes -------------------------------------------------------------------------------------------------------------------- */

/* One direction within a row. */
typedef struct lane {
    bool comes_from_above, goes_on_below;
    bool is_fed, is_drained; /* an event of this row sends, or receives; the other end is in another row */
    bool is_straight;        /* both ends are in this row */
    bool is_lost;            /* sent in this row, and never received */
} lane;

static lane lane_of(const demo_picture *picture, size_t row, demo_side from) {
    lane result = {0};
    for (size_t i = 0; i < picture->link_count; i++) {
        const demo_link *link = &picture->links[i];
        if (picture->record->events[link->from].side != from)
            continue;
        size_t from_row = picture->row_of[link->from];
        size_t to_row = picture->row_of[link->to];
        result.comes_from_above = result.comes_from_above || (from_row < row && to_row >= row);
        result.goes_on_below = result.goes_on_below || (from_row <= row && to_row > row);
        result.is_fed = result.is_fed || (from_row == row && to_row > row);
        result.is_drained = result.is_drained || (from_row < row && to_row == row);
        result.is_straight = result.is_straight || (from_row == row && to_row == row);
    }
    size_t event = picture->rows[row].events[from];
    result.is_lost = event != DEMO_NONE && picture->lost[event] > 0 && demo_links_from(picture, event) == 0;
    return result;
}

/* Draws a line from column FROM to column TO of the gap, across upright lines. */
static void across(const char **gap, size_t from, size_t to) {
    for (size_t i = from; i <= to; i++)
        gap[i] = gap[i][0] == ' ' ? ACROSS : CROSSING;
}

/* The corner or branch where the line of an event meets its lane. */
static const char *junction_of(const lane *self, bool is_to_the_left) {
    if (self->comes_from_above && self->goes_on_below)
        return is_to_the_left ? "\xe2\x94\xa4" : "\xe2\x94\x9c";
    if (self->comes_from_above)
        return is_to_the_left ? "\xe2\x94\x98" : "\xe2\x94\x94";
    return is_to_the_left ? "\xe2\x94\x90" : "\xe2\x94\x8c";
}

/* Connects SIDE's event of this row, if any, with the lane that leads away from SIDE (OUT) or to it (IN). */
static void side_draw(const char **gap, size_t gap_size, demo_side side, const lane *out, const lane *in, size_t out_at,
                      size_t in_at) {
    bool is_left = side == DEMO_SERVER;
    if (!out->is_fed && !in->is_drained && !out->is_lost)
        return;
    size_t lane_at = in->is_drained ? in_at : out_at;
    if (out->is_lost)
        across(gap, is_left ? 1 : gap_size - 4, is_left ? 3 : gap_size - 2);
    else
        across(gap, is_left ? 1 : lane_at + 1, is_left ? lane_at - 1 : gap_size - 2);
    if (out->is_lost)
        gap[is_left ? 3 : gap_size - 4] = LOST;
    else
        gap[lane_at] = junction_of(in->is_drained ? in : out, is_left);
    if (in->is_drained)
        gap[is_left ? 1 : gap_size - 2] = is_left ? HEAD_LEFT : HEAD_RIGHT;
}

/* Draws the gap in a row's first line. */
static void gap_draw(const char **gap, size_t size, const lane *lanes) {
    const size_t at[DEMO_SIDES] = {[DEMO_SERVER] = size / 2 + 1, [DEMO_CLIENT] = size / 2 - 2}; /* by the side that sends */
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        if (lanes[side].comes_from_above && lanes[side].goes_on_below)
            gap[at[side]] = UPRIGHT;
    }
    side_draw(gap, size, DEMO_SERVER, &lanes[DEMO_SERVER], &lanes[DEMO_CLIENT], at[DEMO_SERVER], at[DEMO_CLIENT]);
    side_draw(gap, size, DEMO_CLIENT, &lanes[DEMO_CLIENT], &lanes[DEMO_SERVER], at[DEMO_CLIENT], at[DEMO_SERVER]);
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        if (!lanes[side].is_straight)
            continue;
        across(gap, 1, size - 2);
        gap[side == DEMO_SERVER ? size - 2 : 1] = side == DEMO_SERVER ? HEAD_RIGHT : HEAD_LEFT;
    }
}

/* Appends the gap in line NUMBER of a row. */
static void gap_append(lm_buffer *output, size_t size, const lane *lanes, size_t number) {
    const char *gap[GAP_SIZE_MAX];
    for (size_t i = 0; i < size; i++)
        gap[i] = " ";
    if (number == 0) {
        gap_draw(gap, size, lanes);
    } else {
        gap[size / 2 + 1] = lanes[DEMO_SERVER].goes_on_below ? UPRIGHT : " ";
        gap[size / 2 - 2] = lanes[DEMO_CLIENT].goes_on_below ? UPRIGHT : " ";
    }
    for (size_t i = 0; i < size; i++)
        lm_buffer_append_text(output, gap[i]);
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

static void line_end(lm_buffer *output) {
    while (output->size > 0 && output->bytes[output->size - 1] == ' ')
        output->size--;
    lm_buffer_append_text(output, "\n");
}

static void cells_append(lm_buffer *output, const columns *place, cell cells[DEMO_SIDES], const lane *lanes) {
    size_t count = cells[DEMO_SERVER].count > cells[DEMO_CLIENT].count ? cells[DEMO_SERVER].count : cells[DEMO_CLIENT].count;
    for (size_t i = 0; i < count; i++) {
        blanks_append(output, place->width - cell_line_append(output, &cells[DEMO_SERVER], i));
        gap_append(output, place->gap, lanes, i);
        (void)cell_line_append(output, &cells[DEMO_CLIENT], i);
        line_end(output);
    }
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        output->failed = output->failed || cells[side].text.failed;
        lm_buffer_free(&cells[side].text);
    }
}

/* Appends the names of the sides, and their steps below. */
static void header_append(lm_buffer *output, const columns *place) {
    static const lane none[DEMO_SIDES];
    cell cells[DEMO_SIDES];
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        cells[side] = (cell){0};
        text_append(&cells[side].text, side == DEMO_SERVER ? "server" : "client", "\n");
        const char *name;
        for (int i = 1; (name = demo_step_name((demo_side)side, i)) != NULL; i++)
            text_append(&cells[side].text, i > 1 ? "\n" : "", number_text((uint64_t)i), " ", name);
        cell_part(&cells[side], place->width);
    }
    cells_append(output, place, cells, none);
    for (unsigned i = 0; i < 2 * place->width + place->gap; i++)
        lm_buffer_append_text(output, i < place->width || i >= place->width + place->gap ? ACROSS : " ");
    lm_buffer_append_text(output, "\n");
}

static void paragraph_append(lm_buffer *output, const lm_buffer *text, unsigned width) {
    wrap rest = {.bytes = text->bytes, .size = text->size, .cuts_words = true};
    wrap_line line;
    while (wrap_next(&rest, width, &line)) {
        lm_buffer_append(output, line.bytes, line.size);
        line_end(output);
    }
    output->failed = output->failed || text->failed;
}

void demo_text_append(lm_buffer *output, const demo_scene *scene, unsigned width) {
    const demo_picture *picture = scene->picture;
    columns place = places_of(width);
    lm_buffer text = {0};
    text_append(&text, scene->title, "\n\n", scene->introduction);
    paragraph_append(output, &text, width);
    lm_buffer_free(&text);
    lm_buffer_append_text(output, "\n");
    header_append(output, &place);
    for (size_t row = 0; row < picture->row_count; row++) {
        cell cells[DEMO_SIDES];
        lane lanes[DEMO_SIDES];
        for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
            cell_make(&cells[side], picture, &picture->rows[row], side, place.width);
            lanes[side] = lane_of(picture, row, (demo_side)side);
        }
        cells_append(output, &place, cells, lanes);
    }
    lm_buffer_append_text(output, "\n");
    paragraph_append(output, &scene->summary, width);
}
