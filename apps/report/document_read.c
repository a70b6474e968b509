#include "report/document_read.h"

#include "output/json_reader.h"
#include "pal/system.h"
#include "report/document.h"
#include "report/report.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct document_reader {
    json_reader json;
    bench_document *document;
    bool has_no_memory;
} document_reader;

/* A member other than a number; FIELD is the destination. */
typedef struct document_part {
    const char *name;
    bool (*read)(document_reader *reader, void *field);
    size_t offset;
} document_part;

/* The members of an object: each exactly once, and no others; at most 64. */
typedef struct document_shape {
    const document_counts *counts;
    const document_part *parts;
    size_t part_count;
} document_shape;

#define SHAPE_OF(counts, parts)                                                                                                    \
    { (counts), (parts), sizeof(parts) / sizeof((parts)[0]) }

static void *place(void *object, size_t offset) {
    return (unsigned char *)object + offset;
}

static bool count_read(document_reader *reader, const document_count *row, void *object) {
    uint64_t number = 0;
    int64_t given;
    if (!row->is_optional || !json_read_null(&reader->json)) {
        int64_t minimum = (int64_t)row->minimum;
        if (!json_read_integer(&reader->json, minimum, (int64_t)DOCUMENT_NUMBER_MAX, &given))
            return false;
        number = (uint64_t)given;
    }
    memcpy(place(object, row->offset), &number, sizeof number);
    return true;
}

/* The number of the member: first counts, then parts; past the last if there is no such member. */
static size_t member_find(const document_shape *shape, const char *name) {
    for (size_t i = 0; i < shape->counts->count; i++) {
        if (strcmp(shape->counts->rows[i].name, name) == 0)
            return i;
    }
    size_t i = 0;
    while (i < shape->part_count && strcmp(shape->parts[i].name, name) != 0)
        i++;
    return shape->counts->count + i;
}

static const char *member_name(const document_shape *shape, size_t member) {
    size_t count = shape->counts->count;
    return member < count ? shape->counts->rows[member].name : shape->parts[member - count].name;
}

static bool member_read(document_reader *reader, const document_shape *shape, size_t member, void *object) {
    size_t count = shape->counts->count;
    if (member < count)
        return count_read(reader, &shape->counts->rows[member], object);
    const document_part *part = &shape->parts[member - count];
    return part->read(reader, place(object, part->offset));
}

static bool object_read(document_reader *reader, const document_shape *shape, void *object) {
    json_reader *json = &reader->json;
    size_t member_count = shape->counts->count + shape->part_count;
    assert(member_count <= 64);
    uint64_t seen = 0;
    const char *name;
    if (!json_read_object(json))
        return false;
    while (json_read_member(json, &name)) {
        size_t member = member_find(shape, name);
        if (member == member_count)
            return json_read_fail(json, "this member is unknown");
        if ((seen >> member & 1) != 0)
            return json_read_fail(json, "this member is given twice");
        seen |= UINT64_C(1) << member;
        if (!member_read(reader, shape, member, object))
            return false;
    }
    for (size_t i = 0; i < member_count && !json->has_failed; i++) {
        if ((seen >> i & 1) != 0)
            continue;
        char message[96];
        (void)snprintf(message, sizeof message, "the member \"%s\" is missing", member_name(shape, i));
        return json_read_fail(json, message);
    }
    return !json->has_failed;
}

/* --- parts of several objects ------------------------------------------------------------------------------------------------- */

static bool skip_part(document_reader *reader, void *field) {
    (void)field;
    return json_skip(&reader->json);
}

static bool text_part(document_reader *reader, void *field) {
    const char *text;
    if (!json_read_text(&reader->json, &text))
        return false;
    const char *kept = document_text_keep(reader->document, text);
    reader->has_no_memory = reader->has_no_memory || kept == NULL;
    memcpy(field, &kept, sizeof kept);
    return kept != NULL;
}

