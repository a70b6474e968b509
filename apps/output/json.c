#include "output/json.h"

#include "loopmsg/text.h"
#include "output/units.h"
#include "pal/clock.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void value_begin(json *writer, const char *name) {
    if (writer->wants_comma)
        lm_buffer_append_text(writer->output, ",");
    if (name != NULL) {
        lm_text_json(writer->output, name, strlen(name));
        lm_buffer_append_text(writer->output, ":");
    }
    writer->wants_comma = true;
}

static void nest_begin(json *writer, const char *name, const char *bracket) {
    value_begin(writer, name);
    lm_buffer_append_text(writer->output, bracket);
    writer->wants_comma = false;
}

static void nest_end(json *writer, const char *bracket) {
    lm_buffer_append_text(writer->output, bracket);
    writer->wants_comma = true;
}

void json_object_begin(json *writer, const char *name) {
    nest_begin(writer, name, "{");
}

void json_object_end(json *writer) {
    nest_end(writer, "}");
}

void json_array_begin(json *writer, const char *name) {
    nest_begin(writer, name, "[");
}

void json_array_end(json *writer) {
    nest_end(writer, "]");
}

void json_bytes(json *writer, const char *name, const void *bytes, size_t size) {
    value_begin(writer, name);
    lm_text_json(writer->output, bytes, size);
}

void json_text(json *writer, const char *name, const char *text) {
    json_bytes(writer, name, text, strlen(text));
}

void json_number(json *writer, const char *name, uint64_t number) {
    char digits[UNIT_TEXT_SIZE];
    value_begin(writer, name);
    lm_buffer_append_text(writer->output, number_format(number, digits));
}

void json_signed(json *writer, const char *name, int64_t number) {
    char digits[UNIT_TEXT_SIZE];
    value_begin(writer, name);
    (void)snprintf(digits, sizeof digits, "%" PRId64, number);
    lm_buffer_append_text(writer->output, digits);
}

void json_boolean(json *writer, const char *name, bool value) {
    value_begin(writer, name);
    lm_buffer_append_text(writer->output, value ? "true" : "false");
}

void json_null(json *writer, const char *name) {
    value_begin(writer, name);
    lm_buffer_append_text(writer->output, "null");
}

void json_decimal(json *writer, const char *name, double number) {
    if (!(number >= -DBL_MAX && number <= DBL_MAX)) {
        json_null(writer, name);
        return;
    }
    char digits[UNIT_TEXT_SIZE];
    for (int precision = DBL_DIG; precision <= 17; precision++) { /* 17 are always enough for the 53 bits of a double */
        (void)snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    char *point = digits + strspn(digits, "0123456789+-e");
    if (*point != '\0')
        *point = '.'; /* some locales have a comma */
    value_begin(writer, name);
    lm_buffer_append_text(writer->output, digits);
}

/* Days since 1970 to a date. gmtime() is not safe with threads, and its safe forms differ between systems. Years begin in March
 * here, so that the leap day is the last; 400 years have 146097 days. */
static void date_of_days(int64_t days, int64_t *year, int *month, int *day) {
    const int64_t era_days = 146097;
    int64_t since_march_0000 = days + 719468;
    int64_t era = since_march_0000 / era_days;
    int64_t era_day = since_march_0000 % era_days;
    int64_t era_year = (era_day - era_day / 1460 + era_day / 36524 - era_day / (era_days - 1)) / 365;
    int64_t year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    int64_t march_month = (5 * year_day + 2) / 153;
    *day = (int)(year_day - (153 * march_month + 2) / 5) + 1;
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = era * 400 + era_year + (*month <= 2 ? 1 : 0);
}

static void wall_time_format(int64_t wall_ns, char *buffer, size_t size) {
    if (wall_ns < 0) /* the division needs a positive number, and a clock before 1970 is wrong anyway */
        wall_ns = 0;
    int64_t microseconds = wall_ns / (int64_t)PAL_MICROSECOND_NS;
    int64_t seconds = microseconds / 1000000;
    int64_t day_second = seconds % 86400;
    int64_t year;
    int month, day;
    date_of_days(seconds / 86400, &year, &month, &day);
    (void)snprintf(buffer, size, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day, (int)(day_second / 3600),
                   (int)(day_second / 60 % 60), (int)(day_second % 60), (int)(microseconds % 1000000));
}

void json_time(json *writer, const char *name, int64_t wall_ns) {
    char time[48];
    wall_time_format(wall_ns, time, sizeof time);
    json_text(writer, name, time);
}

void json_event_begin(json *writer, lm_buffer *output, const char *event) {
    assert(event != NULL);
    *writer = (json){.output = output};
    json_object_begin(writer, NULL);
    json_time(writer, "time", pal_clock_wall_ns());
    json_text(writer, "event", event);
}

void json_event_end(json *writer) {
    json_object_end(writer);
    lm_buffer_append_text(writer->output, "\n");
}
