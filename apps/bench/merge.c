/* loopmsg merge: adds up runs made at the same time, on one machine or several. */
#include "bench/merge.h"

#include "bench/outputs.h"
#include "command_line/exit_codes.h"
#include "loopmsg/framing.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/file.h"
#include "report/document.h"
#include "report/document_read.h"
#include "report/fail_if.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FILE_SIZE_MAX ((size_t)256 << 20)
#define PIECE_SIZE ((size_t)64 << 10)

typedef struct merge_settings {
    bench_output_settings output;
} merge_settings;

typedef struct merge {
    bench_document *sum;
    const char *const *paths;
    size_t count;
    uint64_t hashes[DOCUMENTS_MAX];      /* of the files' content */
    int64_t last_begin_ns, first_end_ns; /* of measuring, over the runs that measured */
    const char *last_path, *first_path;
} merge;

/* --- one file ----------------------------------------------------------------------------------------------------------------- */

/* Reads the whole file. Returns EXIT_DONE, or prints an error and returns EXIT_FAILED. */
static int file_read(const char *path, lm_buffer *content) {
    pal_file file;
    pal_error error = pal_file_open(&file, path, PAL_FILE_READ);
    bool is_open = error.status == PAL_OK;
    size_t count = 1;
    while (error.status == PAL_OK && count > 0 && content->size <= FILE_SIZE_MAX) {
        uint8_t *place = lm_buffer_reserve(content, PIECE_SIZE);
        if (place == NULL) {
            error = pal_error_of(PAL_NO_MEMORY);
            break;
        }
        error = pal_file_read(&file, place, PIECE_SIZE, &count);
        content->size += error.status == PAL_OK ? count : 0;
    }
    if (is_open)
        (void)pal_file_close(&file); /* it was only read, so nothing can be lost */
    if (error.status != PAL_OK) {
        error_line("cannot read '", path, "': ", error_text(error));
        return EXIT_FAILED;
    }
    if (content->size <= FILE_SIZE_MAX)
        return EXIT_DONE;
    char limit[UNIT_TEXT_SIZE];
    error_line("cannot read '", path, "': it is over ", size_format(FILE_SIZE_MAX, limit), ", so it is not a document of loopmsg");
    return EXIT_FAILED;
}

static bool is_utf16(const lm_buffer *content) {
    const uint8_t *bytes = content->bytes;
    return content->size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff));
}

