/* loopmsg demo: what its files share. An act is one server and one client in this process with one connection between them; what their
 * sockets were asked is recorded, put in order, and drawn. */
#ifndef APPS_DEMO_DEMO_H
#define APPS_DEMO_DEMO_H

#include "loopmsg/buffer.h"
#include "loopmsg/server.h"
#include "pal/thread.h"
#include "pal/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- demo_record.c: what happens, as it happens ------------------------------------------------------------------------------------ */

#define DEMO_EVENTS_MAX 256u /* in one act; further ones are counted only */
#define DEMO_BYTES_SIZE 48u  /* of what was sent or received, kept to be shown */

typedef enum demo_side { DEMO_SERVER, DEMO_CLIENT, DEMO_SIDES } demo_side;

/* One call on a socket, or a message that the server's framing found. */
typedef struct demo_event {
    uint64_t time_ns;
    demo_side side;
    bool is_message; /* size and bytes are the message's, and what follows up to `size` is not used */
    pal_trace_operation operation;
    pal_trace_role role;
    uintptr_t socket, accepted; /* as pal_trace_event has them, and so the rest */
    bool is_pending;
    bool is_completion; /* of a connect that was told as pending before */
    bool has_address;
    pal_address address;
    pal_error error;
    size_t size, done;
    size_t kept; /* bytes in `bytes` */
    uint8_t bytes[DEMO_BYTES_SIZE];
} demo_event;

typedef struct demo_record {
    size_t count;
    size_t dropped; /* events for which there was no room */
    demo_event events[DEMO_EVENTS_MAX];
} demo_record;

/* A side that waits, after its COUNT-th successful AFTER, until the other has been told of UNTIL_COUNT successful UNTIL. COUNT 0: no such wait. */
typedef struct demo_hold {
    demo_side side;
    pal_trace_operation after, until;
    unsigned count, until_count;
} demo_hold;

#define DEMO_HOLDS 2
#define DEMO_LIMIT_NS (10 * PAL_SECOND_NS) /* for everything that one act waits for */

typedef struct demo_recorder {
    demo_record record;
    demo_hold holds[DEMO_HOLDS];
    pal_mutex mutex; /* guards the rest and the record */
    pal_condition changed;
    unsigned counts[DEMO_SIDES][PAL_TRACE_OPERATION_COUNT]; /* successful ones */
    uint64_t deadline_ns;
    uintptr_t connection; /* the server's socket of the accepted connection */
    bool is_accepted, is_over, is_late;
} demo_recorder;

/* Begins to record, for at most DEMO_LIMIT_NS: sets the trace function of pal/trace.h, and is thus called while no socket is used. */
void demo_recorder_open(demo_recorder *recorder, const demo_hold *holds);
void demo_recorder_close(demo_recorder *recorder);

/* Records an operation, as the trace function does, and holds the thread that tells it where a hold says so. Any thread. */
void demo_recorder_tell(demo_recorder *recorder, const pal_trace_event *told);

/* Records a message that the server found. Any thread. */
void demo_recorder_message(demo_recorder *recorder, const void *bytes, size_t size);

/* Waits until the server has closed the connection that it accepted; false when the time was over before. */
bool demo_recorder_wait(demo_recorder *recorder);

/* --- demo_picture.c: what led to what ---------------------------------------------------------------------------------------------- */

typedef enum demo_link_kind { DEMO_LINK_CONNECT, DEMO_LINK_BYTES, DEMO_LINK_END, DEMO_LINK_RESET } demo_link_kind;

/* What crossed from one side to the other: from the event that sent it to the one that found it. */
typedef struct demo_link {
    demo_link_kind kind;
    size_t from, to; /* numbers of events in the record */
    size_t bytes;    /* BYTES */
} demo_link;

#define DEMO_NONE SIZE_MAX

/* One event, or two of which one alone led to the other alone. */
typedef struct demo_row {
    size_t events[DEMO_SIDES]; /* DEMO_NONE for none on that side */
    size_t times;              /* how often in a row the event happened, alone or in turns with its neighbour */
} demo_row;

typedef struct demo_picture {
    const demo_record *record;
    size_t link_count, row_count;
    demo_link links[2 * DEMO_EVENTS_MAX];
    demo_row rows[DEMO_EVENTS_MAX];
    size_t row_of[DEMO_EVENTS_MAX]; /* by event; DEMO_NONE for one that only adds to the times of another */
    size_t lost[DEMO_EVENTS_MAX];   /* bytes of that send which nobody received */
} demo_picture;

