/* JSON, read piece by piece by somebody who knows what must come next (RFC 8259). Nothing is kept but the last text, so a document of any
 * size costs no more than its bytes. The first thing that is not as it must be ends the reading: it is told in `failure`, and from then on
 * every call is false. One thread at a time. */
#ifndef APPS_OUTPUT_JSON_READER_H
#define APPS_OUTPUT_JSON_READER_H

#include "loopmsg/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 64      /* objects and arrays inside each other */
#define JSON_NAME_SIZE 32      /* of a member's name, as far as a failure quotes it */
#define JSON_FAILURE_SIZE 1024 /* holds every failure */

/* An object or array that is being read. */
typedef struct json_level {
    bool is_array;
    size_t count;              /* of its members or elements that were begun */
    char name[JSON_NAME_SIZE]; /* of the last member */
} json_level;

typedef struct json_reader {
    const uint8_t *bytes;
    size_t size, at;
    size_t value_at; /* where the last value or name began */
    size_t depth;
    json_level levels[JSON_DEPTH_MAX];
    lm_buffer text; /* the last text or name, terminated */
    bool has_failed;
    char failure[JSON_FAILURE_SIZE]; /* "line 1, column 7 (servers[0].address): expected a text, found 5", once it has failed */
} json_reader;

/* Reads SIZE bytes of UTF-8, which must outlive the reader; a byte order mark before them is passed over. */
void json_reader_open(json_reader *reader, const void *bytes, size_t size);
void json_reader_close(json_reader *reader);

/* Each takes what must come next; false when something else does. */
bool json_read_object(json_reader *reader);
bool json_read_array(json_reader *reader);
bool json_read_boolean(json_reader *reader, bool *value);

/* A number without a fraction or an exponent, MINIMUM to MAXIMUM. */
bool json_read_integer(json_reader *reader, int64_t minimum, int64_t maximum, int64_t *value);

/* *TEXT is valid until the next call. A text with U+0000 in it fails: *TEXT ends with it. */
bool json_read_text(json_reader *reader, const char **text);

/* Takes a null; false, and nothing has failed, when something else comes. */
bool json_read_null(json_reader *reader);

/* The next member of the object, or element of the array, that was begun last and not yet ended: true when there is one, whose value is to
 * be read now. False at its end, which it takes, and when it has failed. *NAME is valid until the next call. */
bool json_read_member(json_reader *reader, const char **name);
bool json_read_element(json_reader *reader);

/* Passes over one value of any kind. */
bool json_skip(json_reader *reader);

/* Nothing but blanks follows. */
bool json_read_end(json_reader *reader);

/* Fails because of what the last value or name says; MESSAGE is a sentence without an end. Returns false. */
bool json_read_fail(json_reader *reader, const char *message);

#endif
