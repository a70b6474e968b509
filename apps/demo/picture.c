/* Finds what led to what. Two threads record, and the one that is woken may record first. So only the order within a side is
 * reliable; between the sides, the order of the bytes decides. */
#include "demo/picture.h"

#include <assert.h>
#include <string.h>

/* --- links -------------------------------------------------------------------------------------------------------------------- */

static demo_side other_of(demo_side side) {
    return side == DEMO_SERVER ? DEMO_CLIENT : DEMO_SERVER;
}

static size_t accept_find(const demo_record *record) {
    for (size_t i = 0; i < record->count; i++) {
        const demo_event *event = &record->events[i];
        if (!event->is_message && event->operation == PAL_TRACE_ACCEPT && event->accepted != 0)
            return i;
    }
    return DEMO_NONE;
}

/* True if the event is on SIDE's socket of the connection. The server has other sockets too. */
static bool is_of_connection(const demo_record *record, const demo_event *event, demo_side side) {
    if (event->is_message || event->side != side)
        return false;
    if (side == DEMO_CLIENT)
        return true;
    size_t accept = accept_find(record);
    return accept != DEMO_NONE && event->role == PAL_TRACE_ACCEPTED && event->socket == record->events[accept].accepted;
}

static void link_add(demo_picture *picture, demo_link_kind kind, size_t from, size_t to, size_t bytes) {
    assert(picture->link_count < sizeof picture->links / sizeof picture->links[0]);
    if (from != DEMO_NONE && to != DEMO_NONE)
        picture->links[picture->link_count++] = (demo_link){.kind = kind, .from = from, .to = to, .bytes = bytes};
}

static bool moves_bytes(const demo_record *record, size_t number, demo_side side, pal_trace_operation operation) {
    const demo_event *event = &record->events[number];
    return is_of_connection(record, event, side) && event->operation == operation && event->done > 0;
}

/* A stream delivers bytes in the order in which they were sent: the bytes of the first send go to the first receive, and so on. */
static void bytes_link(demo_picture *picture, demo_side from_side) {
    const demo_record *record = picture->record;
    demo_side to_side = other_of(from_side);
    size_t to = 0;
    size_t room = 0; /* of the receive TO, not yet accounted for */
    for (size_t from = 0; from < record->count; from++) {
        if (!moves_bytes(record, from, from_side, PAL_TRACE_SEND))
            continue;
        size_t left = record->events[from].done;
        while (left > 0) {
            while (room == 0 && to < record->count) {
                if (moves_bytes(record, to, to_side, PAL_TRACE_RECEIVE))
                    room = record->events[to].done;
                to++;
            }
            if (room == 0)
                break;
            size_t bytes = left < room ? left : room;
            link_add(picture, DEMO_LINK_BYTES, from, to - 1, bytes);
            left -= bytes;
            room -= bytes;
        }
        picture->lost[from] = left;
    }
}

/* The first event of SIDE's connection that IS_SO, or DEMO_NONE. */
static size_t first_of(const demo_record *record, demo_side side, bool (*is_so)(const demo_event *event)) {
    for (size_t i = 0; i < record->count; i++) {
        if (is_of_connection(record, &record->events[i], side) && is_so(&record->events[i]))
            return i;
    }
    return DEMO_NONE;
}

static bool is_connect(const demo_event *event) {
    return event->operation == PAL_TRACE_CONNECT && event->error.status == PAL_OK; /* also a pending one: it asks */
}

static bool is_own_end(const demo_event *event) {
    return event->operation == PAL_TRACE_SHUTDOWN || event->operation == PAL_TRACE_CLOSE;
}

static bool is_end_seen(const demo_event *event) {
    return event->operation == PAL_TRACE_RECEIVE && event->error.status == PAL_END;
}

static bool is_own_reset(const demo_event *event) {
    return event->operation == PAL_TRACE_RESET;
}

static bool is_own_close(const demo_event *event) {
    return event->operation == PAL_TRACE_CLOSE;
}

static bool is_reset_seen(const demo_event *event) {
    return event->error.status == PAL_RESET;
}

