/* The table for people, in parts: rows of a label with text or cells behind it. One thread. */
#ifndef APPS_REPORT_ROWS_H
#define APPS_REPORT_ROWS_H

#include "report/report.h"

#define BENCH_WIDTH_MIN 60u
#define BENCH_WIDTH_MAX 100u /* longer lines are harder to read, however wide the terminal is */
#define BENCH_LABEL_SIZE 12u /* columns of a label, the blank behind it included */
#define BENCH_CELL_SIZE 12u  /* four of them and a label fit into the smallest width */

/* Appends a row with what TEXT holds, made fit for a terminal and broken at blanks so that its lines are at most WIDTH columns (a
 * longer word stays whole); empties TEXT. */
void bench_row_append(lm_buffer *output, unsigned width, const char *label, lm_buffer *text);

/* Appends a row of COUNT cells, each at the right end of its columns. */
void bench_cells_append(lm_buffer *output, const char *label, const char *const *cells, size_t count);

/* The percentiles that are shown; the last of them is the largest value. */
typedef struct bench_percentile {
    const char *name;
    double quantile;
} bench_percentile;

#define BENCH_PERCENTILES 6
extern const bench_percentile bench_percentiles[BENCH_PERCENTILES];

/* A quantile as a cell: "-" where nothing was recorded. Static storage or in BUFFER of UNIT_TEXT_SIZE characters. */
const char *bench_quantile_cell(const lm_histogram *histogram, double quantile, char *buffer);

/* Rows for what must be known to judge one server's results: whether its answers were right, its errors, the generator's own limit.
 * MARK is put behind each label: "", or which of two servers it is. */
void bench_judgement_append(lm_buffer *output, unsigned width, const bench_report *report, const bench_server *server,
                            const char *mark);

#endif
