/* What a server tells, as lines of text or JSON on standard output, and its failures on standard error. Each lane gathers its lines in a
 * buffer of its own and hands them over whole at the end of a loop pass, so that workers neither mix lines nor wait for each other. They wait
 * for who reads standard output: no line is lost, and none is gathered without bound. */
#ifndef APPS_SERVE_TRANSCRIPT_H
#define APPS_SERVE_TRANSCRIPT_H

#include "loopmsg/buffer.h"
#include "loopmsg/server.h"
#include "output/line_writer.h"
#include "pal/status.h"

#include <stdbool.h>

typedef enum transcript_style { TRANSCRIPT_TEXT, TRANSCRIPT_JSON, TRANSCRIPT_QUIET } transcript_style;

/* A cache line each, because the lanes are written by different processors all the time. */
typedef struct transcript_lane {
    _Alignas(64) lm_buffer lines;
} transcript_lane;

typedef struct serve_transcript {
    transcript_style style;
    const lm_server_settings *settings; /* for the limits that failures name */
    transcript_lane lanes[LM_THREADS_MAX + 1];
    line_writer writer; /* open unless quiet */
} serve_transcript;

/* SETTINGS must outlive the transcript, which must not move. Errors: NO_MEMORY, OTHER. */
pal_error transcript_open(serve_transcript *transcript, transcript_style style, const lm_server_settings *settings);

/* The server is to end: nobody waits for a reader any longer than for answers in flight. Any thread. */
void transcript_hurry(serve_transcript *transcript);

/* Waits for the last line to be written. *IS_WHOLE tells whether every line was. False when the system still holds one that nobody reads: then
 * the process must end by pal_process_exit. */
bool transcript_close(serve_transcript *transcript, bool *is_whole);

/* Writes that the server is ready: "waiting for connection...", or a JSON event for each address. Before the server runs. */
void transcript_begin(serve_transcript *transcript, const pal_address *addresses, size_t count);

/* For lm_server_settings.event and .events_done, through functions that know the transcript from their context. */
void transcript_event(serve_transcript *transcript, const lm_event *event);
void transcript_events_done(serve_transcript *transcript, unsigned lane);

#endif
