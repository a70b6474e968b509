/* A server's events as lines of text or JSON on standard output, and its failures on standard error. Each lane gathers its lines in
 * its own buffer and writes them whole at the end of a loop pass, so that workers neither mix lines nor wait for each other. They
 * wait for the reader of standard output: no line is lost, and memory is bounded. */
#ifndef APPS_SERVE_TRANSCRIPT_H
#define APPS_SERVE_TRANSCRIPT_H

#include "loopmsg/buffer.h"
#include "loopmsg/server.h"
#include "output/line_writer.h"
#include "pal/status.h"

#include <stdbool.h>

typedef enum transcript_style { TRANSCRIPT_TEXT, TRANSCRIPT_JSON, TRANSCRIPT_QUIET } transcript_style;

/* A cache line each, because different processors write the lanes all the time. */
typedef struct transcript_lane {
    _Alignas(64) lm_buffer lines;
} transcript_lane;

typedef struct serve_transcript {
    transcript_style style;
    const lm_server_settings *settings; /* for the limits in messages about failures */
    transcript_lane lanes[LM_THREADS_MAX + 1];
    line_writer writer; /* open unless quiet */
} serve_transcript;

/* SETTINGS must outlive the transcript. The transcript must not move. Errors: NO_MEMORY, OTHER. */
pal_error transcript_open(serve_transcript *transcript, transcript_style style, const lm_server_settings *settings);

/* The server stops: from now on it waits for the reader no longer than for answers in flight. Any thread. */
void transcript_hurry(serve_transcript *transcript);

/* Waits until the last line is written. Sets *IS_WHOLE to whether every line was. Returns false if a write still blocks because
 * nobody reads: then the process must end with pal_process_exit. */
bool transcript_close(serve_transcript *transcript, bool *is_whole);

/* Writes that the server is ready: "waiting for connection...", or a JSON event for each address. Call it before the server
 * runs. */
void transcript_begin(serve_transcript *transcript, const pal_address *addresses, size_t count);

/* To be called from lm_server_settings.event and .events_done. */
void transcript_event(serve_transcript *transcript, const lm_event *event);
void transcript_events_done(serve_transcript *transcript, unsigned lane);

#endif
