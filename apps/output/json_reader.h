/* JSON (RFC 8259), read piece by piece by a caller that knows what comes next. Keeps only the last text, so a document of any size
 * needs no other memory. The first error is described in `failure`; after it every function returns false. One thread at a time. */
#ifndef APPS_OUTPUT_JSON_READER_H
#define APPS_OUTPUT_JSON_READER_H

#include "loopmsg/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 64      /* objects and arrays inside each other */
#define JSON_NAME_SIZE 32      /* of a member's name in a failure; longer names are cut */
#define JSON_FAILURE_SIZE 1024 /* holds every failure */

/* An object or array that is being read. */
typedef struct json_level {
    bool is_array;
    size_t count;              /* members or elements so far */
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

/* Reads SIZE bytes of UTF-8, which must outlive the reader. Skips a byte order mark. */
void json_reader_open(json_reader *reader, const void *bytes, size_t size);
void json_reader_close(json_reader *reader);

/* Each reads the next value. False, with a failure, if it is of another kind. */
bool json_read_object(json_reader *reader);
bool json_read_array(json_reader *reader);
bool json_read_boolean(json_reader *reader, bool *value);

/* A number from MINIMUM to MAXIMUM, without fraction or exponent. */
bool json_read_integer(json_reader *reader, int64_t minimum, int64_t maximum, int64_t *value);

/* *TEXT is valid until the next call. A text that contains U+0000 is an error, because it ends *TEXT. */
bool json_read_text(json_reader *reader, const char **text);

/* Reads a null. False, without a failure, if the next value is another. */
bool json_read_null(json_reader *reader);

/* Moves to the next member of the current object, or element of the current array; read its value next. False at the end, which it
 * reads, and on failure. *NAME is valid until the next call. */
bool json_read_member(json_reader *reader, const char **name);
bool json_read_element(json_reader *reader);

/* Skips one value of any kind. */
bool json_skip(json_reader *reader);

/* True if only blanks follow. */
bool json_read_end(json_reader *reader);

/* Fails at the last value or name; MESSAGE is a sentence without a full stop. Returns false. */
bool json_read_fail(json_reader *reader, const char *message);

#endif