static bool text_or_null_part(document_reader *reader, void *field) {
    const char *none = "";
    memcpy(field, &none, sizeof none);
    return json_read_null(&reader->json) || text_part(reader, field);
}

static bool boolean_part(document_reader *reader, void *field) {
    return json_read_boolean(&reader->json, field);
}

static bool no_boolean_part(document_reader *reader, void *field) {
    bool *value = field;
    if (!json_read_boolean(&reader->json, value))
        return false;
    *value = !*value;
    return true;
}

static bool integer_read(document_reader *reader, int64_t minimum, int64_t maximum, int *field) {
    int64_t value;
    if (!json_read_integer(&reader->json, minimum, maximum, &value))
        return false;
    *field = (int)value;
    return true;
}

static bool byte_part(document_reader *reader, void *field) {
    return integer_read(reader, 0, 255, field);
}

static bool byte_or_null_part(document_reader *reader, void *field) {
    int *value = field;
    *value = -1;
    return json_read_null(&reader->json) || byte_part(reader, field);
}

/* A number of 64 bits, written as text. */
static bool number_text_read(document_reader *reader, uint64_t maximum, uint64_t *value) {
    const char *text;
    if (!json_read_text(&reader->json, &text))
        return false;
    uint64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (number > (maximum - digit) / 10)
            break;
        number = number * 10 + digit;
    }
    *value = number;
    return at != text && *at == '\0' ? true : json_read_fail(&reader->json, "the text is not a number of at most 64 bits");
}

static bool word_refuse(document_reader *reader) {
    return json_read_fail(&reader->json, "this word is unknown here");
}

/* One of the COUNT words that NAME_OF returns for 0, 1, 2 ... */
static bool word_read(document_reader *reader, const char *(*name_of)(int), int count, int *value) {
    const char *text;
    if (!json_read_text(&reader->json, &text))
        return false;
    for (*value = 0; *value < count; ++*value) {
        if (strcmp(name_of(*value), text) == 0)
            return true;
    }
    return word_refuse(reader);
}

/* --- a phase ------------------------------------------------------------------------------------------------------------------ */

static const document_count histogram_rows[] = {
    {.name = "total", .offset = offsetof(lm_histogram, total)},
    {.name = "min_ns", .offset = offsetof(lm_histogram, min_ns), .is_optional = true},
    {.name = "max_ns", .offset = offsetof(lm_histogram, max_ns), .is_optional = true},
};
static const document_counts histogram_counts = {histogram_rows, sizeof histogram_rows / sizeof histogram_rows[0]};

/* [lowest value, count], in a bucket not below *NEXT. */
static bool bucket_read(document_reader *reader, lm_histogram *histogram, size_t *next) {
    json_reader *json = &reader->json;
    int64_t lowest_ns, count;
    if (!json_read_array(json))
        return false;
    if (!json_read_element(json))
        return json_read_fail(json, "the bucket has no value");
    if (!json_read_integer(json, 0, (int64_t)LM_HISTOGRAM_MAX_NS, &lowest_ns))
        return false;
    size_t bucket = lm_histogram_bucket((uint64_t)lowest_ns);
    if (lm_histogram_bucket_lowest_ns(bucket) != (uint64_t)lowest_ns)
        return json_read_fail(json, "no bucket begins with this value");
    if (bucket < *next)
        return json_read_fail(json, "the buckets do not ascend");
    if (!json_read_element(json))
        return json_read_fail(json, "the bucket has no count");
    if (!json_read_integer(json, 1, (int64_t)DOCUMENT_NUMBER_MAX, &count))
        return false;
    histogram->counts[bucket] = (uint64_t)count;
    *next = bucket + 1;
    return json_read_element(json) ? json_read_fail(json, "the bucket has more than a value and a count") : !json->has_failed;
}

static bool buckets_part(document_reader *reader, void *field) {
    size_t next = 0;
    if (!json_read_array(&reader->json))
        return false;
    while (json_read_element(&reader->json)) {
        if (!bucket_read(reader, field, &next))
            return false;
    }
    return !reader->json.has_failed;
}

