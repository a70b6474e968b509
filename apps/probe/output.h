/* Prints a probe: lines for people, an object for programs. */
#ifndef APPS_PROBE_OUTPUT_H
#define APPS_PROBE_OUTPUT_H

#include "loopmsg/buffer.h"
#include "probe/run.h"

/* The result as one lower-case word. Static storage. */
const char *probe_result_name(probe_result result);

/* Appends a line for each phase, for people. */
void probe_phases_append(lm_buffer *output, const probe *self);

/* Appends the verdict as one line without its ending: "localhost:9999: refused; ..." */
void probe_verdict_append(lm_buffer *output, const probe *self);

/* Appends everything as one object on a line. */
void probe_json_append(lm_buffer *output, const probe *self);

#endif
