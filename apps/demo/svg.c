/* The picture as a sequence diagram: two life lines, the calls beside them, and an arrow for everything that crossed. It is as
 * narrow as a phone, so that its text is readable there; on a wider screen it grows up to a limit. */
#include "demo/svg.h"

#include "output/append.h"
#include "output/markup.h"
#include "output/units.h"
#include "output/wrap.h"

#include <assert.h>

/* In units of the drawing, each nearly a pixel on a phone. */
#define DRAWING_WIDTH 440u
#define SERVER_X 174u
#define CLIENT_X 266u
#define LABEL_GAP 8u
#define LINE_HEIGHT 15u
#define ROW_GAP 7u
#define MARGIN 12u
#define CALL_CHARACTERS 21u      /* that fit beside a life line, in a wide font */
#define DATA_CHARACTERS 23u      /* of the smaller type */
#define PARAGRAPH_CHARACTERS 62u /* that fit across */
#define TITLE_CHARACTERS 50u

static unsigned x_of(demo_side side) {
    return side == DEMO_SERVER ? SERVER_X : CLIENT_X;
}

/* --- text --------------------------------------------------------------------------------------------------------------------- */

/* Appends lines of TEXT from Y on; returns the Y below them. */
static unsigned lines_append(lm_buffer *output, const lm_buffer *text, const char *class, unsigned x, unsigned y,
                             size_t characters) {
    wrap rest = {.bytes = text->bytes, .size = text->size, .cuts_words = true};
    wrap_line line;
    output->failed = output->failed || text->failed;
    while (wrap_next(&rest, characters, &line)) {
        text_append(output, "<text class=\"", class, "\" x=\"", number_text(x), "\" y=\"", number_text(y + LINE_HEIGHT - 4), "\">");
        markup_bytes(output, line.bytes, line.size);
        text_append(output, "</text>\n");
        y += LINE_HEIGHT;
    }
    return y;
}