/* All functions of a histogram rely on this. */
static bool histogram_is_whole(const lm_histogram *histogram) {
    uint64_t sum = 0;
    size_t first = LM_HISTOGRAM_BUCKETS, last = 0;
    for (size_t i = 0; i < LM_HISTOGRAM_BUCKETS && sum <= DOCUMENT_NUMBER_MAX; i++) {
        if (histogram->counts[i] == 0)
            continue;
        first = first == LM_HISTOGRAM_BUCKETS ? i : first;
        last = i;
        sum += histogram->counts[i];
    }
    if (sum == 0)
        return histogram->total == 0 && histogram->min_ns == 0 && histogram->max_ns == 0;
    return sum == histogram->total && histogram->min_ns <= histogram->max_ns && histogram->max_ns <= LM_HISTOGRAM_MAX_NS &&
           lm_histogram_bucket(histogram->min_ns) == first && lm_histogram_bucket(histogram->max_ns) == last;
}

static bool histogram_part(document_reader *reader, void *field) {
    static const document_part parts[] = {{"mean_ns", skip_part, 0},   {"p50_ns", skip_part, 0},   {"p90_ns", skip_part, 0},
                                          {"p99_ns", skip_part, 0},    {"p99_9_ns", skip_part, 0}, {"p99_99_ns", skip_part, 0},
                                          {"buckets", buckets_part, 0}};
    static const document_shape shape = SHAPE_OF(&histogram_counts, parts);
    if (!object_read(reader, &shape, field))
        return false;
    return histogram_is_whole(field) ? true
                                     : json_read_fail(&reader->json, "total, min_ns and max_ns are not those of the buckets");
}

static bool begin_part(document_reader *reader, void *field) {
    uint64_t begin_ns = 0;
    if (!json_read_null(&reader->json) && !number_text_read(reader, INT64_MAX, &begin_ns))
        return false;
    *(int64_t *)field = (int64_t)begin_ns;
    return true;
}

static bool errors_part(document_reader *reader, void *field) {
    static const document_part parts[] = {{"total", skip_part, 0}};
    document_count rows[LM_LOAD_ERROR_COUNT];
    for (size_t i = 0; i < LM_LOAD_ERROR_COUNT; i++)
        rows[i] = (document_count){.name = lm_load_error_name((lm_load_error)i), .offset = i * sizeof(uint64_t)};
    document_counts counts = {rows, LM_LOAD_ERROR_COUNT};
    document_shape shape = SHAPE_OF(&counts, parts);
    return object_read(reader, &shape, field);
}

static const char *status_name(int status) {
    return pal_status_name((pal_status)status);
}

static bool status_part(document_reader *reader, void *field) {
    int status;
    if (!word_read(reader, status_name, PAL_OTHER + 1, &status))
        return false;
    *(pal_status *)field = (pal_status)status;
    return true;
}

static bool system_code_part(document_reader *reader, void *field) {
    return integer_read(reader, INT32_MIN, INT32_MAX, field);
}

static const document_counts no_counts = {NULL, 0};

static bool last_error_part(document_reader *reader, void *field) {
    static const document_part parts[] = {{"status", status_part, offsetof(pal_error, status)},
                                          {"system_code", system_code_part, offsetof(pal_error, os_code)},
                                          {"text", skip_part, 0}};
    static const document_shape shape = SHAPE_OF(&no_counts, parts);
    return json_read_null(&reader->json) || object_read(reader, &shape, field);
}

static bool wrong_part(document_reader *reader, void *field) {
    static const document_part parts[] = {{"in_greeting", boolean_part, offsetof(lm_load_wrong, is_greeting)},
                                          {"repeated", boolean_part, offsetof(lm_load_wrong, is_repeated)},
                                          {"expected", byte_or_null_part, offsetof(lm_load_wrong, expected)},
                                          {"got", byte_part, offsetof(lm_load_wrong, got)},
                                          {"text", skip_part, 0}};
    static const document_shape shape = SHAPE_OF(&wrong_counts, parts);
    lm_load_wrong *wrong = field;
    wrong->is_found = !json_read_null(&reader->json);
    return !wrong->is_found || object_read(reader, &shape, field);
}

