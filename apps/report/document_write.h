/* A report as a JSON document. One thread. */
#ifndef APPS_REPORT_DOCUMENT_WRITE_H
#define APPS_REPORT_DOCUMENT_WRITE_H

#include "loopmsg/buffer.h"
#include "report/report.h"

/* Appends one document, described by bench.schema.json, and a line ending. */
void bench_json_append(lm_buffer *output, const bench_report *report);

#endif
