#include "report/document.h"

#include "command_line/exit_codes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *document_kind_name(int kind) {
    static const char *const names[] = {"bench", "compare", "merge"};
    return kind >= 0 && (size_t)kind < sizeof names / sizeof names[0] ? names[kind] : NULL;
}

#define COUNTS_OF(rows)                                                                                                            \
    { (rows), sizeof(rows) / sizeof((rows)[0]) }

static const document_count plan_rows[] = {
    {.name = "connections", .offset = offsetof(bench_plan, load.connections), .minimum = 1},
    {.name = "workers", .offset = offsetof(bench_plan, load.workers), .minimum = 1},
    {.name = "duration_ns", .offset = offsetof(bench_plan, duration_ns), .is_optional = true},
    {.name = "messages", .offset = offsetof(bench_plan, messages), .is_optional = true},
    {.name = "warmup_ns", .offset = offsetof(bench_plan, warmup_ns)},
    {.name = "rate", .offset = offsetof(bench_plan, load.rate), .is_optional = true},
    {.name = "connect_rate", .offset = offsetof(bench_plan, load.connect_rate), .is_optional = true},
    {.name = "size_min_bytes", .offset = offsetof(bench_plan, load.size_min)},
    {.name = "size_max_bytes", .offset = offsetof(bench_plan, load.size_max)},
    {.name = "pipeline", .offset = offsetof(bench_plan, load.pipeline), .minimum = 1},
    {.name = "timeout_ns", .offset = offsetof(bench_plan, load.timeout_ns), .minimum = 1},
    {.name = "interval_ns", .offset = offsetof(bench_plan, load.interval_ns), .minimum = 1},
};
const document_counts plan_counts = COUNTS_OF(plan_rows);

static const document_count phase_rows[] = {
    {.name = "elapsed_ns", .offset = offsetof(lm_load_result, elapsed_ns)},
    {.name = "processor_ns", .offset = offsetof(lm_load_result, processor_ns)},
    {.name = "due", .offset = offsetof(lm_load_result, due)},
    {.name = "sent", .offset = offsetof(lm_load_result, sent)},
    {.name = "answered", .offset = offsetof(lm_load_result, answered)},
    {.name = "lost", .offset = offsetof(lm_load_result, lost)},
    {.name = "bytes_sent", .offset = offsetof(lm_load_result, bytes_sent)},
    {.name = "bytes_received", .offset = offsetof(lm_load_result, bytes_received)},
    {.name = "connected", .offset = offsetof(lm_load_result, connected)},
};
const document_counts phase_counts = COUNTS_OF(phase_rows);

static const document_count slice_rows[] = {
    {.name = "begin_ns", .offset = offsetof(lm_load_slice, begin_ns)},
    {.name = "length_ns", .offset = offsetof(lm_load_slice, length_ns)},
    {.name = "answered", .offset = offsetof(lm_load_slice, answered)},
    {.name = "errors", .offset = offsetof(lm_load_slice, errors)},
    {.name = "open", .offset = offsetof(lm_load_slice, open)},
    {.name = "p50_ns", .offset = offsetof(lm_load_slice, p50_ns), .is_optional = true},
    {.name = "p99_ns", .offset = offsetof(lm_load_slice, p99_ns), .is_optional = true},
    {.name = "max_ns", .offset = offsetof(lm_load_slice, max_ns), .is_optional = true},
};
const document_counts slice_counts = COUNTS_OF(slice_rows);

static const document_count wrong_rows[] = {
    {.name = "time_ns", .offset = offsetof(lm_load_wrong, time_ns)},
    {.name = "connection", .offset = offsetof(lm_load_wrong, connection)},
    {.name = "message", .offset = offsetof(lm_load_wrong, message)},
    {.name = "offset", .offset = offsetof(lm_load_wrong, offset)},
};
const document_counts wrong_counts = COUNTS_OF(wrong_rows);

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

struct document_text {
    document_text *next;
    char text[];
};

bench_document *bench_document_open(void) {
    bench_document *document = calloc(1, sizeof *document);
    if (document == NULL)
        return NULL;
    document->report.servers[0] = &document->server;
    document->report.server_count = 1;
    return document;
}

void bench_document_close(bench_document *document) {
    if (document == NULL)
        return;
    for (document_text *text = document->texts; text != NULL;) {
        document_text *next = text->next;
        free(text);
        text = next;
    }
    free(document->commands);
    free(document->server.slices);
    free(document);
}

const char *document_text_keep(bench_document *document, const char *text) {
    size_t size = strlen(text) + 1;
    document_text *kept = malloc(sizeof *kept + size);
    if (kept == NULL)
        return NULL;
    memcpy(kept->text, text, size);
    kept->next = document->texts;
    document->texts = kept;
    return kept->text;
}

bool document_command_add(bench_document *document, const char *command) {
    bench_report *report = &document->report;
    if (report->command_count == document->command_capacity) {
        size_t capacity = document->command_capacity == 0 ? 16 : document->command_capacity * 2;
        const char **commands = capacity <= DOCUMENT_COMMANDS_MAX ? realloc(document->commands, capacity * sizeof *commands) : NULL;
        if (commands == NULL)
            return false;
        document->commands = commands;
        document->command_capacity = capacity;
        report->commands = commands;
    }
    document->commands[report->command_count++] = command;
    return true;
}

/* --- adding ------------------------------------------------------------------------------------------------------------------- */