static bool phase_part(document_reader *reader, void *field) {
    static const document_part parts[] = {{"begin", skip_part, 0},
                                          {"begin_ns", begin_part, offsetof(lm_load_result, begin_wall_ns)},
                                          {"rate", skip_part, 0},
                                          {"errors", errors_part, offsetof(lm_load_result, errors)},
                                          {"last_error", last_error_part, offsetof(lm_load_result, last_error)},
                                          {"wrong", wrong_part, offsetof(lm_load_result, wrong)},
                                          {"connect", histogram_part, offsetof(lm_load_result, connect)},
                                          {"response", histogram_part, offsetof(lm_load_result, response)},
                                          {"service", histogram_part, offsetof(lm_load_result, service)},
                                          {"lateness", histogram_part, offsetof(lm_load_result, lateness)}};
    static const document_shape shape = SHAPE_OF(&phase_counts, parts);
    return object_read(reader, &shape, field);
}

/* --- the rest of a document --------------------------------------------------------------------------------------------------- */

static bool slices_part(document_reader *reader, void *field) {
    static const document_shape shape = {&slice_counts, NULL, 0};
    bench_server *server = field;
    if (!json_read_array(&reader->json))
        return false;
    while (json_read_element(&reader->json)) {
        if (server->slice_count == server->slice_capacity) {
            size_t capacity = server->slice_capacity == 0 ? 64 : server->slice_capacity * 2;
            lm_load_slice *slices = realloc(server->slices, capacity * sizeof *slices);
            reader->has_no_memory = slices == NULL;
            if (slices == NULL)
                return false;
            server->slices = slices;
            server->slice_capacity = capacity;
        }
        if (!object_read(reader, &shape, &server->slices[server->slice_count]))
            return false;
        server->slice_count++;
    }
    return !reader->json.has_failed;
}

static bool server_read(document_reader *reader) {
    static const document_part parts[] = {
        {"address", text_part, offsetof(bench_document, server) + offsetof(bench_server, address)},
        {"limited_by_generator", text_or_null_part, offsetof(bench_document, limited)},
        {"connect", phase_part, offsetof(bench_document, server) + offsetof(bench_server, connecting)},
        {"warmup", phase_part, offsetof(bench_document, server) + offsetof(bench_server, warmup)},
        {"measured", phase_part, offsetof(bench_document, server) + offsetof(bench_server, measured)},
        {"slices", slices_part, offsetof(bench_document, server)}};
    static const document_shape shape = SHAPE_OF(&no_counts, parts);
    return object_read(reader, &shape, reader->document);
}

static bool servers_part(document_reader *reader, void *field) {
    (void)field;
    json_reader *json = &reader->json;
    if (!json_read_array(json))
        return false;
    if (!json_read_element(json))
        return json_read_fail(json, "there is no server");
    if (!server_read(reader))
        return false;
    return json_read_element(json) ? json_read_fail(json, "only a comparison has another server") : !json->has_failed;
}

static bool commands_part(document_reader *reader, void *field) {
    (void)field;
    json_reader *json = &reader->json;
    if (!json_read_array(json))
        return false;
    while (json_read_element(json)) {
        const char *command;
        if (!text_part(reader, &command))
            return false;
        if (reader->document->report.command_count == DOCUMENT_COMMANDS_MAX)
            return json_read_fail(json, "there are too many runs for one merge");
        if (!document_command_add(reader->document, command)) {
            reader->has_no_memory = true;
            return false;
        }
    }
    if (json->has_failed)
        return false;
    return reader->document->report.command_count > 0 ? true : json_read_fail(json, "there is no command");
}

static bool framing_part(document_reader *reader, void *field) {
    const char *name;
    return json_read_text(&reader->json, &name) && (lm_framing_find(name, field) || word_refuse(reader));
}

