/* Reads the JSON document of a report. One thread. */
#ifndef APPS_REPORT_DOCUMENT_READ_H
#define APPS_REPORT_DOCUMENT_READ_H

#include "report/document.h"

#include <stddef.h>
#include <stdint.h>

#define DOCUMENT_FAILURE_SIZE 1024

typedef enum document_result {
    DOCUMENT_READ,
    DOCUMENT_WRONG, /* FAILURE, which holds DOCUMENT_FAILURE_SIZE characters, tells where and why */
    DOCUMENT_NO_MEMORY
} document_result;

/* Reads SIZE bytes that bench_json_append wrote into an empty document: all that was measured comes back as it was. What follows from it, such
 * as percentiles and rates, is made anew where it is needed; the checks of --fail-if are left as they are in the report. A comparison is
 * refused. Of an error of another system the code is dropped, which means something else here. */
document_result bench_document_read(bench_document *document, const uint8_t *bytes, size_t size, char *failure);

#endif