/* Whether the SIZE characters at PART are one of the parts of TEXT, split at SEPARATOR. */
static bool text_has(const char *text, const char *part, size_t size, const char *separator) {
    for (;;) {
        const char *end = strstr(text, separator);
        size_t here = end != NULL ? (size_t)(end - text) : strlen(text);
        if (here == size && memcmp(text, part, size) == 0)
            return true;
        if (end == NULL)
            return false;
        text = end + strlen(separator);
    }
}

/* Adds to *TEXT the parts of MORE that it does not have. False if out of memory. */
static bool text_join(bench_document *document, const char **text, const char *more, const char *separator) {
    lm_buffer joined = {0};
    lm_buffer_append_text(&joined, *text);
    for (const char *part = more; *part != '\0';) {
        const char *end = strstr(part, separator);
        size_t size = end != NULL ? (size_t)(end - part) : strlen(part);
        if (!text_has(*text, part, size, separator)) {
            lm_buffer_append_text(&joined, joined.size > 0 ? separator : "");
            lm_buffer_append(&joined, part, size);
        }
        part += end != NULL ? size + strlen(separator) : size;
    }
    const char *kept = lm_buffer_text(&joined);
    const char *made = joined.failed ? NULL : document_text_keep(document, kept);
    lm_buffer_free(&joined);
    if (made != NULL)
        *text = made;
    return made != NULL;
}

/* 0 is no limit. If one has no limit, the sum has none. */
static uint64_t limit_add(uint64_t limit, uint64_t more) {
    return limit == 0 || more == 0 ? 0 : limit + more;
}

static void plan_add(bench_plan *plan, const bench_plan *more) {
    lm_load_settings *load = &plan->load;
    load->connections += more->load.connections;
    load->workers += more->load.workers;
    load->rate = limit_add(load->rate, more->load.rate);
    load->connect_rate = limit_add(load->connect_rate, more->load.connect_rate);
    load->is_unverified = load->is_unverified || more->load.is_unverified; /* the sum must not claim more than was done */
    plan->messages = limit_add(plan->messages, more->messages);
}

static void slice_add(lm_load_slice *slice, const lm_load_slice *more) {
    if (more->length_ns > slice->length_ns)
        slice->length_ns = more->length_ns;
    slice->answered += more->answered;
    slice->errors += more->errors;
    slice->open += more->open;
    slice->p50_ns = 0; /* percentiles cannot be added */
    slice->p99_ns = 0;
    if (more->max_ns > slice->max_ns)
        slice->max_ns = more->max_ns;
}

/* Whether the slices cover all that was measured. They do not if an earlier sum left them out. */
static bool has_slices(const bench_server *server) {
    const lm_load_result *measured = &server->measured;
    return server->slice_count > 0 || (measured->answered == 0 && lm_load_errors(measured) == 0);
}

/* Adds slices with the same number. Both intervals are equal. */
static void slices_add(bench_server *server, bench_server *from) {
    if (from->slice_count > server->slice_count) { /* add the fewer to the more */
        lm_load_slice *slices = from->slices;
        size_t count = from->slice_count;
        size_t capacity = from->slice_capacity;
        from->slices = server->slices;
        from->slice_count = server->slice_count;
        from->slice_capacity = server->slice_capacity;
        server->slices = slices;
        server->slice_count = count;
        server->slice_capacity = capacity;
    }
    for (size_t i = 0; i < from->slice_count; i++)
        slice_add(&server->slices[i], &from->slices[i]);
    for (size_t i = from->slice_count; i < server->slice_count; i++)
        slice_add(&server->slices[i], &(lm_load_slice){0});
}

static bool texts_add(bench_document *document, const bench_document *more) {
    bench_report *report = &document->report;
    return text_join(document, &report->version, more->report.version, ", ") &&
           text_join(document, &report->system, more->report.system, ", ") &&
           text_join(document, &report->poller, more->report.poller, ", ") &&
           text_join(document, &document->server.address, more->server.address, ", ") &&
           text_join(document, &report->failure, more->report.failure, "\n");
}

static bool commands_add(bench_document *document, const bench_document *more) {
    for (size_t i = 0; i < more->report.command_count; i++) {
        const char *command = document_text_keep(document, more->report.commands[i]);
        if (command == NULL || !document_command_add(document, command))
            return false;
    }
    return true;
}

bool bench_document_add(bench_document *document, bench_document *more) {
    bench_report *report = &document->report;
    assert(document != more);
    assert((report->plan.load.rate == 0) == (more->report.plan.load.rate == 0));
    if (!texts_add(document, more) || !commands_add(document, more))
        return false;
    if (has_slices(&document->server) && has_slices(&more->server) &&
        report->plan.load.interval_ns == more->report.plan.load.interval_ns)
        slices_add(&document->server, &more->server);
    else
        document->server.slice_count = 0;
    plan_add(&report->plan, &more->report.plan);
    lm_load_result_add(&document->server.connecting, &more->server.connecting);
    lm_load_result_add(&document->server.warmup, &more->server.warmup);
    lm_load_result_add(&document->server.measured, &more->server.measured);
    report->is_merged = true;
    report->is_interrupted = report->is_interrupted || more->report.is_interrupted;
    if (report->exit_code == EXIT_DONE || more->report.exit_code == EXIT_WRONG)
        report->exit_code = more->report.exit_code;
    return true;
}