static unsigned paragraph_append(lm_buffer *output, const char *text, const char *class, unsigned y, size_t characters) {
    lm_buffer plain = {0};
    lm_buffer_append_text(&plain, text);
    y = lines_append(output, &plain, class, MARGIN, y, characters);
    lm_buffer_free(&plain);
    return y;
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

/* Appends the label of an event beside its life line; returns the Y below it. */
static unsigned label_append(lm_buffer *output, const demo_picture *picture, const demo_row *row, demo_side side, unsigned y) {
    static const char *const call_classes[DEMO_SIDES] = {"call left", "call"};
    static const char *const data_classes[DEMO_SIDES] = {"data left", "data"};
    const demo_event *event = &picture->record->events[row->events[side]];
    unsigned x = side == DEMO_SERVER ? SERVER_X - LABEL_GAP : CLIENT_X + LABEL_GAP;
    lm_buffer text = {0};
    demo_call_append(&text, event, row->times);
    y = lines_append(output, &text, event->is_message ? data_classes[side] : call_classes[side], x, y,
                     event->is_message ? DATA_CHARACTERS : CALL_CHARACTERS);
    lm_buffer_clear(&text);
    demo_bytes_append(&text, event);
    y = lines_append(output, &text, data_classes[side], x, y, DATA_CHARACTERS);
    lm_buffer_free(&text);
    return y;
}

/* Where an event's dot is, below the upper edge of its row. */
#define DOT_DOWN (LINE_HEIGHT / 2 + 1)

static void dot_append(lm_buffer *output, demo_side side, unsigned y) {
    text_append(output, "<circle class=\"dot\" r=\"2.5\" cx=\"", number_text(x_of(side)), "\" cy=\"", number_text(y + DOT_DOWN),
                "\"/>\n");
}

static void arrow_append(lm_buffer *output, const demo_picture *picture, const demo_link *link, const unsigned *row_y) {
    static const char *const names[] = {
        [DEMO_LINK_CONNECT] = "connect", [DEMO_LINK_BYTES] = "bytes", [DEMO_LINK_END] = "end", [DEMO_LINK_RESET] = "reset"};
    demo_side from = picture->record->events[link->from].side;
    unsigned from_y = row_y[picture->row_of[link->from]] + DOT_DOWN;
    unsigned to_y = row_y[picture->row_of[link->to]] + DOT_DOWN;
    unsigned from_x = x_of(from);
    unsigned to_x = from == DEMO_SERVER ? CLIENT_X - 3 : SERVER_X + 3; /* before the dot */
    text_append(output, "<path class=\"arrow ", names[link->kind], "\" marker-end=\"url(#", names[link->kind], "-head)\" d=\"M",
                number_text(from_x), " ", number_text(from_y), "L", number_text(to_x), " ", number_text(to_y), "\"><title>");
    if (link->kind == DEMO_LINK_BYTES) {
        markup_counted(output, link->bytes, "byte", "bytes");
    } else {
        text_append(output, names[link->kind]);
    }
    text_append(output, "</title></path>\n");
}

/* A send whose bytes nobody received. */
static void lost_append(lm_buffer *output, demo_side from, unsigned y) {
    unsigned x = from == DEMO_SERVER ? SERVER_X + 36 : CLIENT_X - 36;
    text_append(output, "<path class=\"arrow bytes\" d=\"M", number_text(x_of(from)), " ", number_text(y + DOT_DOWN), "H",
                number_text(x), "\"/>\n", "<path class=\"lost\" d=\"M", number_text(x - 4), " ", number_text(y + DOT_DOWN - 4),
                "l8 8m0 -8l-8 8\"><title>lost</title></path>\n");
}

static unsigned header_append(lm_buffer *output, unsigned y) {
    unsigned bottom = y;
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        unsigned x = side == DEMO_SERVER ? SERVER_X - LABEL_GAP : CLIENT_X + LABEL_GAP;
        lm_buffer text = {0};
        text_append(&text, side == DEMO_SERVER ? "server" : "client");
        unsigned below = lines_append(output, &text, side == DEMO_SERVER ? "side left" : "side", x, y, DATA_CHARACTERS);
        lm_buffer_clear(&text);
        const char *name;
        for (int i = 1; (name = demo_step_name((demo_side)side, i)) != NULL; i++)
            text_append(&text, i > 1 ? "\n" : "", number_text((uint64_t)i), " ", name);
        below = lines_append(output, &text, side == DEMO_SERVER ? "data left" : "data", x, below, DATA_CHARACTERS);
        bottom = below > bottom ? below : bottom;
        lm_buffer_free(&text);
    }
    return bottom + ROW_GAP;
}

static void life_lines_append(lm_buffer *output, unsigned top, unsigned bottom) {
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++)
        text_append(output, "<path class=\"life\" d=\"M", number_text(x_of((demo_side)side)), " ", number_text(top), "V",
                    number_text(bottom), "\"/>\n");
}

/* Appends the labels of all rows, and stores the Y of each row. Returns the Y below them. */
static unsigned rows_append(lm_buffer *output, const demo_picture *picture, unsigned y, unsigned *row_y) {
    for (size_t i = 0; i < picture->row_count; i++) {
        const demo_row *row = &picture->rows[i];
        unsigned bottom = y;
        row_y[i] = y;
        for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
            if (row->events[side] == DEMO_NONE)
                continue;
            unsigned below = label_append(output, picture, row, (demo_side)side, y);
            bottom = below > bottom ? below : bottom;
        }
        y = bottom + ROW_GAP;
    }
    return y;
}

static void marks_append(lm_buffer *output, const demo_picture *picture, const unsigned *row_y) {
    for (size_t i = 0; i < picture->link_count; i++)
        arrow_append(output, picture, &picture->links[i], row_y);
    for (size_t i = 0; i < picture->row_count; i++) {
        for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
            size_t event = picture->rows[i].events[side];
            if (event == DEMO_NONE)
                continue;
            dot_append(output, (demo_side)side, row_y[i]);
            if (picture->lost[event] > 0)
                lost_append(output, (demo_side)side, row_y[i]);
        }
    }
}