static bool seed_part(document_reader *reader, void *field) {
    return number_text_read(reader, UINT64_MAX, field);
}

static bool plan_part(document_reader *reader, void *field) {
    static const document_part parts[] = {{"seed", seed_part, offsetof(bench_plan, load.seed)},
                                          {"framing", framing_part, offsetof(bench_plan, load.framing)},
                                          {"greeting", text_part, offsetof(bench_plan, load.greeting)},
                                          {"reply", text_part, offsetof(bench_plan, load.reply)},
                                          {"verify", no_boolean_part, offsetof(bench_plan, load.is_unverified)},
                                          {"reconnect", no_boolean_part, offsetof(bench_plan, load.has_no_reconnect)}};
    static const document_shape shape = SHAPE_OF(&plan_counts, parts);
    return object_read(reader, &shape, field);
}

static bool format_part(document_reader *reader, void *field) {
    (void)field;
    int64_t format;
    if (!json_read_integer(&reader->json, 0, INT64_MAX, &format))
        return false;
    return format == (int64_t)DOCUMENT_FORMAT
               ? true
               : json_read_fail(&reader->json,
                                "the format is not the one that this loopmsg reads; use the version that wrote the document");
}

static bool kind_part(document_reader *reader, void *field) {
    bench_report *report = field;
    int kind;
    if (!word_read(reader, document_kind_name, DOCUMENT_MERGE + 1, &kind))
        return false;
    report->is_merged = kind == DOCUMENT_MERGE;
    return kind != DOCUMENT_COMPARE ? true
                                    : json_read_fail(&reader->json, "this is a comparison, and comparisons cannot be merged");
}

static bool report_read(document_reader *reader) {
    static const document_part parts[] = {{"format", format_part, 0},
                                          {"kind", kind_part, 0},
                                          {"version", text_part, offsetof(bench_report, version)},
                                          {"system", text_part, offsetof(bench_report, system)},
                                          {"poller", text_part, offsetof(bench_report, poller)},
                                          {"commands", commands_part, 0},
                                          {"settings", plan_part, offsetof(bench_report, plan)},
                                          {"servers", servers_part, 0},
                                          {"ratios", skip_part, 0},
                                          {"checks", skip_part, 0},
                                          {"interrupted", boolean_part, offsetof(bench_report, is_interrupted)},
                                          {"failure", text_or_null_part, offsetof(bench_report, failure)},
                                          {"exit_code", byte_part, offsetof(bench_report, exit_code)}};
    static const document_shape shape = SHAPE_OF(&no_counts, parts);
    return object_read(reader, &shape, &reader->document->report);
}

/* Drops error codes of another system. The first word of the description is its name. */
static void codes_drop(bench_document *document) {
    char here[256];
    size_t size = strcspn(pal_system_description(here, sizeof here), " ");
    const char *there = document->report.system;
    if (strncmp(here, there, size) == 0 && (there[size] == ' ' || there[size] == '\0'))
        return;
    document->server.connecting.last_error.os_code = 0;
    document->server.warmup.last_error.os_code = 0;
    document->server.measured.last_error.os_code = 0;
}

document_result bench_document_read(bench_document *document, const uint8_t *bytes, size_t size, char *failure) {
    assert(document->texts == NULL);
    document_reader reader = {.document = document};
    json_reader_open(&reader.json, bytes, size);
    bool is_read = report_read(&reader) && json_read_end(&reader.json);
    bool has_no_memory = reader.has_no_memory || reader.json.text.failed;
    assert(is_read || has_no_memory || reader.json.has_failed);
    (void)snprintf(failure, DOCUMENT_FAILURE_SIZE, "%s", reader.json.failure);
    json_reader_close(&reader.json);
    if (is_read)
        codes_drop(document);
    return is_read ? DOCUMENT_READ : has_no_memory ? DOCUMENT_NO_MEMORY : DOCUMENT_WRONG;
}
