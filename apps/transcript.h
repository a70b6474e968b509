/* What a server tells, as lines of text or JSON on standard output, and its failures on standard error. Each lane gathers its lines in a
 * buffer of its own and writes them whole at the end of a loop pass, so that workers neither mix lines nor wait for each other. */
#ifndef APPS_TRANSCRIPT_H
#define APPS_TRANSCRIPT_H

#include "loopmsg/buffer.h"
#include "loopmsg/server.h"
#include "pal/thread.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum transcript_style { TRANSCRIPT_TEXT, TRANSCRIPT_JSON, TRANSCRIPT_QUIET } transcript_style;

/* A cache line each, because the lanes are written by different processors all the time. */
typedef struct transcript_lane {
    _Alignas(64) lm_buffer lines;
} transcript_lane;

typedef struct serve_transcript {
    transcript_style style;
    const lm_server_settings *settings; /* for the limits that failures name */
    transcript_lane lanes[LM_THREADS_MAX + 1];
    pal_mutex mutex; /* guards has_failed */
    bool has_failed; /* standard output takes nothing more */
} serve_transcript;

/* SETTINGS must outlive the transcript, which must not move. */
void transcript_open(serve_transcript *transcript, transcript_style style, const lm_server_settings *settings);
void transcript_close(serve_transcript *transcript);

/* Writes that the server is ready: "waiting for connection...", or a JSON event for each address. Before the server runs. */
void transcript_begin(serve_transcript *transcript, const pal_address *addresses, size_t count);

/* For lm_server_settings.event and .events_done, through functions that know the transcript from their context. */
void transcript_event(serve_transcript *transcript, const lm_event *event);
void transcript_events_done(serve_transcript *transcript, unsigned lane);

/* Whether all of it could be written. When the server has run to its end. */
bool transcript_is_whole(serve_transcript *transcript);

#endif