void demo_svg_append(demo_svg *svg, const demo_scene *scene) {
    lm_buffer *output = &svg->body;
    unsigned row_y[DEMO_EVENTS_MAX];
    unsigned y = svg->y + MARGIN + (svg->scene_count > 0 ? 2 * MARGIN : 0);
    svg->scene_count++;
    y = paragraph_append(output, scene->title, "title", y, TITLE_CHARACTERS) + 4;
    y = paragraph_append(output, scene->introduction, "said", y, PARAGRAPH_CHARACTERS) + MARGIN;
    unsigned top = header_append(output, y);
    /* Later parts cover earlier ones. */
    lm_buffer labels = {0};
    unsigned bottom = rows_append(&labels, scene->picture, top, row_y);
    life_lines_append(output, y, bottom);
    marks_append(output, scene->picture, row_y);
    if (labels.size > 0)
        lm_buffer_append(output, labels.bytes, labels.size);
    output->failed = output->failed || labels.failed;
    lm_buffer_free(&labels);
    svg->y = lines_append(output, &scene->summary, "said", MARGIN, bottom + MARGIN / 2, PARAGRAPH_CHARACTERS);
}

/* --- the file ----------------------------------------------------------------------------------------------------------------- */

/* In lines, because a compiler need not accept a string over 4,095 characters. The colours are those of bench's page. */
static const char *const style[] = {
    "svg{display:block;width:100%;max-width:700px;height:auto;margin:0 auto;color-scheme:light dark;background:var(--ground);",
    "--ground:#fff;--ink:#17202a;--soft:#55606c;--rule:#aab4be;--first:#0b5fc0;--second:#0f6b3d;--bad:#b3201b}",
    "@media screen and (prefers-color-scheme:dark){svg{",
    "--ground:#0f1419;--ink:#e7ebef;--soft:#a3aeb9;--rule:#55606c;--first:#6eb3ff;--second:#5fce95;--bad:#ff8d85}}",
    ".ground{fill:var(--ground)}",
    "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;fill:var(--ink)}",
    "text.left{text-anchor:end}text.data{fill:var(--soft);font-size:11px}text.side{font-weight:700;font-size:13px}",
    "text.title{font-weight:700;font-size:14px}text.said{font-size:12px}",
    ".life{stroke:var(--rule);stroke-width:1;fill:none}.dot{fill:var(--ink)}",
    ".arrow{fill:none;stroke-width:1.5}.bytes{stroke:var(--first)}.connect,.end{stroke:var(--second);stroke-dasharray:5 3}",
    ".reset{stroke:var(--bad);stroke-dasharray:2 3}.lost{stroke:var(--bad);stroke-width:2;fill:none}",
    ".head-bytes{fill:var(--first)}.head-connect,.head-end{fill:var(--second)}.head-reset{fill:var(--bad)}",
};

void demo_svg_end(demo_svg *svg, lm_buffer *output) {
    static const char *const heads[] = {"connect", "bytes", "end", "reset"};
    const char *width = number_text(DRAWING_WIDTH);
    const char *height = number_text(svg->y + MARGIN);
    assert(svg->scene_count > 0);
    text_append(output, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"name\" width=\"", width,
                "\" height=\"", height, "\" viewBox=\"0 0 ", width, " ", height,
                "\">\n<title id=\"name\">A server and a client, call by call</title>\n<style>\n");
    for (size_t i = 0; i < sizeof style / sizeof style[0]; i++)
        text_append(output, style[i], "\n");
    text_append(output, "</style>\n<defs>\n");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        text_append(output, "<marker id=\"", heads[i],
                    "-head\" markerUnits=\"userSpaceOnUse\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" ",
                    "refY=\"4\" orient=\"auto\"><path class=\"head-", heads[i], "\" d=\"M0 0L9 4L0 8z\"/></marker>\n");
    text_append(output, "</defs>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n");
    if (svg->body.size > 0)
        lm_buffer_append(output, svg->body.bytes, svg->body.size);
    text_append(output, "</svg>\n");
    output->failed = output->failed || svg->body.failed;
}
