/* Matches the events of a record by cause and effect, and puts them into rows. */
#ifndef APPS_DEMO_PICTURE_H
#define APPS_DEMO_PICTURE_H

#include "demo/record.h"

#include <stddef.h>
#include <stdint.h>

typedef enum demo_link_kind { DEMO_LINK_CONNECT, DEMO_LINK_BYTES, DEMO_LINK_END, DEMO_LINK_RESET } demo_link_kind;

/* What crossed between the sides: from the event that sent it to the event that received it. */
typedef struct demo_link {
    demo_link_kind kind;
    size_t from, to; /* numbers of events in the record */
    size_t bytes;    /* BYTES */
} demo_link;

#define DEMO_NONE SIZE_MAX

/* One event, or a cause and its only effect. */
typedef struct demo_row {
    size_t events[DEMO_SIDES]; /* DEMO_NONE for none on that side */
    size_t times;              /* how often the event was repeated, alone or in turns with the next row */
} demo_row;

typedef struct demo_picture {
    const demo_record *record;
    size_t link_count, row_count;
    demo_link links[2 * DEMO_EVENTS_MAX];
    demo_row rows[DEMO_EVENTS_MAX];
    size_t row_of[DEMO_EVENTS_MAX]; /* by event; DEMO_NONE if it is counted in the times of another */
    size_t lost[DEMO_EVENTS_MAX];   /* bytes of that send which nobody received */
} demo_picture;

/* Matches the record's events and puts them into rows. Events of one side keep their recorded order, and no event is above its
 * cause. RECORD must outlive the picture. */
void demo_picture_make(demo_picture *picture, const demo_record *record);

/* The NUMBER-th (from 0) event of SIDE that is a successful OPERATION of the connection, or DEMO_NONE. */
size_t demo_event_find(const demo_picture *picture, demo_side side, pal_trace_operation operation, size_t number);

/* How many links start at an event. */
size_t demo_links_from(const demo_picture *picture, size_t event);

#endif
