/* A report as a JSON document. One thread. */
#ifndef APPS_REPORT_DOCUMENT_WRITE_H
#define APPS_REPORT_DOCUMENT_WRITE_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends to OUTPUT one document as bench.schema.json has it, followed by a line ending. */
void bench_json_append(lm_buffer *output, const bench_report *report);

#endif