static void ends_link(demo_picture *picture, demo_side from_side) {
    const demo_record *record = picture->record;
    demo_side to_side = other_of(from_side);
    link_add(picture, DEMO_LINK_END, first_of(record, from_side, is_own_end), first_of(record, to_side, is_end_seen), 0);
    size_t reset = first_of(record, from_side, is_own_reset);
    if (reset == DEMO_NONE) /* a close that leaves bytes unread also resets */
        reset = first_of(record, from_side, is_own_close);
    link_add(picture, DEMO_LINK_RESET, reset, first_of(record, to_side, is_reset_seen), 0);
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

static size_t next_of(const demo_record *record, demo_side side, size_t from) {
    while (from < record->count && record->events[from].side != side)
        from++;
    return from;
}

/* True if every cause of the event has its row. */
static bool is_possible(const demo_picture *picture, size_t event) {
    for (size_t i = 0; i < picture->link_count; i++) {
        if (picture->links[i].to == event && picture->row_of[picture->links[i].from] == DEMO_NONE)
            return false;
    }
    return true;
}

static void event_place(demo_picture *picture, size_t event, size_t row) {
    picture->rows[row].events[picture->record->events[event].side] = event;
    picture->row_of[event] = row;
}

/* True if anything sent before FROM, in the same direction, is still on its way. */
static bool is_on_the_way(const demo_picture *picture, size_t from) {
    for (size_t i = 0; i < picture->link_count; i++) {
        const demo_link *link = &picture->links[i];
        bool is_same_way = picture->record->events[link->from].side == picture->record->events[from].side;
        if (link->from != from && is_same_way && picture->row_of[link->from] != DEMO_NONE && picture->row_of[link->to] == DEMO_NONE)
            return true;
    }
    return false;
}

static size_t links_to(const demo_picture *picture, size_t event) {
    size_t count = 0;
    for (size_t i = 0; i < picture->link_count; i++)
        count += picture->links[i].to == event;
    return count;
}

static bool is_free(const demo_picture *picture, size_t event) {
    return demo_links_from(picture, event) + links_to(picture, event) == 0;
}

/* The event to put beside EVENT, or DEMO_NONE. It is EVENT's only effect and has no other cause, and events of its side before it,
 * from NEXT on, have no links. */
static size_t partner_of(const demo_picture *picture, size_t event, size_t next) {
    if (demo_links_from(picture, event) != 1 || is_on_the_way(picture, event) || picture->lost[event] > 0)
        return DEMO_NONE;
    size_t partner = DEMO_NONE;
    for (size_t i = 0; i < picture->link_count; i++)
        partner = picture->links[i].from == event ? picture->links[i].to : partner;
    assert(partner != DEMO_NONE);
    if (links_to(picture, partner) != 1 || demo_links_from(picture, partner) != 0)
        return DEMO_NONE;
    demo_side side = picture->record->events[partner].side;
    while (next < partner && is_free(picture, next))
        next = next_of(picture->record, side, next + 1);
    return next == partner ? partner : DEMO_NONE;
}

/* True for two calls without links that look the same in the picture. */
static bool is_repetition(const demo_picture *picture, size_t first, size_t second) {
    const demo_event *one = &picture->record->events[first];
    const demo_event *other = &picture->record->events[second];
    return !one->is_message && !other->is_message && one->operation == other->operation && one->role == other->role &&
           one->is_pending == other->is_pending && one->error.status == other->error.status && one->done + other->done == 0 &&
           is_free(picture, first) && is_free(picture, second);
}

/* How often the PERIOD (1 or 2) events of one side from EVENT on are repeated. Sets *END behind the last of them. */
static size_t repetitions(const demo_picture *picture, size_t event, size_t period, size_t *end) {
    const demo_record *record = picture->record;
    demo_side side = record->events[event].side;
    size_t count = 0;
    size_t pattern = event;
    size_t at = event;
    for (; at < record->count && is_repetition(picture, pattern, at); at = next_of(record, side, at + 1)) {
        bool is_period_full = ++count % period == 0;
        if (is_period_full)
            *end = at + 1;
        pattern = is_period_full ? event : next_of(record, side, pattern + 1);
    }
    return count / period;
}

/* The next events of both sides while rows are made. */
typedef struct row_maker {
    demo_picture *picture;
    size_t next[DEMO_SIDES];
} row_maker;

static size_t row_add(row_maker *self, demo_side side, size_t times) {
    demo_picture *picture = self->picture;
    size_t event = self->next[side];
    picture->rows[picture->row_count] = (demo_row){.events = {DEMO_NONE, DEMO_NONE}, .times = times};
    event_place(picture, event, picture->row_count++);
    self->next[side] = next_of(picture->record, side, event + 1);
    return event;
}

/* Adds the next event of SIDE. Repeated calls are added once: Windows keeps several accepts pending, each with its own new
 * socket. */
static void rows_add(row_maker *self, demo_side side) {
    demo_picture *picture = self->picture;
    for (size_t period = 1; period <= 2; period++) {
        size_t end = 0;
        size_t times = repetitions(picture, self->next[side], period, &end);
        if (times < 2)
            continue;
        for (size_t i = 0; i < period; i++)
            row_add(self, side, times);
        self->next[side] = next_of(picture->record, side, end);
        return;
    }
    (void)row_add(self, side, 1);
}

/* Adds the next event of SIDE, and its partner on the other side if it has one. */
static void rows_add_with_partner(row_maker *self, demo_side side) {
    demo_picture *picture = self->picture;
    demo_side other = other_of(side);
    size_t event = self->next[side];
    size_t partner = partner_of(picture, event, self->next[other]);
    while (partner != DEMO_NONE && self->next[other] != partner)
        rows_add(self, other);
    rows_add(self, side);
    if (partner == DEMO_NONE)
        return;
    event_place(picture, partner, picture->row_of[event]);
    self->next[other] = next_of(picture->record, other, partner + 1);
}

static void rows_make(demo_picture *picture) {
    const demo_record *record = picture->record;
    row_maker maker = {.picture = picture, .next = {next_of(record, DEMO_SERVER, 0), next_of(record, DEMO_CLIENT, 0)}};
    while (maker.next[DEMO_SERVER] < record->count || maker.next[DEMO_CLIENT] < record->count) {
        demo_side side = maker.next[DEMO_SERVER] < maker.next[DEMO_CLIENT] ? DEMO_SERVER : DEMO_CLIENT; /* as recorded */
        demo_side other = other_of(side);
        bool is_other_possible = maker.next[other] < record->count && is_possible(picture, maker.next[other]);
        rows_add_with_partner(&maker, !is_possible(picture, maker.next[side]) && is_other_possible ? other : side);
    }
}

void demo_picture_make(demo_picture *picture, const demo_record *record) {
    memset(picture, 0, sizeof *picture);
    picture->record = record;
    for (size_t i = 0; i < DEMO_EVENTS_MAX; i++)
        picture->row_of[i] = DEMO_NONE;
    link_add(picture, DEMO_LINK_CONNECT, first_of(record, DEMO_CLIENT, is_connect), accept_find(record), 0);
    for (int side = DEMO_SERVER; side < DEMO_SIDES; side++) {
        bytes_link(picture, (demo_side)side);
        ends_link(picture, (demo_side)side);
    }
    rows_make(picture);
}

/* --- questions ---------------------------------------------------------------------------------------------------------------- */

size_t demo_event_find(const demo_picture *picture, demo_side side, pal_trace_operation operation, size_t number) {
    const demo_record *record = picture->record;
    for (size_t i = 0; i < record->count; i++) {
        const demo_event *event = &record->events[i];
        bool is_one = is_of_connection(record, event, side) && event->operation == operation && !event->is_pending &&
                      event->error.status == PAL_OK;
        if (is_one && number-- == 0)
            return i;
    }
    return DEMO_NONE;
}

size_t demo_links_from(const demo_picture *picture, size_t event) {
    size_t count = 0;
    for (size_t i = 0; i < picture->link_count; i++)
        count += picture->links[i].from == event;
    return count;
}
