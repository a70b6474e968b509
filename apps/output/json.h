/* JSON, written member by member into a buffer (RFC 8259). Any thread. */
#ifndef APPS_OUTPUT_JSON_H
#define APPS_OUTPUT_JSON_H

#include "loopmsg/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct json {
    lm_buffer *output;
    bool wants_comma; /* before the next member or element */
} json;

/* Opens and closes an object or array. Here and below, NAME is NULL at the top and inside an array. */
void json_object_begin(json *writer, const char *name);
void json_object_end(json *writer);
void json_array_begin(json *writer, const char *name);
void json_array_end(json *writer);

void json_bytes(json *writer, const char *name, const void *bytes, size_t size);
void json_text(json *writer, const char *name, const char *text);
void json_number(json *writer, const char *name, uint64_t number);
void json_signed(json *writer, const char *name, int64_t number);
void json_boolean(json *writer, const char *name, bool value);
void json_null(json *writer, const char *name);

/* In the fewest digits that read back as the same double, with a point in every locale. Null if not finite: JSON has no number for
 * that. */
void json_decimal(json *writer, const char *name, double number);

/* Nanoseconds since 1970 as the time of day in UTC: "2026-01-31T12:00:00.123456Z" (RFC 3339, cut to microseconds). */
void json_time(json *writer, const char *name, int64_t wall_ns);

/* An event is one object on its own line. Opens it: {"time":"2026-01-31T12:00:00.123456Z","event":EVENT */
void json_event_begin(json *writer, lm_buffer *output, const char *event);
void json_event_end(json *writer);

#endif
