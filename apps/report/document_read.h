/* Reads the JSON document of a report. One thread. */
#ifndef APPS_REPORT_DOCUMENT_READ_H
#define APPS_REPORT_DOCUMENT_READ_H

#include "report/document.h"

#include <stddef.h>
#include <stdint.h>

#define DOCUMENT_FAILURE_SIZE 1024

typedef enum document_result {
    DOCUMENT_READ,
    DOCUMENT_WRONG, /* FAILURE, of DOCUMENT_FAILURE_SIZE characters, describes where and why */
    DOCUMENT_NO_MEMORY
} document_result;

/* Reads SIZE bytes from bench_json_append into an empty document. Measured numbers are exact; derived ones, such as percentiles and
 * rates, are not read. The report's checks do not change. A comparison is refused. Error codes of another system are dropped: they
 * have another meaning here. */
document_result bench_document_read(bench_document *document, const uint8_t *bytes, size_t size, char *failure);

#endif