/* FNV-1a (Fowler, Noll, Vo): finds a file given twice; not meant against deceit. */
static uint64_t content_hash(const lm_buffer *content) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < content->size; i++)
        hash = (hash ^ content->bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static int content_parse(merge *self, const lm_buffer *content, bench_document *document) {
    const char *path = self->paths[self->count];
    uint64_t hash = content_hash(content);
    for (size_t i = 0; i < self->count; i++) {
        if (self->hashes[i] == hash) {
            error_line("'", path, "' is the same run as '", self->paths[i], "'; it would count twice");
            return EXIT_USAGE;
        }
    }
    self->hashes[self->count] = hash;
    if (is_utf16(content)) {
        error_line("'", path, "' is UTF-16, which some shells write with '>'; expected UTF-8, as loopmsg prints it");
        return EXIT_USAGE;
    }
    char failure[DOCUMENT_FAILURE_SIZE];
    switch (bench_document_read(document, content->bytes, content->size, failure)) {
    case DOCUMENT_READ:
        return EXIT_DONE;
    case DOCUMENT_WRONG:
        error_line("'", path, "' is not output of 'loopmsg bench --json': ", failure);
        return EXIT_USAGE;
    case DOCUMENT_NO_MEMORY:
        break;
    }
    error_line("cannot read '", path, "': out of memory");
    return EXIT_FAILED;
}

/* --- do they belong together? ------------------------------------------------------------------------------------------------- */

/* HERE and THERE are a setting in this run and in the first one. */
static void difference_report(const merge *self, const char *what, const char *here, const char *there) {
    if (strcmp(here, there) != 0)
        notice_line("note: '", self->paths[self->count], "' was measured with ", what, here, ", '", self->paths[0], "' with ", what,
                    there);
}

static void time_difference_report(const merge *self, const char *what, uint64_t here_ns, uint64_t there_ns) {
    char here[UNIT_TEXT_SIZE], there[UNIT_TEXT_SIZE];
    difference_report(self, what, time_format(here_ns, here), time_format(there_ns, there));
}

static const char *sizes_format(const bench_plan *plan, char *buffer) {
    (void)snprintf(buffer, (size_t)2 * UNIT_TEXT_SIZE, "%" PRIu64 "-%" PRIu64, plan->load.size_min, plan->load.size_max);
    return buffer;
}

/* A difference changes the meaning of the sum, but may be intended: so a note, not an error. */
static void differences_report(const merge *self, const bench_document *more) {
    const bench_plan *here = &more->report.plan;
    const bench_plan *there = &self->sum->report.plan;
    char number[UNIT_TEXT_SIZE], other[UNIT_TEXT_SIZE], sizes[2 * UNIT_TEXT_SIZE], other_sizes[2 * UNIT_TEXT_SIZE];
    difference_report(self, "the address ", more->server.address, self->sum->server.address);
    difference_report(self, "--framing ", lm_framing_name(here->load.framing), lm_framing_name(there->load.framing));
    difference_report(self, "the greeting ", here->load.greeting, there->load.greeting);
    difference_report(self, "the reply ", here->load.reply, there->load.reply);
    difference_report(self, "--size ", sizes_format(here, sizes), sizes_format(there, other_sizes));
    difference_report(self, "--pipeline ", number_format(here->load.pipeline, number), number_format(there->load.pipeline, other));
    difference_report(self, here->duration_ns == 0 || there->duration_ns == 0 ? "" : "--duration ",
                      here->duration_ns == 0 ? "no --duration" : time_format(here->duration_ns, number),
                      there->duration_ns == 0 ? "no --duration" : time_format(there->duration_ns, other));
    time_difference_report(self, "--warmup ", here->warmup_ns, there->warmup_ns);
    time_difference_report(self, "--timeout ", here->load.timeout_ns, there->load.timeout_ns);
    time_difference_report(self, "--interval ", here->load.interval_ns, there->load.interval_ns);
    difference_report(self, "", here->load.is_unverified ? "--no-verify" : "every byte compared",
                      there->load.is_unverified ? "--no-verify" : "every byte compared");
    difference_report(self, "", here->load.has_no_reconnect ? "--no-reconnect" : "connections opened again",
                      there->load.has_no_reconnect ? "--no-reconnect" : "connections opened again");
    if (here->load.interval_ns != there->load.interval_ns)
        notice_line("note: slices of different length cannot be added; the report has none");
}

/* Prints what the sum would hide. */
static void troubles_report(const merge *self, const bench_document *document) {
    const char *path = self->paths[self->count];
    if (document->limited[0] != '\0')
        notice_line("note: '", path, "': the generator was the limit: ", document->limited);
    if (document->report.is_interrupted)
        notice_line("note: '", path, "': the run was interrupted");
    char line[512];
    for (const char *at = document->report.failure; *at != '\0';) {
        size_t size = strcspn(at, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(size < sizeof line ? size : sizeof line), at);
        notice_line("note: '", path, "': ", line);
        at += size + (at[size] == '\n' ? 1 : 0);
    }
}

/* Keeps the time span in which all runs measured. */
static void span_take(merge *self, const bench_document *document) {
    const lm_load_result *measured = &document->server.measured;
    const char *path = self->paths[self->count];
    if (measured->begin_wall_ns == 0)
        return;
    int64_t elapsed_ns = (int64_t)measured->elapsed_ns;
    int64_t begin_ns = measured->begin_wall_ns;
    int64_t end_ns = begin_ns > INT64_MAX - elapsed_ns ? INT64_MAX : begin_ns + elapsed_ns;
    if (self->last_path == NULL || begin_ns > self->last_begin_ns) {
        self->last_begin_ns = begin_ns;
        self->last_path = path;
    }
    if (self->first_path == NULL || end_ns < self->first_end_ns) {
        self->first_end_ns = end_ns;
        self->first_path = path;
    }
}

static void span_report(const merge *self) {
    if (self->last_path != NULL && self->last_begin_ns >= self->first_end_ns)
        notice_line("note: '", self->last_path, "' began when '", self->first_path,
                    "' had ended, by their clocks: runs at different times have no common rate");
}

/* --- all of them -------------------------------------------------------------------------------------------------------------- */

static int document_take(merge *self, bench_document *document) {
    troubles_report(self, document);
    span_take(self, document);
    if (self->count == 0)
        return EXIT_DONE;
    const char *path = self->paths[self->count];
    bool is_open = document->report.plan.load.rate > 0;
    if (is_open != (self->sum->report.plan.load.rate > 0)) {
        error_line("'", path, "' was measured in ", is_open ? "an open" : "a closed", " loop and '", self->paths[0], "' in ",
                   is_open ? "a closed" : "an open", " one: their response times have different meanings and cannot be added");
        return EXIT_USAGE;
    }
    differences_report(self, document);
    if (bench_document_add(self->sum, document))
        return EXIT_DONE;
    error_line("cannot add '", path, "': out of memory, or too many runs for one report");
    return EXIT_FAILED;
}

static int document_merge(merge *self) {
    lm_buffer content = {0};
    bench_document *more = self->count > 0 ? bench_document_open() : NULL;
    bench_document *document = self->count > 0 ? more : self->sum;
    int code = EXIT_FAILED;
    if (document == NULL)
        error_line("out of memory");
    else
        code = file_read(self->paths[self->count], &content);
    if (code == EXIT_DONE)
        code = content_parse(self, &content, document);
    lm_buffer_free(&content);
    if (code == EXIT_DONE)
        code = document_take(self, document);
    bench_document_close(more);
    return code;
}

/* Reads the files in turn, and then checks and prints their sum. */
static int merge_report(merge *self, size_t count, bench_output *output) {
    for (; self->count < count; self->count++) {
        int code = document_merge(self);
        if (code != EXIT_DONE)
            return code;
    }
    span_report(self);
    bench_report *report = &self->sum->report;
    if (!bench_checks_suit(report))
        return EXIT_USAGE;
    bench_checks_evaluate(report);
    return bench_output_write(output, report);
}

static bool checks_read(bench_report *report, const option_texts *expressions) {
    if (!bench_checks_read(report, expressions))
        return false;
    for (size_t i = 0; i < report->check_count; i++) {
        if (fail_if_is_ratio(&report->checks[i])) {
            error_line("--fail-if: '", report->checks[i].text, "' needs a comparison, and comparisons cannot be merged");
            return false;
        }
    }
    return true;
}

static int merge_run(const command_line *line) {
    const merge_settings *settings = line->settings;
    if (line->positional_count == 0) {
        error_line("no FILE given; expected one or more files with the output of 'loopmsg bench --json'");
        return EXIT_USAGE;
    }
    if (line->positional_count > DOCUMENTS_MAX) {
        char limit[UNIT_TEXT_SIZE];
        error_line("'", line->positionals[DOCUMENTS_MAX], "' is one file too many; at most ", number_format(DOCUMENTS_MAX, limit),
                   " can be merged at once; merge in steps, with --json");
        return EXIT_USAGE;
    }
    merge self = {.sum = bench_document_open(), .paths = (const char *const *)line->positionals};
    if (self.sum == NULL) {
        error_line("out of memory");
        return EXIT_FAILED;
    }
    bench_output output;
    int code = EXIT_USAGE;
    if (checks_read(&self.sum->report, &settings->output.fail_if))
        code = bench_output_open(&output, &settings->output);
    if (code == EXIT_DONE) {
        code = merge_report(&self, line->positional_count, &output);
        bench_output_close(&output);
    }
    bench_document_close(self.sum);
    return code;
}

static const option merge_options[] = {
    {.name = "fail-if",
     .kind = OPTION_TEXTS,
     .offset = offsetof(merge_settings, output.fail_if),
     .value_name = "EXPR",
     .help =
         "exit with 1 if EXPR is true of all runs together, such as p99>5ms, errors>0 or rate<10k; may be given up to 16 times"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(merge_settings, output.has_json),
     .help = "print the sum as one JSON document, which can be merged again"},
    OUTPUT_FILE_OPTION_ROWS(merge_settings),
    OPTION_HELP_ROW,
};

static const char *const merge_examples[] = {
    "loopmsg merge east.json west.json",
    "one table of the runs of two machines",
    "loopmsg merge --report load.html --fail-if 'p99>5ms' *.json",
    "a page with charts; exit code 1 if the server was too slow",
    "loopmsg merge --report run.html run.json",
    "a page of a single run",
    NULL,
};

const command_row merge_command = {
    .name = "merge",
    .summary = "add up runs of bench made at the same time",
    .arguments = "FILE...",
    .description = "Each FILE is the output of 'loopmsg bench --json' or 'loopmsg merge --json', on this machine or another one. "
                   "Counts and histograms are added without loss, so percentiles are those of all messages together. "
                   "Connections, threads and rates of the settings are sums. "
                   "The resulting rate is all answers divided by the time of the longest run. "
                   "So the runs must have been made at the same time. "
                   "Percentiles over time cannot be added and are left out.\n\n"
                   "Differences between the runs are printed to standard error. "
                   "Comparisons are refused, and so are open loops together with closed loops: they cannot be added.\n\n"
                   "The exit code is 8 if any run received a wrong byte. "
                   "Otherwise it is that of the first run that failed, 1 if a --fail-if is true, or 0.",
    .examples = merge_examples,
    .options = merge_options,
    .option_count = sizeof merge_options / sizeof merge_options[0],
    .positional_max = SIZE_MAX,
    .settings_size = sizeof(merge_settings),
    .run = merge_run,
};