/* Matches the record's events and puts them into rows: those of one side stand in the order in which they were told, and nothing stands above
 * what led to it. RECORD must outlive the picture. */
void demo_picture_make(demo_picture *picture, const demo_record *record);

/* The NUMBER-th (from 0) event of SIDE that is a successful OPERATION of the connection, or DEMO_NONE. */
size_t demo_event_find(const demo_picture *picture, demo_side side, pal_trace_operation operation, size_t number);

/* How many links begin at, or end at, an event. */
size_t demo_links_from(const demo_picture *picture, size_t event);
size_t demo_links_to(const demo_picture *picture, size_t event);

/* --- demo_words.c: what a row says -------------------------------------------------------------------------------------------------- */

/* "hello" in quotes, made fit for a terminal and cut where it is long; nothing for an event without bytes. */
void demo_bytes_append(lm_buffer *text, const demo_event *event);

/* "4 send 15 bytes": the step of the lesson and the call by its BSD name, with its result; or "message of 15 bytes". */
void demo_call_append(lm_buffer *text, const demo_event *event, size_t times);

/* What a side's step of the lesson is named, from number 1 on; NULL past the last. */
const char *demo_step_name(demo_side side, int number);

/* Parts TEXT, which is UTF-8 and may hold line endings, into lines of at most WIDTH characters (over 0), at blanks where it can. Gives the
 * next line's begin and size at *AT, its columns in *COLUMNS, and moves *AT on; false past the last. */
typedef struct demo_line {
    const uint8_t *bytes;
    size_t size, columns;
} demo_line;
bool demo_line_next(const lm_buffer *text, size_t width, size_t *at, demo_line *line);

/* --- demo_text.c and demo_svg.c: the picture ------------------------------------------------------------------------------------------ */

typedef struct demo_scene {
    const char *title, *introduction; /* plain text of our own */
    const demo_picture *picture;
    lm_buffer tale; /* what was seen, in words */
} demo_scene;

#define DEMO_WIDTH_MIN 44u
#define DEMO_WIDTH_MAX 100u

/* Appends the scene as text, WIDTH columns wide. */
void demo_text_append(lm_buffer *output, const demo_scene *scene, unsigned width);

/* The same as one SVG file: begin with all zero, add scenes, end; OUTPUT then holds the file. */
typedef struct demo_svg {
    lm_buffer body;
    unsigned y; /* where the next thing goes */
    unsigned scene_count;
} demo_svg;
void demo_svg_append(demo_svg *svg, const demo_scene *scene);
void demo_svg_end(demo_svg *svg, lm_buffer *output);

/* --- demo_run.c and demo_acts.c --------------------------------------------------------------------------------------------------- */

/* One thing that the client does when so many messages have come: it sends TEXT, or SIZE bytes of which TEXT is the letter, or ends its
 * sending half (TEXT NULL). */
typedef struct demo_step {
    size_t awaited;
    const char *text;
    size_t size; /* 0 for all of TEXT */
} demo_step;

/* How the client behaves: it does its steps, and closes when the server has ended; or it does no steps, but resets once the greeting
 * came, or closes without having received anything. */
typedef enum demo_manner { DEMO_CONVERSES, DEMO_RESETS, DEMO_LEAVES } demo_manner;

typedef struct demo_act {
    const char *title, *introduction;
    lm_framing_kind server_framing, client_framing;
    const char *greeting; /* "" for none */
    bool counts;          /* the server answers with how many bytes a message had, not with loop_msg:...! */
    bool shows_messages;  /* what the server's framing found is recorded too */
    demo_manner manner;
    const demo_step *steps;
    size_t step_count;
    demo_hold holds[DEMO_HOLDS];
    void (*tell)(const demo_picture *picture, lm_buffer *tale);
} demo_act;

/* Lets server and client converse, and records it. The code to exit with: EXIT_DONE, or one after telling what went wrong. */
int demo_act_run(const demo_act *act, demo_recorder *recorder);

typedef struct demo_scenario {
    const char *name; /* "" for the one without a name */
    const demo_act *acts;
    size_t act_count;
} demo_scenario;

extern const demo_scenario demo_scenarios[];
extern const size_t demo_scenario_count;

#endif
