/* The JSON document of a bench_report. Writer and reader share the tables below. bench.schema.json describes the same to other
 * programs. One thread. */
#ifndef APPS_REPORT_DOCUMENT_H
#define APPS_REPORT_DOCUMENT_H

#include "report/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOCUMENT_FORMAT 1u /* increased by every change that breaks programs that read the document */

/* The largest number, so that the sum of DOCUMENTS_MAX fits 64 bits. The seed and the time of day may be larger; they are written
 * as text. */
#define DOCUMENT_NUMBER_MAX (UINT64_C(1) << 56)
#define DOCUMENTS_MAX 128u

#define DOCUMENT_COMMANDS_MAX 4096u /* runs in one report */

typedef enum document_kind { DOCUMENT_BENCH, DOCUMENT_COMPARE, DOCUMENT_MERGE } document_kind;

/* "bench", "compare", "merge"; NULL past the last. */
const char *document_kind_name(int kind);

/* A member that is a uint64_t. */
typedef struct document_count {
    const char *name;
    size_t offset;
    uint64_t minimum;
    bool is_optional; /* 0 in memory is null in the document */
} document_count;

typedef struct document_counts {
    const document_count *rows;
    size_t count;
} document_counts;

extern const document_counts plan_counts;  /* of a bench_plan */
extern const document_counts phase_counts; /* of an lm_load_result */
extern const document_counts slice_counts; /* of an lm_load_slice */
extern const document_counts wrong_counts; /* of an lm_load_wrong */

/* --- a document in memory ----------------------------------------------------------------------------------------------------- */

typedef struct document_text document_text;

/* A report of one server with all that it points to. Some megabytes, so on the heap. */
typedef struct bench_document {
    bench_report report;
    bench_server server;
    const char *limited;   /* why the generator was the limit; "" if it was not */
    const char **commands; /* report.commands */
    size_t command_capacity;
    document_text *texts; /* from document_text_keep */
} bench_document;

/* An empty one, to read into; NULL if out of memory. */
bench_document *bench_document_open(void);

/* Frees it; NULL is allowed. */
void bench_document_close(bench_document *document);

/* Adds MORE, which can only be closed afterwards. Both must be open loops, or both closed loops. False if out of memory, or with
 * more than DOCUMENT_COMMANDS_MAX runs in all. */
bool bench_document_add(bench_document *document, bench_document *more);

/* A copy of TEXT that lives as long as the document; NULL if out of memory. */
const char *document_text_keep(bench_document *document, const char *text);

/* Adds a command, which must live as long as the document. False if there is no memory or room. */
bool document_command_add(bench_document *document, const char *command);

#endif
